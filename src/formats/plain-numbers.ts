import { type FileMetaData, snappyUncompress } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { ResultValues } from './column-chunk.ts';

/**
 * Copies a column of numbers out of a file where they lie as in memory: in one page, perhaps compressed, all of them or none.
 * That is how most columns of results are written, and the reader of Parquet would make a list of each first.
 *
 * The bytes are not trusted: what does not add up is left to the reader.
 *
 * @param out [rows of the file], NaN
 * @returns false for a column of another form
 */
export function copyPlainNumbers(
  bytes: Uint8Array,
  { row_groups }: FileMetaData,
  name: string,
  out: ResultValues,
): boolean {
  const chunk = row_groups[0]?.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema[0] === name,
  )?.meta_data;
  if (!(out instanceof Float64Array) || row_groups.length !== 1 || chunk === undefined) return false;
  if (chunk.codec !== 'UNCOMPRESSED' && chunk.codec !== 'SNAPPY') return false;
  const width = chunk.type === 'DOUBLE' ? 8 : chunk.type === 'INT32' ? 4 : 0;
  const start = Number(chunk.data_page_offset);
  const size = Number(chunk.total_compressed_size);
  if (width === 0 || !(start >= 0 && size > 0 && start + size <= bytes.length)) return false;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + start, size), offset: 0 };
  const { uncompressed_page_size: unpacked, data_page_header_v2: page } = parquetHeader(reader);
  if (page?.encoding !== 'PLAIN' || page.num_values !== out.length) return false;
  if (page.num_nulls === out.length) return true;
  const levels = page.definition_levels_byte_length + page.repetition_levels_byte_length;
  const length = width * out.length;
  const first = reader.offset + levels;
  if (page.num_nulls !== 0 || !(levels >= 0 && first <= size && levels + length === unpacked)) return false;
  const packed = bytes.subarray(start + first, start + size);
  if (page.is_compressed !== false && chunk.codec === 'SNAPPY') return unpack(packed, length, width, out);
  if (packed.length !== length) return false;
  if (width === 8) new Uint8Array(out.buffer, out.byteOffset, length).set(packed);
  else out.set(new Int32Array(packed.slice().buffer));
  return true;
}

/** False, and nothing of worth in `out`, where the bytes do not unpack to that length. */
function unpack(packed: Uint8Array, length: number, width: number, out: Float64Array): boolean {
  try {
    if (width === 8) {
      snappyUncompress(packed, new Uint8Array(out.buffer, out.byteOffset, length));
    } else {
      const whole = new Int32Array(out.length);
      snappyUncompress(packed, new Uint8Array(whole.buffer));
      out.set(whole);
    }
    return true;
  } catch {
    out.fill(Number.NaN);
    return false;
  }
}
