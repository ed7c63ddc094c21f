import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';

/** Whether a stream may be drawn on and coloured: a terminal that is not dumb, and nobody said NO_COLOR. */
export function isFancy(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Colours for what is written to a stream; plain text where it is not fancy. */
export const colorsOf = (stream: NodeJS.WriteStream) => pc.createColors(isFancy(stream));

/** Characters a line of a stream has room for; Infinity where no terminal breaks lines. */
export function widthOf(stream: { readonly isTTY?: boolean; readonly columns?: number }): number {
  return stream.isTTY && stream.columns ? stream.columns : Number.POSITIVE_INFINITY;
}

/** Text broken between words, never before a %, so that no line is longer than `width`; later lines begin with `indent` spaces. */
export function wrapped(text: string, width: number, indent = 0): string {
  if (width === Number.POSITIVE_INFINITY) return text;
  const room = Math.max(1, width - indent);
  const lines: string[] = [];
  const lead = /^ */.exec(text)![0];
  let line = lead.slice(1); // the space before the first word completes it
  const length = (part: string) => stripVTControlCharacters(part).length;
  const limit = () => (lines.length === 0 ? width : room);
  for (const word of text.slice(lead.length).split(/ (?!%)/)) {
    let rest = word;
    if (line !== '' && length(line) + 1 + length(word) > limit()) {
      lines.push(line);
      line = '';
    } else if (line !== '') {
      rest = `${line} ${word}`;
    }
    // A word longer than a line (an id, JSON) is cut; one with colours is none of those.
    while (rest.length > limit() && length(rest) === rest.length) {
      lines.push(rest.slice(0, limit()));
      rest = rest.slice(lines.length === 1 ? width : room);
    }
    line = rest;
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

/** Where the texts of named lines begin: `parity      …`. */
const FIELD_WIDTH = 12;

/**
 * Writes text for people to stdout: where that is a terminal, lines that are too long for it are broken between words,
 * and those with a name in front go on below their text.
 */
export function printFitted(text: string): void {
  const width = widthOf(process.stdout);
  const lines = text.split('\n').map((line) => {
    const plain = stripVTControlCharacters(line);
    if (plain.length <= width) return line;
    const isNamed = plain[FIELD_WIDTH - 1] === ' ' && plain[FIELD_WIDTH] !== ' ' && plain[0] !== ' ';
    return wrapped(line, width, isNamed ? FIELD_WIDTH : 2);
  });
  print(lines.join('\n'));
}

/** Writes one line to stdout. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a value to stdout as indented JSON, for machines. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Writes one line to stderr, where people look while stdout goes elsewhere. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Text from outside without characters that would move the cursor or colour the terminal: they show as codes. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
