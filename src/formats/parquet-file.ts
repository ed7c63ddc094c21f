import {
  type ColumnMetaData,
  type DecodedArray,
  type FileMetaData,
  parquetMetadata,
  parquetScan,
  type SchemaElement,
} from 'hyparquet';
import { InvalidInputError } from '../contracts/errors.ts';
import { CODECS, isKnownCodec } from './parquet-codecs.ts';
import { checkPages } from './parquet-pages.ts';
import { skipThriftStruct } from './thrift-limits.ts';

const MAX_FILE_BYTES = 2 ** 30;
const MAX_FOOTER_BYTES = 8 * 2 ** 20;
const MAX_COLUMNS = 2_000;
const MAX_ROW_GROUPS = 20_000;
const MAX_ROWS = 50_000_000;
const MIN_UNPACKED_CAP = 64 * 2 ** 20;
const MAX_RATIO = 1_000;

/** What the values of a column are: `time` values are read as epoch milliseconds UTC, `number` as numbers or bigints. */
export type ParquetKind = 'time' | 'number' | 'text' | 'other';

/** A Parquet file whose footer was checked. */
export interface ParquetFile {
  readonly rows: number;
  /** Columns in the order of the file. */
  readonly columns: readonly { readonly name: string; readonly kind: ParquetKind }[];
  /** The values of one column, null where missing; throws InvalidInputError for damaged or oversized data. */
  read(column: string): Promise<DecodedArray>;
}

const floorTo = (value: bigint, unit: bigint) => Number((value - (((value % unit) + unit) % unit)) / unit);
const PARSERS = {
  timestampFromMilliseconds: Number,
  timestampFromMicroseconds: (micros: bigint) => floorTo(micros, 1_000n),
  timestampFromNanoseconds: (nanos: bigint) => floorTo(nanos, 1_000_000n),
  dateFromDays: (days: number) => days * 86_400_000,
};

/**
 * Opens a Parquet file from an untrusted source: flat columns, codecs none, snappy, gzip, zstd and LZ4_RAW.
 *
 * Before anything is allocated, the sizes that the file states are capped: 1 GiB of file, 8 MiB of footer,
 * 2,000 columns, 20,000 row groups, 50 million rows, 64 MiB a page, and 1,000 times the file (at least 64 MiB) unpacked.
 *
 * @param bytes the whole file
 * @param file its name, for errors
 * @throws InvalidInputError for what is no Parquet file, damaged, or beyond the caps
 */
export function openParquet(bytes: Uint8Array, file: string): ParquetFile {
  const fail = (error: unknown, where = '') => {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = 'the file is damaged or not meant for this: write it again';
    return new InvalidInputError(
      `${file}${where}: expected a sound Parquet file, found: ${reason}; ${hint}`,
      {
        cause: error,
      },
    );
  };
  let metadata: FileMetaData;
  try {
    metadata = readFooter(bytes);
    checkFooter(metadata, bytes.byteLength);
  } catch (error) {
    throw fail(error);
  }
  const rows = Number(metadata.num_rows);
  const leaves = metadata.schema.slice(1);
  let unpacked = 0;
  const cap = Math.max(MIN_UNPACKED_CAP, MAX_RATIO * bytes.byteLength);
  return {
    rows,
    columns: leaves.map((element) => ({ name: element.name, kind: kindOf(element) })),
    async read(column) {
      try {
        const element = leaves.find(({ name }) => name === column)!;
        for (const group of metadata.row_groups) {
          const chunk = group.columns.find(({ meta_data }) => meta_data!.path_in_schema[0] === column)!;
          const optional = element.repetition_type !== 'REQUIRED';
          const data = bytes.subarray(...chunkRange(chunk.meta_data!));
          const groupRows = Number(group.num_rows);
          const pageBytes = checkPages(data, chunk.meta_data!, groupRows, optional);
          // A run of nulls or of one index takes no bytes in its page, but eight a row in memory.
          unpacked += Math.max(pageBytes, 8 * groupRows);
          if (unpacked > cap) throw new Error(`more than ${cap} bytes when unpacked`);
        }
        return await readColumn(bytes, metadata, column, rows);
      } catch (error) {
        throw fail(error, ` column ${JSON.stringify(column)}`);
      }
    },
  };
}

