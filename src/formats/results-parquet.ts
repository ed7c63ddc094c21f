import { type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { OutsideError } from '../contracts/errors.ts';
import type { Column } from '../contracts/result-row.ts';

/** A column of a table as the encoding sees it. */
export type ResultColumn = Pick<Column, 'name' | 'type' | 'nullable'>;

/** Values of one column: numbers with NaN = null, or a list with null. */
export type ResultValues = Float64Array | (string | null)[] | (boolean | null)[];

/** The rows of one shard by column, to be filled and encoded; every column has `rows` values. */
export interface ResultTable {
  readonly columns: readonly ResultColumn[];
  readonly rows: number;
  readonly values: ReadonlyMap<string, ResultValues>;
}

/** An empty table: numbers are NaN, everything else null. */
export function resultTable(columns: readonly ResultColumn[], rows: number): ResultTable {
  const values = new Map<string, ResultValues>();
  for (const { name, type } of columns) {
    const numeric = type === 'DOUBLE' || type === 'INT32';
    values.set(name, numeric ? new Float64Array(rows).fill(Number.NaN) : new Array(rows).fill(null));
  }
  return { columns, rows, values };
}

/**
 * Encodes a table as one Parquet file with one row group; the same table and metadata give the same bytes.
 *
 * Plain pages under snappy: a search for dictionaries costs more than it saves on metrics. No page limit, since a
 * shard has a few thousand rows at most. Throws where a required value is missing or an INT32 is no integer.
 */
export function encodeResults(table: ResultTable, metadata: Readonly<Record<string, string>>): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: table.columns.map(({ name, type, nullable }) => {
      const values = table.values.get(name)!;
      return {
        name,
        data: values instanceof Float64Array && nullable ? withNulls(values) : values,
        type: type === 'UTF8' ? ('STRING' as const) : type,
        nullable,
        // Texts repeat from row to row (parameters, statuses), measured numbers do not.
        ...(type === 'DOUBLE' || type === 'INT32' ? { encoding: 'PLAIN' as const } : {}),
      };
    }),
    codec: 'SNAPPY',
    statistics: false,
    rowGroupSize: Math.max(1, table.rows),
    pageSize: 0,
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: 'backsweep',
  });
  return new Uint8Array(buffer);
}

/** The writer knows null only in lists; a column without NaN stays the typed array, which is twice as fast. */
function withNulls(values: Float64Array): Float64Array | (number | null)[] {
  let i = 0;
  while (i < values.length && !Number.isNaN(values[i])) i++;
  if (i === values.length) return values;
  const list: (number | null)[] = new Array(values.length);
  for (let k = 0; k < values.length; k++) list[k] = Number.isNaN(values[k]) ? null : values[k]!;
  return list;
}

/** What an encoded table says of itself, read from its footer alone. */
export interface ResultFooter {
  readonly rows: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly parquet: FileMetaData;
}

/** Reads the footer of an encoded table; OutsideError naming `source` if the bytes are no such file. */
export function resultFooter(bytes: Uint8Array, source: string): ResultFooter {
  try {
    const parquet = parquetMetadata(exactBuffer(bytes));
    return {
      rows: Number(parquet.num_rows),
      metadata: Object.fromEntries(
        (parquet.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']),
      ),
      columns: parquet.schema.slice(1).map(({ name }) => name),
      parquet,
    };
  } catch (cause) {
    throw new OutsideError(
      `${source}: expected a Parquet file of results, found ${bytes.length} other bytes`,
      {
        cause,
      },
    );
  }
}

/**
 * Reads some columns of an encoded table: numbers as Float64Array with NaN for null, texts and flags as lists.
 *
 * The bytes are not trusted: `rows` is what the caller expects, checked against footer and chunks before anything is
 * allocated. Throws OutsideError naming `source` for other bytes, another number of rows, or a missing column.
 */
export async function decodeResults(
  bytes: Uint8Array,
  columns: readonly ResultColumn[],
  rows: number,
  source: string,
): Promise<ReadonlyMap<string, ResultValues>> {
  const footer = resultFooter(bytes, source);
  if (footer.rows !== rows || footer.parquet.row_groups.some((group) => Number(group.num_rows) > rows)) {
    throw new OutsideError(`${source}: expected ${rows} rows, found ${footer.rows}`);
  }
  const missing = columns.find(({ name }) => !footer.columns.includes(name));
  if (missing) throw new OutsideError(`${source}: expected a column ${missing.name}, found none`);
  const { values } = resultTable(columns, rows);
  let filled = 0;
  try {
    await parquetRead({
      file: { byteLength: bytes.length, slice: (start, end) => exactBuffer(bytes.subarray(start, end)) },
      metadata: footer.parquet,
      columns: columns.map(({ name }) => name),
      onChunk({ columnName, columnData, rowStart }) {
        const column = values.get(columnName)!;
        for (let i = 0; i < columnData.length; i++) {
          const value: unknown = columnData[i];
          if (column instanceof Float64Array)
            column[rowStart + i] = value === null ? Number.NaN : Number(value);
          else column[rowStart + i] = (value ?? null) as string & boolean;
        }
        filled += columnData.length;
      },
    });
  } catch (cause) {
    throw new OutsideError(`${source}: cannot decode the results (${(cause as Error).message})`, { cause });
  }
  if (filled !== rows * columns.length) {
    throw new OutsideError(`${source}: expected ${rows} values in every column, found ${filled} in all`);
  }
  return values;
}

/** The bytes as an ArrayBuffer of their own, as the reader wants it; copies only a view of a part. */
function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
  return bytes.slice().buffer as ArrayBuffer;
}
