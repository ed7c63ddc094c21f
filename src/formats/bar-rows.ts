import { InvalidInputError } from '../contracts/errors.ts';

/** The bars of one symbol, checked: by strictly ascending time, prices finite and > 0, volume NaN where unknown. */
export interface BarColumns {
  /** Epoch milliseconds, UTC. */
  readonly times: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** The numeric columns of a bar in somebody's file. */
export const PRICE_FIELDS = ['open', 'high', 'low', 'close', 'volume', 'adjClose'] as const;
export type PriceField = (typeof PRICE_FIELDS)[number];

/** A file that rows came from, and what its rows are counted in. */
export interface RowSource {
  readonly name: string;
  readonly unit: 'line' | 'row';
}

/** A cell that could not be read: `row` indexes the columns of its `BarRows`. */
interface CellFault {
  readonly row: number;
  readonly column: string;
  readonly expected: string;
  readonly found: string;
}

/** The rows of one symbol as they stood in the files, in file order, unchecked; NaN where a cell was empty or unreadable. */
export interface BarRows extends Record<PriceField, number[]> {
  readonly symbol: string;
  readonly times: number[];
  readonly source: RowSource[];
  /** 1-based line or row within the source. */
  readonly line: number[];
  readonly faults: CellFault[];
}

/** Rows by symbol, in order of first appearance; the readers of files add to it. */
export type BarTable = Map<string, BarRows>;

const MAX_ROWS = 20_000_000;
const MAX_SYMBOLS = 20_000;
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);
// Whatever moves a cursor, hides or reverses text has no place in a name that is printed and used as a key.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * The rows of a symbol, begun where it is new.
 *
 * @param place where the symbol stands, for the error
 * @throws InvalidInputError for a name that is empty, longer than 64 characters, unprintable or reserved in JavaScript
 */
export function rowsOf(table: BarTable, symbol: string, place: string): BarRows {
  const known = table.get(symbol);
  if (known) return known;
  if (symbol === '' || symbol.length > 64 || UNPRINTABLE.test(symbol) || RESERVED.has(symbol)) {
    throw new InvalidInputError(
      `${place}: expected a symbol of 1 to 64 printable characters, found ${quote(symbol)}; correct the symbol column`,
    );
  }
  if (table.size >= MAX_SYMBOLS) {
    throw new InvalidInputError(
      `${place}: expected at most ${MAX_SYMBOLS} symbols in one dataset, found more; is the symbol column right?`,
    );
  }
  const rows: BarRows = {
    symbol,
    times: [],
    source: [],
    line: [],
    faults: [],
    open: [],
    high: [],
    low: [],
    close: [],
    volume: [],
    adjClose: [],
  };
  table.set(symbol, rows);
  return rows;
}

/** Throws InvalidInputError when a file has more rows than a dataset may hold; checked before they are kept. */
export function checkRowCount(rows: number, file: string): void {
  if (rows > MAX_ROWS) {
    throw new InvalidInputError(
      `${file}: expected at most ${MAX_ROWS} rows, found more; import a part of it, or coarser bars`,
    );
  }
}

/** `prices.csv line 7`: where row `row` of a symbol stands. */
export function placeOf(rows: BarRows, row: number): string {
  const source = rows.source[row]!;
  return `${source.name} ${source.unit} ${rows.line[row]}`;
}

/** Somebody's text for a message: quoted, escaped, and cut at 40 characters. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
