import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingRows, rowRoom, sortFloats } from '../../src/report/sort-floats.ts';

describe('sorting floats', () => {
  it('gives what the sort of the language gives, to the bit, whatever their number', () => {
    const floats = fc.float32Array({ noNaN: true, minLength: 0, maxLength: 3_000, size: 'max' });
    fc.assert(
      fc.property(floats, (values) => {
        const expected = values.slice().sort();
        const found = sortFloats(values.slice());
        expect(Buffer.compare(Buffer.from(found.buffer), Buffer.from(expected.buffer))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('leaves what lies beside a part of an array alone', () => {
    const all = Float32Array.from({ length: 2_000 }, (_, i) => ((i * 7_919) % 2_003) - 1_000);
    const expected = [...all.slice(0, 500), ...all.slice(500, 1_500).sort(), ...all.slice(1_500)];
    sortFloats(all.subarray(500, 1_500));
    expect([...all]).toEqual(expected);
  });
});

describe('the rows in the order of their values', () => {
  it('are those of a stable sort without the rows that have none', () => {
    const floats = fc.float32Array({ minLength: 0, maxLength: 400, size: 'max' });
    const twice = floats.map((values) => Float32Array.of(...values, ...values, Number.NaN));
    const room = rowRoom(801);
    fc.assert(
      fc.property(twice, (values) => {
        const rank = (row: number) => (Object.is(values[row], -0) ? -Number.MIN_VALUE : values[row]!);
        const expected = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
        expected.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : a - b));
        const found = ascendingRows(values, room);
        expect([...found.rows]).toEqual(expected);
        expect([...found.values]).toEqual(expected.map((row) => values[row]));
      }),
      { numRuns: 60 },
    );
  });
});
