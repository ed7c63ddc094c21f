import type { FileMetaData } from 'hyparquet';
import { onlyText, plainPage } from './plain-page.ts';

/** A column of texts in the form in which a PLAIN page holds them: no list of them is kept, which would be garbage soon. */
export interface PlainTexts {
  add(text: string): void;
  /** Adds a text as its UTF-8. */
  addBytes(text: Uint8Array): void;
  /** Forgets all of them; their memory serves the next. */
  clear(): void;
  /** How many there are. */
  texts(): number;
  /** Each text as the number of its bytes and its UTF-8; holds until the next one is added. */
  bytes(): Uint8Array;
}

const FIRST_BYTES = 1_024;
/** Bytes of UTF-8 that a unit of UTF-16 takes at most. */
const WIDEST = 3;

/** An empty column of texts. */
export function plainTexts(): PlainTexts {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let end = 0;
  let count = 0;
  const makeRoom = (bytes: number) => {
    const needed = end + 4 + bytes;
    if (needed <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length));
    larger.set(buffer.subarray(0, end));
    buffer = larger;
  };
  return {
    add(text) {
      makeRoom(WIDEST * text.length);
      const length = buffer.write(text, end + 4);
      buffer.writeUInt32LE(length, end);
      end += 4 + length;
      count++;
    },
    addBytes(text) {
      makeRoom(text.length);
      buffer.writeUInt32LE(text.length, end);
      buffer.set(text, end + 4);
      end += 4 + text.length;
      count++;
    },
    clear() {
      end = 0;
      count = 0;
    },
    texts: () => count,
    bytes: () => buffer.subarray(0, end),
  };
}

let scratch = new Uint8Array(0); // kept: one page is unpacked after the other

/**
 * Copies texts of some rows out of a column that `plainTexts` or the like wrote: one page of texts, perhaps compressed, none
 * missing. The others are not even made, since a list of all of them is large.
 *
 * The bytes are not trusted: what does not add up is left to the reader of Parquet.
 *
 * @param rows ascending
 * @param out [rows of the file], null
 * @returns false for a column of another form
 */
export function copyPlainTexts(
  bytes: Uint8Array,
  file: FileMetaData,
  name: string,
  rows: readonly number[],
  out: (string | null)[],
): boolean {
  const page = plainPage(bytes, file, name);
  if (page?.type !== 'BYTE_ARRAY' || page.nulls !== 0 || page.values !== out.length) return false;
  if (page.bytes > scratch.length) scratch = new Uint8Array(page.bytes);
  const plain = page.unpacked(page.bytes, scratch.subarray(0, page.bytes));
  if (plain === null) return false;
  const view = Buffer.from(plain.buffer, plain.byteOffset, plain.length);
  let at = 0;
  let row = 0;
  for (const wanted of rows) {
    for (; row < wanted && at + 4 <= view.length; row++) at += 4 + view.readUInt32LE(at);
    if (row < wanted || at + 4 > view.length || at + 4 + view.readUInt32LE(at) > view.length) return false;
    out[wanted] = view.toString('utf8', at + 4, at + 4 + view.readUInt32LE(at));
  }
  return true;
}

/**
 * Fills a column whose rows all have the same text, or none: as status and parity mostly are. What is read otherwise is a list
 * of the rows for each shard, which is garbage soon.
 *
 * @param out [rows of the file], null
 * @returns false, and `out` as it was, for a column of another form
 */
export function copyRepeatedText(
  bytes: Uint8Array,
  file: FileMetaData,
  name: string,
  out: (string | null)[],
): boolean {
  const page = plainPage(bytes, file, name);
  if (page !== null) {
    return page.type === 'BYTE_ARRAY' && page.values === out.length && page.nulls === out.length;
  }
  const text = onlyText(bytes, file, name, out.length);
  if (text === null) return false;
  out.fill(text);
  return true;
}
