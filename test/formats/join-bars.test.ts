import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinBars, unionOfTimes } from '../../src/formats/join-bars.ts';
import { flatBars } from '../support/bar-columns.ts';

const series = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 30 })
  .map((times) => flatBars(times.sort((a, b) => a - b).map((time) => [time, 1 + time / 7] as const)));

describe('joinBars', () => {
  it('puts symbols on the union of their times, and carries closes over missing bars', () => {
    const bars = joinBars([
      {
        symbol: 'B',
        columns: flatBars([
          [1, 10],
          [3, 30],
        ]),
      },
      { symbol: 'A', columns: flatBars([[2, 5]]) },
    ]);
    const none = Number.NaN;
    expect(bars.symbols).toEqual(['B', 'A']);
    expect([...bars.times]).toEqual([1, 2, 3]);
    expect([...bars.close]).toEqual([10, none, 30, none, 5, none]);
    expect([...bars.lastClose]).toEqual([10, 10, 30, none, 5, 5]);
    expect([...bars.volume]).toEqual([1, none, 1, none, 1, none]);
    expect(bars.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('agrees with looking up every symbol at every time', () => {
    fc.assert(
      fc.property(fc.array(series, { minLength: 1, maxLength: 5 }), (all) => {
        const union = [...new Set(all.flatMap(({ times }) => [...times]))].sort((a, b) => a - b);
        expect([...unionOfTimes(all.map(({ times }) => times))]).toEqual(union);
        const bars = joinBars(all.map((columns, a) => ({ symbol: `S${a}`, columns })));
        for (const [a, columns] of all.entries()) {
          const closes = new Map([...columns.times].map((time, i) => [time, columns.close[i]!]));
          const row = [...bars.close.subarray(a * union.length, (a + 1) * union.length)];
          expect(row).toEqual(union.map((time) => closes.get(time) ?? Number.NaN));
        }
      }),
    );
  });
});
