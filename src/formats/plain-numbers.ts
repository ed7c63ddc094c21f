import type { FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { ResultValues } from './column-chunk.ts';

/**
 * Copies a column of numbers out of a file where they lie as in memory: one page, not compressed, none missing. That is how
 * most columns of results are written, and the reader of Parquet would make a list of each first.
 *
 * The bytes are not trusted: what does not add up is left to the reader.
 *
 * @param out [rows of the file]
 * @returns false, and nothing copied, for a column of another form
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
  if (!(out instanceof Float64Array) || row_groups.length !== 1 || chunk?.codec !== 'UNCOMPRESSED')
    return false;
  const width = chunk.type === 'DOUBLE' ? 8 : chunk.type === 'INT32' ? 4 : 0;
  const start = Number(chunk.data_page_offset);
  const size = Number(chunk.total_compressed_size);
  if (width === 0 || !(start >= 0 && size > 0 && start + size <= bytes.length)) return false;
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset + start, size), offset: 0 };
  const page = parquetHeader(reader).data_page_header_v2;
  if (page?.encoding !== 'PLAIN' || page.num_nulls !== 0 || page.num_values !== out.length) return false;
  const levels = page.definition_levels_byte_length + page.repetition_levels_byte_length;
  const length = width * out.length;
  if (!(levels >= 0 && reader.offset + levels + length === size)) return false;
  const first = start + reader.offset + levels;
  const plain = bytes.subarray(first, first + length);
  if (width === 8) new Uint8Array(out.buffer, out.byteOffset, length).set(plain);
  else out.set(new Int32Array(plain.slice().buffer));
  return true;
}
