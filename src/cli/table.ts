import Table from 'cli-table3';
import { colorsOf, isFancy, printable, widthOf, wrapped } from './terminal.ts';

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
const GAP = 2;
const NUMBER = /^[-+]?[\d.,]+ ?%?$/;

type Cell = string | number | null | undefined;

/** How a table is fitted into a terminal. */
export interface TableOptions {
  /** Names of columns that may be left out, the first of them first. */
  readonly spare?: readonly string[];
  /** Room for a line; default: that of stdout, without end where it is no terminal. */
  readonly width?: number;
}

/**
 * A table for a person: no frame, columns of numbers to the right; bold head on a terminal unless NO_COLOR is set.
 *
 * Where a terminal is too narrow, spare columns are left out and named below; where that is not enough, every row is
 * written as lines of name and value.
 *
 * @param head names of the columns; all empty = no head
 * @param rows cells are written as they are, null and undefined as nothing
 * @returns text that ends with a newline
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  { spare = [], width = widthOf(process.stdout) }: TableOptions = {},
): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? ''))));
  const widths = head.map((name, c) => Math.max(name.length, ...cells.map((row) => row[c]!.length)));
  const kept = new Set(head.keys());
  const needed = () => [...kept].reduce((sum, c) => sum + widths[c]! + GAP, -GAP);
  const left: string[] = [];
  for (const name of spare) {
    const column = head.indexOf(name);
    if (needed() <= width || column < 0) continue;
    kept.delete(column);
    left.push(name);
  }
  if (needed() > width) return records(head, cells, width);
  const pick = (row: readonly string[]) => row.filter((_, c) => kept.has(c));
  const text = drawn(pick(head), cells.map(pick));
  if (left.length === 0) return text;
  const { dim } = colorsOf(process.stdout);
  return `${text}${dim(wrapped(`not shown at this width: ${left.join(', ')}`, width))}\n`;
}

function drawn(head: readonly string[], cells: readonly (readonly string[])[]): string {
  const colAligns = head.map((_, column) => {
    const filled = cells.map((row) => row[column]!).filter((cell) => cell !== '');
    return filled.length > 0 && filled.every((cell) => NUMBER.test(cell)) ? 'right' : 'left';
  });
  const lines = new Table({
    head: head.some((name) => name !== '') ? [...head] : [],
    chars: PLAIN,
    colAligns,
    style: {
      'padding-left': 0,
      'padding-right': 0,
      head: isFancy(process.stdout) ? ['bold'] : [],
      border: [],
    },
  });
  lines.push(...cells.map((row) => [...row]));
  const text = lines.toString().split('\n');
  return `${text.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** A row as lines of name and value; a line of its own between two rows. */
function records(head: readonly string[], cells: readonly (readonly string[])[], width: number): string {
  const longest = Math.min(Math.max(...head.map((name) => name.length)), Math.floor(width / 2));
  const lines = cells.flatMap((row, i) => [
    `— ${i + 1} —`,
    ...row.map((cell, c) => wrapped(`${head[c]!.padEnd(longest)}  ${cell}`, width, longest + GAP)),
  ]);
  return `${lines.join('\n')}\n`;
}
