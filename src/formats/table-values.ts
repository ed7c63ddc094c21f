import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import { parseTimestamp } from './timestamp.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const MISSING: ReadonlySet<string> = new Set(['', 'nan', 'null', 'none', 'na', '<na>']);
const NONE = /^(none|\+?inf(inity)?)$/i;

/** Whether a cell for a number holds none: empty, null, NaN, or a text by which a data frame writes these. */
export function isMissing(value: unknown): boolean {
  if (typeof value === 'string') return MISSING.has(value.trim().toLowerCase());
  return value === null || value === undefined || Number.isNaN(value);
}

/** Whether a cell for a stop says that there is none: `none` or infinity. */
export function isNone(value: unknown): boolean {
  return typeof value === 'string' ? NONE.test(value.trim()) : value === Number.POSITIVE_INFINITY;
}

/** The name in a cell, '' where it is empty (`NA` and `NONE` are names); InvalidInputError for what is no text. */
export function nameOf(value: unknown, place: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  throw new InvalidInputError(`${place}: expected the name of an asset, found ${shown(value)}`);
}

/** The time in a cell, epoch milliseconds; InvalidInputError for what is none. */
export function timeOf(value: unknown, place: string): number {
  const known =
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Date;
  const ms = known ? parseTimestamp(value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidInputError(`${place}: expected a time as ISO date-time or epoch, found ${shown(value)}`);
}

/** The finite number in a cell; InvalidInputError, naming the column, for what is none. */
export function numberOf(value: unknown, place: string, column: string): number {
  const text = typeof value === 'bigint' ? String(value) : value;
  const number = typeof text === 'string' && NUMBER.test(text.trim()) ? Number(text) : text;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new InvalidInputError(
    `${place}: expected ${column} as a finite number, or an empty cell, found ${shown(value)}`,
  );
}
