import { type FileMetaData, snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** The only data page of a column, whose values are plain: as most columns of results are written. */
export interface PlainPage {
  readonly type: string;
  /** Values with those missing, and how many these are. */
  readonly values: number;
  readonly nulls: number;
  /** Bytes of the values once they are unpacked. */
  readonly bytes: number;
  /** The values, in `into` or where they stand in the file; null where they do not unpack to `length` bytes. */
  unpacked(length: number, into?: Uint8Array): Uint8Array | null;
}

/** Pages that would unpack to more are left to the reader of Parquet. */
const MOST_BYTES = 2 ** 28;

/**
 * Finds the page of a column; null for one of another form, which the reader of Parquet reads.
 *
 * The bytes are not trusted: nothing is allocated or read beyond what the footer and the header agree on.
 */
export function plainPage(bytes: Uint8Array, file: FileMetaData, name: string): PlainPage | null {
  const chunk = onlyChunk(file, name);
  if (chunk === null || chunk.dictionary_page_offset) return null;
  if (chunk.codec !== 'UNCOMPRESSED' && chunk.codec !== 'SNAPPY') return null;
  const start = Number(chunk.data_page_offset);
  const size = Number(chunk.total_compressed_size);
  if (!(start >= 0 && size > 0 && start + size <= bytes.length)) return null;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + start, size), offset: 0 };
  const { uncompressed_page_size, data_page_header_v2: page } = parquetHeader(reader);
  if (page?.encoding !== 'PLAIN') return null;
  const levels = page.definition_levels_byte_length + page.repetition_levels_byte_length;
  const first = reader.offset + levels;
  const unpackedBytes = uncompressed_page_size - levels;
  if (!(levels >= 0 && first <= size && unpackedBytes >= 0 && unpackedBytes <= MOST_BYTES)) return null;
  const packed = bytes.subarray(start + first, start + size);
  const isPacked = chunk.codec === 'SNAPPY' && page.is_compressed !== false;
  return {
    type: chunk.type,
    values: page.num_values,
    nulls: page.num_nulls,
    bytes: unpackedBytes,
    unpacked(length, into) {
      if (length !== unpackedBytes) return null;
      if (!isPacked) return packed.length === length ? packed : null;
      try {
        const out = into ?? new Uint8Array(length);
        snappyUncompress(packed, out);
        return out;
      } catch {
        return null;
      }
    },
  };
}

/**
 * The text that all `rows` rows of a column have, where its dictionary holds but one and none is missing; null for a column of
 * another form.
 */
export function onlyText(bytes: Uint8Array, file: FileMetaData, name: string, rows: number): string | null {
  const chunk = onlyChunk(file, name);
  if (chunk?.type !== 'BYTE_ARRAY' || chunk.codec !== 'UNCOMPRESSED' || !chunk.dictionary_page_offset)
    return null;
  const start = Number(chunk.dictionary_page_offset);
  const end = start + Number(chunk.total_compressed_size);
  if (!(start >= 0 && start < end && end <= bytes.length)) return null;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + start, end - start), offset: 0 };
  const { dictionary_page_header: dictionary, compressed_page_size: size } = parquetHeader(reader);
  const first = reader.offset + 4;
  if (dictionary?.num_values !== 1 || !(size >= 4 && reader.offset + size < end - start)) return null;
  const length = reader.view.getUint32(reader.offset, true);
  if (length !== size - 4) return null;
  reader.offset += size;
  const { data_page_header_v2: page } = parquetHeader(reader);
  if (page?.num_values !== rows || page.num_nulls !== 0 || page.encoding !== 'RLE_DICTIONARY') return null;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start + first, length).toString('utf8');
}

/** The chunk of a column of a file with one row group. */
function onlyChunk({ row_groups }: FileMetaData, name: string) {
  const [group] = row_groups;
  const chunk = group?.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
  return row_groups.length === 1 && chunk !== undefined ? chunk : null;
}
