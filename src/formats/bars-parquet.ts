import type { DecodedArray } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { InvalidInputError } from '../contracts/errors.ts';
import { findBarFields } from './bar-fields.ts';
import {
  type BarColumns,
  type BarTable,
  checkRowCount,
  PRICE_FIELDS,
  type RowSource,
  rowsOf,
} from './bar-rows.ts';
import type { ReadBarsOptions } from './bars-csv.ts';
import { openParquet, type ParquetKind } from './parquet-file.ts';
import { parseTimestamp } from './timestamp.ts';

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

/**
 * The bars of one symbol as a Parquet file of ours: REQUIRED columns ts (TIMESTAMP in milliseconds), open, high, low,
 * close, volume (DOUBLE, NaN where unknown), one row group, plain encoding, snappy. The same bars give the same bytes.
 */
export function encodeBars(bars: BarColumns): Uint8Array {
  const rows = bars.times.length;
  const buffer = parquetWriteBuffer({
    columnData: [
      {
        name: 'ts',
        data: Array.from(bars.times, (ms) => new Date(ms)),
        type: 'TIMESTAMP',
        nullable: false,
        encoding: 'PLAIN',
      },
      ...COLUMNS.map((name) => ({
        name,
        // A NaN may carry any payload; the file holds one.
        data: bars[name].map((value) => (Number.isNaN(value) ? Number.NaN : value)),
        type: 'DOUBLE' as const,
        nullable: false,
        encoding: 'PLAIN' as const,
      })),
    ],
    rowGroupSize: Math.max(rows, 1),
    codec: 'SNAPPY',
    createdBy: 'backsweep',
  });
  return new Uint8Array(buffer);
}

/**
 * Reads a Parquet file of ours back, bit for bit.
 *
 * @param file its name, for errors
 * @throws InvalidInputError for a file that is damaged or not in our layout
 */
export async function decodeBars(bytes: Uint8Array, file: string): Promise<BarColumns> {
  const parquet = openParquet(bytes, file);
  const found = parquet.columns.map(({ name, kind }) => `${name} (${kind})`).join(', ');
  const expected = ['ts (time)', ...COLUMNS.map((name) => `${name} (number)`)].join(', ');
  if (found !== expected) {
    throw new InvalidInputError(
      `${file}: expected the columns ${expected}, found ${found}; import it with \`backsweep bars import\` first`,
    );
  }
  const column = async (name: string) => {
    const values = await parquet.read(name);
    return values instanceof Float64Array ? values : Float64Array.from(values as ArrayLike<number>);
  };
  const [times, open, high, low, close, volume] = [
    await column('ts'),
    await column('open'),
    await column('high'),
    await column('low'),
    await column('close'),
    await column('volume'),
  ];
  return { times, open, high, low, close, volume };
}

/**
 * Reads somebody's Parquet file of bars, long or of one symbol, into a table; the rows are not checked yet.
 *
 * Times may be timestamps, dates, INT96, epochs or texts; prices any number type; nulls are NaN.
 *
 * @param file its name, for errors and reports
 * @returns column names that were not used, and the number of rows
 * @throws InvalidInputError for missing columns, columns of another type, damaged or oversized files
 */
export async function readBarsParquet(
  bytes: Uint8Array,
  file: string,
  table: BarTable,
  options: ReadBarsOptions,
): Promise<{ unused: readonly string[]; rows: number; hasSymbols: boolean }> {
  const parquet = openParquet(bytes, file);
  checkRowCount(parquet.rows, file);
  const fields = findBarFields(
    parquet.columns.map(({ name }) => name),
    file,
    options,
  );
  const read = async (index: number, kinds: readonly ParquetKind[]): Promise<DecodedArray> => {
    const { name, kind } = parquet.columns[index]!;
    if (!kinds.includes(kind)) {
      const what = `expected ${kinds.join(' or ')} in column ${JSON.stringify(name)}, found ${kind}`;
      throw new InvalidInputError(`${file}: ${what}; write the column with that type`);
    }
    return parquet.read(name);
  };
  const times = await read(fields.time, ['time', 'number', 'text']);
  const isTime = parquet.columns[fields.time]!.kind === 'time';
  const symbols = fields.symbol === undefined ? undefined : await read(fields.symbol, ['text']);
  const prices: (DecodedArray | undefined)[] = [];
  for (const field of PRICE_FIELDS) {
    const index = fields.prices[field];
    prices.push(index === undefined ? undefined : await read(index, ['number']));
  }

  const source: RowSource = { name: file, unit: 'row' };
  for (let i = 0; i < parquet.rows; i++) {
    const symbol = symbols === undefined ? options.symbol : String(symbols[i] ?? '').trim();
    const rows = table.get(symbol) ?? rowsOf(table, symbol, `${file} row ${i + 1}`);
    const row = rows.times.length;
    rows.source.push(source);
    rows.line.push(i + 1);
    const time = timeOf(times[i], isTime);
    rows.times.push(time);
    if (Number.isNaN(time)) {
      rows.faults.push({ row, column: 'time', expected: 'a date or time', found: String(times[i]) });
    }
    for (const [k, field] of PRICE_FIELDS.entries()) {
      const value = prices[k]?.[i];
      rows[field].push(value === null || value === undefined ? Number.NaN : Number(value));
    }
  }
  return { unused: fields.unused, rows: parquet.rows, hasSymbols: symbols !== undefined };
}

/** `isTime` values are epoch milliseconds already; to guess their unit by magnitude would move dates before 1973. */
function timeOf(value: unknown, isTime: boolean): number {
  if (isTime) return typeof value === 'number' ? value : Number.NaN;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') {
    return parseTimestamp(value);
  }
  return Number.NaN;
}
