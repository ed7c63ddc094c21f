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
export function plainPage(bytes: Uint8Array, { row_groups }: FileMetaData, name: string): PlainPage | null {
  const [group] = row_groups;
  const chunk = group?.columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data;
  if (row_groups.length !== 1 || chunk === undefined || chunk.dictionary_page_offset) return null;
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
