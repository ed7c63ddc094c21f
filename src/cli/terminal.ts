import pc from 'picocolors';

/** Whether a stream may be drawn on and coloured: a terminal that is not dumb, and nobody said NO_COLOR. */
export function isFancy(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Colours for what is written to a stream; plain text where it is not fancy. */
export const colorsOf = (stream: NodeJS.WriteStream) => pc.createColors(isFancy(stream));

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
