import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import type { Bars } from '../core/bars.ts';
import { type BarTable, PRICE_FIELDS, rowsOf } from '../formats/bar-rows.ts';
import { checkBars } from '../formats/check-bars.ts';
import { joinBars } from '../formats/join-bars.ts';
import { parseTimestamp } from '../formats/timestamp.ts';

/** One bar of one symbol, as a row of a file has it. */
export interface BarRow {
  readonly symbol: string;
  /** ISO date or date-time (UTC unless it says otherwise), or epoch milliseconds. */
  readonly ts: string | number;
  readonly open: number;
  /** Missing high or low: the higher or lower of open and close. */
  readonly high?: number | null;
  readonly low?: number | null;
  readonly close: number;
  readonly volume?: number | null;
}

/**
 * Checks rows of bars, in any order, and joins them on one time index; symbols keep the order of their first row.
 *
 * @throws InvalidInputError naming the row (from 1), symbol and time of a bar that cannot be: a price that is no number
 *   above 0, high < max(open, close), low > min(open, close), a time twice; and where there are no rows
 */
export function barsFromRows(rows: readonly BarRow[]): Bars {
  if (!Array.isArray(rows) || rows.length === 0) {
    throw new InvalidInputError(`bars: expected an array of at least one bar, found ${shown(rows)}`);
  }
  const table: BarTable = new Map();
  const source = { name: 'bars', unit: 'row' } as const;
  for (const [i, row] of rows.entries()) addRow(table, row, i + 1, source);
  const symbols = [...table].map(([symbol, each]) => ({
    symbol,
    columns: checkBars(each, { onBadBar: 'error' }).columns,
  }));
  if (symbols.every(({ columns }) => columns.times.length === 0)) {
    throw new InvalidInputError('bars: expected at least one bar with prices, found none');
  }
  return joinBars(symbols);
}

function addRow(table: BarTable, row: BarRow, line: number, source: { name: string; unit: 'row' }): void {
  const place = `bars row ${line}`;
  if (typeof row !== 'object' || row === null || typeof row.symbol !== 'string') {
    throw new InvalidInputError(
      `${place}: expected {symbol, ts, open, high, low, close, volume}, found ${shown(row)}`,
    );
  }
  const rowsOfSymbol = rowsOf(table, row.symbol, place);
  const at = rowsOfSymbol.times.length;
  const time = timeOf(row.ts);
  if (Number.isNaN(time)) {
    const expected = 'an ISO time or epoch milliseconds';
    rowsOfSymbol.faults.push({ row: at, column: 'ts', expected, found: shown(row.ts) });
  }
  rowsOfSymbol.times.push(time);
  rowsOfSymbol.source.push(source);
  rowsOfSymbol.line.push(line);
  const values: Readonly<Record<string, unknown>> = { ...row };
  for (const field of PRICE_FIELDS) {
    const value = values[field] ?? Number.NaN;
    if (typeof value !== 'number') {
      rowsOfSymbol.faults.push({ row: at, column: field, expected: 'a number', found: shown(value) });
    }
    rowsOfSymbol[field].push(typeof value === 'number' ? value : Number.NaN);
  }
}

function timeOf(ts: unknown): number {
  if (typeof ts === 'number') return Number.isSafeInteger(ts) ? ts : Number.NaN;
  return typeof ts === 'string' ? parseTimestamp(ts) : Number.NaN;
}
