import type { FileMetaData } from 'hyparquet';
import type { ResultValues } from './column-chunk.ts';
import { plainPage } from './plain-page.ts';

let scratch = new Int32Array(0); // kept: one column is copied after the other

/**
 * Copies a column of numbers out of a file where they lie as in memory: in one page, perhaps compressed, all of them or none.
 * That is how most columns of results are written, and the reader of Parquet would make a list of each first.
 *
 * @param out [rows of the file], NaN
 * @returns false, and `out` as it was, for a column of another form
 */
export function copyPlainNumbers(
  bytes: Uint8Array,
  file: FileMetaData,
  name: string,
  out: ResultValues,
): boolean {
  const page = out instanceof Float64Array ? plainPage(bytes, file, name) : null;
  if (page === null || page.values !== out.length) return false;
  const numbers = out as Float64Array;
  if (page.type !== 'DOUBLE' && page.type !== 'INT32') return false;
  if (page.nulls !== 0) return page.nulls === out.length;
  if (page.type === 'INT32' && scratch.length < out.length) scratch = new Int32Array(out.length);
  const whole = page.type === 'INT32' ? scratch.subarray(0, out.length) : null;
  const target = whole ?? numbers;
  const own = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  const plain = page.unpacked(own.length, own);
  if (plain === null) {
    numbers.fill(Number.NaN);
    return false;
  }
  if (plain !== own) own.set(plain);
  if (whole) numbers.set(whole);
  return true;
}