function readFooter(bytes: Uint8Array): FileMetaData {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.byteLength;
  if (size > MAX_FILE_BYTES) throw new Error(`a file of ${size} bytes, more than ${MAX_FILE_BYTES}`);
  const magic = 0x31_52_41_50;
  if (size < 12 || view.getUint32(0, true) !== magic || view.getUint32(size - 4, true) !== magic) {
    throw new Error('no "PAR1" at its beginning and end');
  }
  const length = view.getUint32(size - 8, true);
  if (length > Math.min(MAX_FOOTER_BYTES, size - 12)) throw new Error(`a footer of ${length} bytes`);
  const footer = bytes.subarray(size - 8 - length);
  skipThriftStruct(new DataView(footer.buffer, footer.byteOffset, length), 0);
  return parquetMetadata(footer, { geoparquet: false });
}

function checkFooter({ schema, row_groups, num_rows }: FileMetaData, fileBytes: number): void {
  const leaves = schema.slice(1);
  if (leaves.length > MAX_COLUMNS) throw new Error(`${leaves.length} columns, more than ${MAX_COLUMNS}`);
  if (row_groups.length > MAX_ROW_GROUPS) {
    throw new Error(`${row_groups.length} row groups, more than ${MAX_ROW_GROUPS}`);
  }
  if (!(num_rows >= 0n && num_rows <= MAX_ROWS)) throw new Error(`${num_rows} rows, more than ${MAX_ROWS}`);
  for (const element of leaves) {
    if (element.type === undefined || element.num_children || element.repetition_type === 'REPEATED') {
      throw new Error(`column ${JSON.stringify(element.name)} is nested, expected flat columns`);
    }
  }
  if (new Set(leaves.map(({ name }) => name)).size !== leaves.length)
    throw new Error('two columns of one name');
  let rows = 0n;
  for (const group of row_groups) {
    if (!(group.num_rows >= 0n)) throw new Error(`a row group of ${group.num_rows} rows`);
    rows += group.num_rows;
    if (group.columns.length !== leaves.length) throw new Error('a row group that lacks columns');
    for (const [i, { meta_data, file_path }] of group.columns.entries()) {
      if (!meta_data || file_path || meta_data.path_in_schema.join('.') !== leaves[i]!.name) {
        throw new Error('a row group whose columns are not those of the schema');
      }
      if (meta_data.type !== leaves[i]!.type) throw new Error('a column that changes its type');
      if (!isKnownCodec(meta_data.codec))
        throw new Error(`codec ${meta_data.codec}, supported are none, snappy, gzip, zstd and lz4_raw`);
      const [start, end] = chunkRange(meta_data);
      if (!(start >= 4 && end >= start && end <= fileBytes))
        throw new Error('a column beyond the end of file');
    }
  }
  if (rows !== num_rows) throw new Error(`${num_rows} rows, but row groups of ${rows}`);
}

function chunkRange(column: ColumnMetaData): [start: number, end: number] {
  // As hyparquet does: some writers leave the dictionary offset out or set it to 0.
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  return [start, start + Number(column.total_compressed_size)];
}

function kindOf({ type, converted_type: converted, logical_type: logical }: SchemaElement): ParquetKind {
  if (converted === 'DATE' || converted?.startsWith('TIMESTAMP_') || logical?.type === 'TIMESTAMP')
    return 'time';
  if (type === 'INT96') return 'time';
  if (converted === 'UTF8' || converted === 'ENUM' || logical?.type === 'STRING') return 'text';
  if (type === 'BYTE_ARRAY' && converted === undefined && logical === undefined) return 'text';
  if (converted === 'DECIMAL' || type === 'DOUBLE' || type === 'FLOAT') return 'number';
  if ((type === 'INT32' || type === 'INT64') && !converted?.startsWith('TIME_')) return 'number';
  return 'other';
}

async function readColumn(bytes: Uint8Array, metadata: FileMetaData, column: string, rows: number) {
  // hyparquet wants an ArrayBuffer for each slice; slice() of the bytes copies just that part.
  const file = {
    byteLength: bytes.byteLength,
    slice: (start: number, end?: number) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
  const scan = await parquetScan({
    file,
    metadata,
    columns: [column],
    compressors: CODECS,
    parsers: PARSERS,
    geoparquet: false,
    useOffsetIndex: false,
  });
  const parts: DecodedArray[] = [];
  for (const range of scan.ranges) {
    const part = await scan.readColumn({ column, ...range });
    if (part.length !== range.rowEnd - range.rowStart) throw new Error('fewer values than rows');
    parts.push(part);
  }
  const first = parts[0];
  if (parts.length === 1 && first !== undefined) return first;
  const all: unknown[] = [];
  for (const part of parts) for (let i = 0; i < part.length; i++) all.push(part[i]);
  if (all.length !== rows) throw new Error('fewer values than rows');
  return all;
}
