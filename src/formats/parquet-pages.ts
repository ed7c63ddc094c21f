import type { ColumnMetaData, PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { CODECS } from './parquet-codecs.ts';
import { readVarint, skipThriftStruct } from './thrift-limits.ts';

const MAX_PAGE_BYTES = 64 * 2 ** 20;
// DELTA_BYTE_ARRAY is left out: each text may repeat the one before it, so that few bytes unfold without a bound.
const ENCODINGS = new Set([
  'PLAIN',
  'PLAIN_DICTIONARY',
  'RLE_DICTIONARY',
  'RLE',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'BYTE_STREAM_SPLIT',
]);

/**
 * Walks the pages of one column chunk before anything of it is decoded, and returns its decompressed bytes.
 *
 * Checks what the decoder would believe: page sizes lie inside the chunk and below 64 MiB, values add up to the rows
 * of the group, encodings are known, and runs of repeated levels and dictionary indices do not exceed their page.
 *
 * @param chunk the bytes of the column chunk
 * @param optional whether the column may hold nulls, and so has definition levels
 * @throws Error that says what is wrong with the chunk
 */
export function checkPages(
  chunk: Uint8Array,
  column: ColumnMetaData,
  rows: number,
  optional: boolean,
): number {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let [offset, values, unpacked] = [0, 0, 0];
  while (values < rows) {
    const start = skipThriftStruct(view, offset);
    const header = parquetHeader({ view, offset });
    const { compressed_page_size: packed, uncompressed_page_size: plain } = header;
    if (!(packed >= 0 && packed <= view.byteLength - start)) {
      throw new Error(`a page of ${packed} bytes goes beyond its column`);
    }
    if (!(plain >= 0 && plain <= MAX_PAGE_BYTES)) {
      throw new Error(`expected pages of at most ${MAX_PAGE_BYTES} bytes, found ${plain}`);
    }
    values += checkPage(chunk.subarray(start, start + packed), header, column, optional);
    unpacked += plain;
    offset = start + packed;
  }
  if (values !== rows) throw new Error(`expected ${rows} values, found ${values}`);
  return unpacked;
}

function checkPage(bytes: Uint8Array, header: PageHeader, column: ColumnMetaData, optional: boolean): number {
  const page = header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
  if (page === undefined) throw new Error(`unknown page type ${header.type}`);
  const count = page.num_values;
  // A value of any type but BOOLEAN takes at least a bit when packed; runs are checked one by one below.
  if (!(count >= 0 && count <= 50_000_000)) throw new Error(`a page of ${count} values`);
  if (!ENCODINGS.has(page.encoding))
    throw new Error(
      `encoding ${page.encoding}, which is not supported (plain, dictionary, delta and byte-stream-split are)`,
    );
  if (header.type === 'DICTIONARY_PAGE') {
    if (count > header.uncompressed_page_size) throw new Error(`a dictionary of ${count} values`);
    return 0;
  }
  const v2 = header.type === 'DATA_PAGE_V2' ? header.data_page_header_v2 : undefined;
  const inDictionary = page.encoding.endsWith('_DICTIONARY');
  const levelBytes = v2 ? v2.definition_levels_byte_length + v2.repetition_levels_byte_length : 0;
  if (!(levelBytes >= 0 && levelBytes <= bytes.byteLength)) throw new Error('levels go beyond their page');
  if (v2 && optional) checkRuns(bytes, 0, 1, count);
  if (!inDictionary && (v2 || !optional)) return count;

  const packed = v2 ? bytes.subarray(levelBytes) : bytes;
  const plainBytes = header.uncompressed_page_size - levelBytes;
  const plain = v2?.is_compressed === false ? packed : unpack(packed, plainBytes, column.codec);
  let data = 0;
  if (!v2 && optional) {
    if (plain.byteLength < 4) throw new Error('levels go beyond their page');
    data = 4 + new DataView(plain.buffer, plain.byteOffset).getUint32(0, true);
    checkRuns(plain, 4, 1, count);
  }
  if (inDictionary && plain[data]) checkRuns(plain, data + 1, plain[data]!, count, true);
  return count;
}

/**
 * Checks that no run of one repeated number is longer than what is left of `count`; the decoder writes it out unasked.
 *
 * Bit-packed runs may say more than there is (DuckDB fills up to 32): the decoder stops at `count` itself.
 * @param fewer the runs may end early, because nulls have no value
 */
function checkRuns(bytes: Uint8Array, start: number, bits: number, count: number, fewer = false): void {
  if (bits > 32) throw new Error(`numbers of ${bits} bits`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [offset, seen] = [start, 0];
  while (seen < count) {
    if (fewer && offset >= view.byteLength) return;
    const [header, next] = readVarint(view, offset);
    const half = Math.floor(header / 2);
    if ((header & 1) === 1) {
      seen += half * 8;
      offset = next + half * bits;
    } else {
      if (half > count - seen) throw new Error(`a run of ${half} where ${count - seen} values are left`);
      seen += half;
      offset = next + Math.ceil(bits / 8);
    }
  }
}

function unpack(bytes: Uint8Array, length: number, codec: string): Uint8Array {
  if (codec === 'UNCOMPRESSED') return bytes;
  const plain = CODECS[codec as keyof typeof CODECS]!(bytes, length);
  if (plain.byteLength !== length) {
    throw new Error(`a page of ${plain.byteLength} bytes that should have ${length}`);
  }
  return plain;
}
