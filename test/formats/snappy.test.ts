import fc from 'fast-check';
import { snappyUncompress } from 'hyparquet';
import { snappyCompress as ofTheLibrary } from 'hyparquet-writer/src/snappy.js';
import { describe, expect, it } from 'vitest';
import { snappyCompress } from '../../src/formats/snappy.ts';
import { randomStream } from '../support/random.ts';

function unpacked(bytes: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  snappyUncompress(bytes, out);
  return out;
}

/** Bytes among which pieces of all lengths return at all distances, also beyond the farthest copy. */
function repeating(length: number, letters: number, seed: number): Uint8Array {
  const random = randomStream(seed);
  const bytes = Uint8Array.from({ length }, () => Math.floor(letters * random()));
  for (let piece = 0; piece < length / 200; piece++) {
    const size = Math.floor(1 + 300 * random() ** 2);
    const from = Math.floor(random() * (length - size));
    bytes.copyWithin(Math.floor(random() * (length - size)), from, from + size);
  }
  return bytes;
}

describe('snappy', () => {
  it('gives the bytes of hyparquet-writer for whatever is short', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.constantFrom(0, 1), { maxLength: 600 }).map((values) => Uint8Array.from(values)),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        const packed = snappyCompress(input);
        expect(Buffer.compare(packed, ofTheLibrary(input))).toBe(0);
        expect(Buffer.compare(unpacked(packed, input.length), input)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['text that hardly repeats', 200_000, 256],
    ['text of few letters', 300_000, 3],
    ['zeros', 70_000, 1],
  ])('gives the bytes of hyparquet-writer for %s, longer than a copy reaches', (_, length, letters) => {
    for (const seed of [1, 2, 3]) {
      const input = repeating(length, letters, seed);
      const packed = snappyCompress(input);
      expect(Buffer.compare(packed, ofTheLibrary(input))).toBe(0);
      expect(Buffer.compare(unpacked(packed, length), input)).toBe(0);
    }
  });

  it('packs a part of an array that lies at any byte', () => {
    const all = repeating(5_000, 4, 9);
    const part = all.subarray(1_003, 4_001);
    expect(Buffer.compare(snappyCompress(part), ofTheLibrary(part.slice()))).toBe(0);
  });
});
