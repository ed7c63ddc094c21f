import type { ColumnChunk, Encoding } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import type { Column } from '../contracts/result-row.ts';
import { type PlainTexts, plainTexts } from './plain-texts.ts';
import { snappyCompress } from './snappy.ts';

/** A column of a table as the encoding sees it. */
export type ResultColumn = Pick<Column, 'name' | 'type' | 'nullable'>;

/** Values of one column: numbers with NaN = null, or a list with null. */
export type ResultValues = Float64Array | (string | null)[] | (boolean | null)[];

/** The physical types of Parquet. */
export const PHYSICAL = { INT32: 'INT32', DOUBLE: 'DOUBLE', BOOLEAN: 'BOOLEAN', UTF8: 'BYTE_ARRAY' } as const;

/** Texts of at most so many values are numbered, where at least half of them repeat. */
const MOST_DISTINCT = 64;
/** Bytes of a text on average, from which on texts are compressed: parameters are alike, ids are not. */
const LONG_TEXT = 64;

/** What stands in a page before levels and header are put around it. */
interface PageBody {
  readonly encoding: Encoding;
  readonly bytes: Uint8Array;
  readonly compress: boolean;
}

/**
 * Writes one column as one data page, after a page of its dictionary where few texts repeat.
 *
 * Numbers are copied as they lie in memory (which is little-endian wherever the kernel runs), without nulls. Only what
 * repeats is compressed: metrics shrink by some percent at best, and compressing them took longer than measuring them.
 * Throws where a required value is missing or an INT32 is no integer.
 */
export function writeColumnChunk(
  writer: ByteWriter,
  column: ResultColumn,
  values: ResultValues | PlainTexts,
): ColumnChunk {
  const start = writer.offset;
  if ('texts' in values) return writePlainTexts(writer, column, values);
  const missing = missingLevels(values);
  if (missing !== null && !column.nullable) {
    throw new Error(
      `column ${column.name}: expected a value in every row, found none in row ${missing.indexOf(0)}`,
    );
  }
  const texts = column.type === 'UTF8' ? presentOf(values as (string | null)[], missing) : null;
  const dictionary = texts && dictionaryOf(texts);
  const present = values.length - (missing ? missing.reduce((sum, level) => sum + 1 - level, 0) : 0);
  let unpacked = 0;
  if (dictionary) unpacked += writeDictionary(writer, dictionary);
  const pageStart = writer.offset;
  const body = texts ? textBody(texts, dictionary) : valuesBody(column, values, missing, present);
  unpacked += writePage(
    writer,
    body,
    column.nullable ? levelsOf(missing, values.length) : null,
    values.length,
    present,
  );
  return chunkOf(column, body, dictionary !== null, values.length, unpacked, [
    start,
    pageStart,
    writer.offset,
  ]);
}

/** Texts that are in the form of their page already: a value in every row. */
function writePlainTexts(
  writer: ByteWriter,
  column: ResultColumn,
  { texts, bytes }: PlainTexts,
): ColumnChunk {
  const start = writer.offset;
  const body = plainBody(bytes(), texts());
  const levels = column.nullable ? levelsOf(null, texts()) : null;
  const unpacked = writePage(writer, body, levels, texts(), texts());
  return chunkOf(column, body, false, texts(), unpacked, [start, start, writer.offset]);
}

/** By column, and used again: made anew for every shard they are garbage that V8 takes for long-lived, and keeps. */
const chunks = new WeakMap<ResultColumn, ColumnChunk>();

/** Describes what was written of a column; holds until it is written again. */
function chunkOf(
  column: ResultColumn,
  { encoding, compress }: PageBody,
  numbered: boolean,
  rows: number,
  unpacked: number,
  [start, pageStart, end]: readonly [number, number, number],
): ColumnChunk {
  const chunk = chunks.get(column) ?? emptyChunk(column);
  chunks.set(column, chunk);
  const described = chunk.meta_data!;
  chunk.file_offset = BigInt(start);
  described.encodings = numbered ? NUMBERED : encoding === 'PLAIN' ? PLAIN : [encoding];
  described.codec = compress ? 'SNAPPY' : 'UNCOMPRESSED';
  described.num_values = BigInt(rows);
  described.total_uncompressed_size = BigInt(unpacked);
  described.total_compressed_size = BigInt(end - start);
  described.data_page_offset = BigInt(pageStart);
  described.dictionary_page_offset = numbered ? BigInt(start) : undefined;
  return chunk;
}

const PLAIN: Encoding[] = ['PLAIN'];
const NUMBERED: Encoding[] = ['PLAIN', 'RLE_DICTIONARY'];

const emptyChunk = ({ name, type }: ResultColumn): ColumnChunk => ({
  file_offset: 0n,
  meta_data: {
    type: PHYSICAL[type],
    encodings: PLAIN,
    path_in_schema: [name],
    codec: 'UNCOMPRESSED',
    num_values: 0n,
    total_uncompressed_size: 0n,
    total_compressed_size: 0n,
    data_page_offset: 0n,
    dictionary_page_offset: undefined,
  },
});

/** 1 for every row with a value, 0 for the others; null where all have one. */
function missingLevels(values: ResultValues): Uint8Array | null {
  return values instanceof Float64Array ? missingNumbers(values) : missingCells(values);
}

function missingNumbers(values: Float64Array): Uint8Array | null {
  let levels: Uint8Array | null = null;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]!)) continue;
    levels ??= new Uint8Array(values.length).fill(1);
    levels[i] = 0;
  }
  return levels;
}

