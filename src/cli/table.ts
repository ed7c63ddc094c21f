import Table from 'cli-table3';
import { isFancy, printable } from './terminal.ts';

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
const NUMBER = /^[-+]?[\d.,]+ ?%?$/;

/**
 * A table for a person: no frame, columns of numbers to the right; bold head on a terminal unless NO_COLOR is set.
 *
 * @param rows cells are written as they are, null and undefined as nothing
 * @returns text that ends with a newline
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? ''))));
  const colAligns = head.map((_, column) => {
    const filled = cells.map((row) => row[column]!).filter((cell) => cell !== '');
    return filled.length > 0 && filled.every((cell) => NUMBER.test(cell)) ? 'right' : 'left';
  });
  const lines = new Table({
    head: [...head],
    chars: PLAIN,
    colAligns,
    style: {
      'padding-left': 0,
      'padding-right': 0,
      head: isFancy(process.stdout) ? ['bold'] : [],
      border: [],
    },
  });
  lines.push(...cells);
  const text = lines.toString().split('\n');
  return `${text.map((line) => line.trimEnd()).join('\n')}\n`;
}
