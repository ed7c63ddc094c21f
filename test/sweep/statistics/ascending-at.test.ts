import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ascendingAt } from '../../../src/sweep/statistics/ascending-at.ts';

it('the value at every place is that of the sorted numbers, without those undefined', () => {
  fc.assert(
    fc.property(fc.float64Array({ minLength: 1, maxLength: 40 }), (values) => {
      const ascending = [...values].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
      ascending.forEach((value, place) => {
        expect(ascendingAt(values, place) === value).toBe(true); // 0 and −0 are equal
      });
    }),
  );
});

it('it is found among many that are equal in most of their bits', () => {
  const values = Float64Array.from({ length: 1_000 }, (_, i) => 1 + ((i * 7) % 1_000) * Number.EPSILON);
  expect([0, 1, 499, 999].map((place) => ascendingAt(values, place))).toEqual(
    [0, 1, 499, 999].map((steps) => 1 + steps * Number.EPSILON),
  );
});