function missingCells(values: readonly (string | boolean | null)[]): Uint8Array | null {
  if (!values.includes(null)) return null;
  const levels = new Uint8Array(values.length);
  for (let i = 0; i < levels.length; i++) levels[i] = values[i] === null ? 0 : 1;
  return levels;
}

function levelsOf(missing: Uint8Array | null, rows: number): Uint8Array {
  const writer = new ByteWriter(16);
  if (missing) writeRleBitPackedHybrid(writer, missing, 1);
  else {
    writer.appendVarInt(rows << 1);
    writer.appendUint8(1);
  }
  return writer.getBytes();
}

function presentOf(values: readonly (string | null)[], missing: Uint8Array | null): readonly string[] {
  return (missing ? values.filter((value) => value !== null) : values) as readonly string[];
}

function valuesBody(
  column: ResultColumn,
  values: ResultValues,
  missing: Uint8Array | null,
  present: number,
): PageBody {
  if (!(values instanceof Float64Array)) return flagsBody(values as (boolean | null)[]);
  const all = missing ? definedOf(values, present) : values;
  const repeats = repeatsOf(all);
  const numbers = column.type === 'DOUBLE' ? all : integers(column, all);
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return { encoding: 'PLAIN', bytes, compress: 2 * repeats > present };
}

/** Numbers that are equal to the one before. In a function of its own, so that it is compiled once, for one type of array. */
function repeatsOf(values: Float64Array): number {
  let repeats = 0;
  for (let i = 1; i < values.length; i++) if (values[i] === values[i - 1]) repeats++;
  return repeats;
}

/** The numbers that are not NaN; the `filter` of a typed array makes a list of them first. */
function definedOf(values: Float64Array, present: number): Float64Array {
  const defined = new Float64Array(present);
  for (let i = 0, at = 0; at < present; i++) if (!Number.isNaN(values[i]!)) defined[at++] = values[i]!;
  return defined;
}

let scratch = new Int32Array(0); // kept: one column is written after the other

function integers({ name }: ResultColumn, values: Float64Array): Int32Array {
  if (scratch.length < values.length) scratch = new Int32Array(values.length);
  const whole = scratch.subarray(0, values.length);
  whole.set(values);
  for (let i = 0; i < whole.length; i++) {
    if (whole[i] === values[i]) continue;
    throw new Error(`column ${name}: expected integers of 32 bits, found ${values[i]}`);
  }
  return whole;
}

function flagsBody(values: readonly (boolean | null)[]): PageBody {
  const flags = values.filter((value) => value !== null);
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  for (const [i, flag] of flags.entries()) if (flag) bytes[i >> 3]! |= 1 << (i & 7);
  return { encoding: 'PLAIN', bytes, compress: false };
}

/** The number of each distinct text; null where texts are too many, or repeat too little, to be numbered. */
function dictionaryOf(texts: readonly string[]): ReadonlyMap<string, number> | null {
  const numbers = new Map<string, number>();
  for (const text of texts) {
    if (numbers.has(text)) continue;
    if (numbers.size === MOST_DISTINCT) return null;
    numbers.set(text, numbers.size);
  }
  return numbers.size > 0 && 2 * numbers.size <= texts.length ? numbers : null;
}

function textBody(texts: readonly string[], dictionary: ReadonlyMap<string, number> | null): PageBody {
  if (!dictionary) return plainBody(plainBytes(texts), texts.length);
  const bits = Math.ceil(Math.log2(dictionary.size));
  const writer = new ByteWriter();
  writer.appendUint8(bits);
  const numbers = new Int32Array(texts.length);
  for (let i = 0; i < numbers.length; i++) numbers[i] = dictionary.get(texts[i]!)!;
  writeRleBitPackedHybrid(writer, numbers, bits);
  return { encoding: 'RLE_DICTIONARY', bytes: writer.getBytes(), compress: false };
}

const plainBody = (bytes: Uint8Array, texts: number): PageBody => ({
  encoding: 'PLAIN',
  bytes,
  compress: bytes.length > (LONG_TEXT + 4) * texts,
});

function plainBytes(texts: Iterable<string>): Uint8Array {
  const plain = plainTexts();
  for (const text of texts) plain.add(text);
  return plain.bytes();
}

function writeDictionary(writer: ByteWriter, dictionary: ReadonlyMap<string, number>): number {
  const start = writer.offset;
  const bytes = plainBytes(dictionary.keys());
  writePageHeader(writer, {
    type: 'DICTIONARY_PAGE',
    uncompressed_page_size: bytes.length,
    compressed_page_size: bytes.length,
    dictionary_page_header: { num_values: dictionary.size, encoding: 'PLAIN', is_sorted: false },
  });
  writer.appendBytes(bytes);
  return writer.offset - start;
}

/** Writes a data page and gives its size with its header, before compression. */
function writePage(
  writer: ByteWriter,
  { encoding, bytes, compress }: PageBody,
  levels: Uint8Array | null,
  rows: number,
  present: number,
): number {
  const start = writer.offset;
  const packed = compress ? snappyCompress(bytes) : bytes;
  const levelBytes = levels?.length ?? 0;
  writePageHeader(writer, {
    type: 'DATA_PAGE_V2',
    uncompressed_page_size: levelBytes + bytes.length,
    compressed_page_size: levelBytes + packed.length,
    data_page_header_v2: {
      num_values: rows,
      num_nulls: rows - present,
      num_rows: rows,
      encoding,
      definition_levels_byte_length: levelBytes,
      repetition_levels_byte_length: 0,
      is_compressed: compress,
    },
  });
  const headerBytes = writer.offset - start;
  if (levels) writer.appendBytes(levels);
  writer.appendBytes(packed);
  return headerBytes + levelBytes + bytes.length;
}
