import { type FileMetaData, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { OutsideError } from '../contracts/errors.ts';
import { PHYSICAL, type ResultColumn, type ResultValues, writeColumnChunk } from './column-chunk.ts';
import { copyPlainNumbers } from './plain-numbers.ts';
import { copyPlainTexts, copyRepeatedText, type PlainTexts, plainTexts } from './plain-texts.ts';

export type { ResultColumn, ResultValues };

/** The rows of one shard by column, to be filled and encoded; every column has `rows` values. */
export interface ResultTable {
  readonly columns: readonly ResultColumn[];
  readonly rows: number;
  readonly values: ReadonlyMap<string, ResultValues>;
  /** Columns of texts, with one in every row, that stand here instead: those that `tableRoom` was asked for. */
  readonly texts?: ReadonlyMap<string, PlainTexts>;
}

/** An empty table: numbers are NaN, everything else null. */
export function resultTable(columns: readonly ResultColumn[], rows: number): ResultTable {
  return tableRoom(columns, rows)(rows);
}

/**
 * Memory for the rows of one shard after another: gives an empty table in it, which holds until the next one, and is the
 * same object for the same number of rows. What is allocated anew for every shard is garbage, with which a process grows.
 *
 * @param most rows of a table at most
 * @param plain names of columns of texts, different in every row, that are kept as bytes
 * @param numbers memory for the numbers, at least `numbersOf` of them
 */
export function tableRoom(
  columns: readonly ResultColumn[],
  most: number,
  plain: readonly string[] = [],
  numbers = new Float64Array(numbersOf(columns, most)),
): (rows: number) => ResultTable {
  const lists = new Map<string, null[]>();
  const texts = new Map<string, PlainTexts>();
  for (const column of columns) {
    if (plain.includes(column.name)) texts.set(column.name, plainTexts());
    else if (!isNumeric(column)) lists.set(column.name, []);
  }
  let latest: ResultTable | null = null;
  return (rows) => {
    numbers.fill(Number.NaN);
    for (const list of lists.values()) {
      list.length = rows;
      list.fill(null);
    }
    for (const column of texts.values()) column.clear();
    if (latest?.rows === rows) return latest;
    const values = new Map<string, ResultValues>();
    let used = 0;
    for (const { name } of columns) {
      if (texts.has(name)) continue;
      const list = lists.get(name);
      values.set(name, list ?? numbers.subarray(used, used + rows));
      if (!list) used += rows;
    }
    latest = { columns, rows, values, texts };
    return latest;
  };
}

const isNumeric = ({ type }: ResultColumn) => type === 'DOUBLE' || type === 'INT32';

/** How many numbers so many rows have. */
export const numbersOf = (columns: readonly ResultColumn[], rows: number) =>
  rows * columns.filter(isNumeric).length;

/** `PAR1`, at both ends of a file. */
const MAGIC = 0x31524150;

/**
 * Encodes a table as one Parquet file with one row group; the same table and metadata give the same bytes.
 *
 * Throws where a required value is missing or an INT32 is no integer.
 *
 * @param writer of `resultWriter`, to be used again: the bytes then hold until it is
 */
export function encodeResults(
  { columns, rows, values, texts }: ResultTable,
  metadata: Readonly<Record<string, string>>,
  writer = resultWriter(columns, rows),
): Uint8Array {
  writer.index = 0;
  writer.offset = 0;
  writer.appendUint32(MAGIC);
  const start = writer.offset;
  const chunks =
    rows === 0
      ? []
      : columns.map((column) =>
          writeColumnChunk(writer, column, texts?.get(column.name) ?? values.get(column.name)!),
        );
  const unpacked = chunks.reduce((sum, { meta_data }) => sum + meta_data!.total_uncompressed_size, 0n);
  const group = {
    columns: chunks,
    num_rows: BigInt(rows),
    total_byte_size: unpacked,
    total_compressed_size: BigInt(writer.offset - start),
  };
  writeMetadata(writer, {
    version: 2,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaOf)],
    num_rows: BigInt(rows),
    row_groups: rows === 0 ? [] : [group],
    key_value_metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    created_by: 'backsweep',
    metadata_length: 0, // not written: only a reader knows it
  });
  writer.appendUint32(MAGIC);
  return writer.getBytes();
}

/**
 * A writer to encode a table of so many rows with; it grows where its memory is not enough.
 *
 * @param memory that it writes into, as far as that is large enough for what is to be expected: growing leaves copies behind
 */
export function resultWriter(
  columns: readonly ResultColumn[],
  rows: number,
  memory = new ArrayBuffer(0),
): ByteWriter {
  const expected = 1_024 + rows * columns.length * 8;
  if (memory.byteLength < expected) return new ByteWriter(expected);
  const writer = new ByteWriter(0);
  writer.buffer = memory;
  writer.view = new DataView(memory);
  return writer;
}

function schemaOf({ name, type, nullable }: ResultColumn): SchemaElement {
  return {
    name,
    type: PHYSICAL[type],
    repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
    ...(type === 'UTF8' && { converted_type: 'UTF8' as const }),
  };
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
    const parquet = parquetMetadata(bytes);
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

/** What reading a table can do without. */
interface DecodeOptions {
  /** That of the bytes, where it was read already. */
  readonly footer?: ResultFooter;
  /** A table of these columns and rows, empty, to read into. */
  readonly table?: ResultTable;
  /** Rows of which texts are wanted, ascending; of others they may be null. Default: all. */
  readonly textRows?: readonly number[] | undefined;
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
  { footer = resultFooter(bytes, source), table, textRows }: DecodeOptions = {},
): Promise<ReadonlyMap<string, ResultValues>> {
  if (footer.rows !== rows || footer.parquet.row_groups.some((group) => Number(group.num_rows) > rows)) {
    throw new OutsideError(`${source}: expected ${rows} rows, found ${footer.rows}`);
  }
  const missing = columns.find(({ name }) => !footer.columns.includes(name));
  if (missing) throw new OutsideError(`${source}: expected a column ${missing.name}, found none`);
  const { values } = table ?? resultTable(columns, rows);
  let filled = 0;
  try {
    const others: string[] = [];
    for (const { name, type } of columns) {
      const column = values.get(name)!;
      const texts = type === 'UTF8' ? (column as (string | null)[]) : null;
      const copied = texts
        ? copyRepeatedText(bytes, footer.parquet, name, texts) ||
          (textRows !== undefined && copyPlainTexts(bytes, footer.parquet, name, textRows, texts))
        : copyPlainNumbers(bytes, footer.parquet, name, column);
      if (copied) filled += rows;
      else others.push(name);
    }
    if (others.length > 0)
      await parquetRead({
        file: { byteLength: bytes.length, slice: (start, end) => exactBuffer(bytes.subarray(start, end)) },
        metadata: footer.parquet,
        columns: others,
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
