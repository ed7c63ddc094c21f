import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ascendingRows } from '../../src/report/ascending-rows.ts';

it('gives the rows of defined values as a stable sort by value does', () => {
  const values = fc.oneof(fc.float(), fc.constantFrom(0, -0, 1, -1, Number.NaN, Infinity, -Infinity));
  fc.assert(
    fc.property(fc.array(values, { maxLength: 300 }), (list) => {
      const metric = Float32Array.from(list);
      const expected = [...metric.keys()]
        .filter((row) => !Number.isNaN(metric[row]!))
        .sort((a, b) => {
          const [x, y] = [metric[a]!, metric[b]!];
          if (x === 0 && y === 0) return Number(Object.is(y, -0)) - Number(Object.is(x, -0));
          return x < y ? -1 : x > y ? 1 : a - b;
        });
      expect([...ascendingRows(metric)]).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

it('sorts a part of a longer array', () => {
  const metric = Float32Array.of(9, 3, -2, 7, 1).subarray(1, 4);
  expect([...ascendingRows(metric)]).toEqual([1, 0, 2]);
});
