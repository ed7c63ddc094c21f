import { once } from 'node:events';
import { open, rename, rm } from 'node:fs/promises';
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer';
import type { SqlRows, SqlType, SqlValue } from '../adapters/duckdb/results-database.ts';
import { OutsideError } from '../contracts/errors.ts';
import { table } from './table.ts';
import { note, printable } from './terminal.ts';

/** How rows can be written. */
export const FORMATS = ['table', 'csv', 'json', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

/** A table has to be measured before it is printed; other formats have no limit. */
const TABLE_ROWS = 1_000;
const PARQUET_GROUP = 50_000;

type Emit = (chunk: string | Uint8Array) => Promise<unknown>;

/**
 * Writes rows to stdout, or to a file, which is there as a whole or not at all.
 *
 * @param out path of the file; undefined = stdout
 * @throws OutsideError where the file cannot be written
 */
export async function writeRows(rows: SqlRows, format: Format, out: string | undefined): Promise<void> {
  if (out !== undefined) return intoFile(out, (emit) => WRITERS[format](rows, emit));
  await WRITERS[format](rows, async (chunk) => {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  });
}

async function intoFile(out: string, write: (emit: Emit) => Promise<void>): Promise<void> {
  const partial = `${out}.${process.pid}.partial`;
  const outside = (cause: unknown): never => {
    throw new OutsideError(`${out}: expected a file that can be written: ${(cause as Error).message}`, {
      cause,
    });
  };
  const file = await open(partial, 'w').catch(outside);
  try {
    await write((chunk) => file.appendFile(chunk).catch(outside));
    await file.close();
    await rename(partial, out).catch(outside);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

const WRITERS: Readonly<Record<Format, (rows: SqlRows, emit: Emit) => Promise<void>>> = {
  async table({ columns, types, rows }, emit) {
    const shown: string[][] = [];
    let more = false;
    for await (const row of rows) {
      more = shown.length === TABLE_ROWS;
      if (more) break;
      shown.push(row.map((value, i) => (types[i] === 'double' ? rounded(value) : cellText(value))));
    }
    await emit(table(columns.map(printable), shown));
    if (more) note(`only the first ${TABLE_ROWS} rows; --format csv, json or parquet writes all`);
  },
  async csv({ columns, rows }, emit) {
    await emit(`${columns.map(csvCell).join(',')}\n`);
    for await (const row of rows) await emit(`${row.map((value) => csvCell(cellText(value))).join(',')}\n`);
  },
  async json({ columns, rows }, emit) {
    let before = '[';
    for await (const row of rows) {
      const object = Object.fromEntries(columns.map((name, i) => [name, row[i]]));
      await emit(`${before}${JSON.stringify(object)}\n`);
      before = ',';
    }
    await emit(before === '[' ? '[]\n' : ']\n');
  },
  parquet: writeParquet,
};

const PARQUET_TYPES = { integer: 'INT64', double: 'DOUBLE', boolean: 'BOOLEAN', text: 'STRING' } as const;

/** Row group by row group, so that memory does not grow with the number of rows. */
async function writeParquet({ columns, types, rows }: SqlRows, emit: Emit): Promise<void> {
  const buffer = new ByteWriter();
  const flush = async () => {
    await emit(buffer.getBytes().slice());
    buffer.index = 0;
  };
  async function* objects() {
    for await (const row of rows) {
      yield Object.fromEntries(columns.map((name, i) => [name, parquetValue(row[i]!, types[i]!)]));
    }
  }
  await parquetWriteRows({
    writer: Object.assign(buffer, { flush }),
    rows: objects(),
    columns: columns.map((name, i) => ({ name, type: PARQUET_TYPES[types[i]!], nullable: true })),
    rowGroupSize: PARQUET_GROUP,
    createdBy: 'backsweep',
  });
  await flush();
}

/** Whole numbers beyond 2^53 come as text. */
function parquetValue(value: SqlValue, type: SqlType): SqlValue | bigint {
  if (value === null) return null;
  if (type === 'integer') return BigInt(value as number | string);
  if (type === 'double') return Number(value);
  return type === 'boolean' ? value : cellText(value);
}

/** The shortest text that means the value; '' for null. */
function cellText(value: SqlValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A number for people: six digits that count; the other formats have all. */
const rounded = (value: SqlValue) => (value === null ? '' : String(Number(Number(value).toPrecision(6))));

/** RFC 4180. */
const csvCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
