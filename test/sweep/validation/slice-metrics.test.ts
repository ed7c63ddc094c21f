import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interval } from '../../../src/contracts/validation-layout.ts';
import { createSlices, SLICE_METRICS, sliceMetric } from '../../../src/sweep/validation/slice-metrics.ts';
import { close, plainMetrics } from '../../support/plain-metrics.ts';

const ANNUAL = { barsPerYear: 252, riskFreeRate: 0.02 };

/** A run of these returns from that much cash. */
function runOf(returns: readonly number[], start = 100_000) {
  const equity: number[] = [];
  for (const r of returns) equity.push((equity.at(-1) ?? start) * (1 + r));
  return { returns: Float64Array.from(returns), equity: Float64Array.from(equity), start };
}

const returns = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: -300, max: 400 })).map((x) => x / 1000),
  {
    minLength: 12,
    maxLength: 60,
  },
);
/** Ascending, disjoint intervals within 12 bars, from the places where a list of flags changes. */
const intervals = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }).map((flags) => {
  const found: [number, number][] = [];
  for (const [t, flag] of flags.entries()) {
    if (!flag) continue;
    if (found.at(-1)?.[1] === t) found.at(-1)![1] = t + 1;
    else found.push([t, t + 1]);
  }
  return found as Interval[];
});

describe('metrics of a slice', () => {
  it('are those of its returns put one after the other', () => {
    fc.assert(
      fc.property(returns, fc.array(intervals, { minLength: 1, maxLength: 8 }), (all, wanted) => {
        const lists = wanted.filter((list) => list.reduce((sum, [a, b]) => sum + b - a, 0) >= 2);
        const slices = createSlices(lists);
        slices.read(runOf(all));
        for (const [i, list] of lists.entries()) {
          const own = list.flatMap(([from, to]) => all.slice(from, to));
          const expected = plainMetrics(own, ANNUAL.barsPerYear, ANNUAL.riskFreeRate);
          const stats = slices.of(i)!;
          for (const name of SLICE_METRICS) {
            const found = sliceMetric(name, ANNUAL)(stats);
            // A power of a year over two bars may be beyond any double, which is undefined.
            const defined = Number.isFinite(expected[name]) ? expected[name]! : Number.NaN;
            expect(close(found, defined, 1e-6), `${name}: ${found}, expected ${defined}`).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('are undefined from the bar on where the equity is gone', () => {
    const slices = createSlices([
      [[0, 3]],
      [[2, 5]],
      [[5, 8]],
      [
        [0, 2],
        [6, 8],
      ],
    ]);
    const run = runOf([0.1, -0.1, 0.2, 0.1, -1.2, 0, 0, 0, 0]);
    slices.read(run);
    expect([0, 1, 2, 3].map((i) => slices.of(i) === null)).toEqual([false, true, true, true]);
  });

  it('are undefined where returns do not vary, also where they are not 0', () => {
    const slices = createSlices([[[0, 30]]]);
    for (const r of [0, 0.001, 0.05]) {
      slices.read({
        returns: new Float64Array(30).fill(r),
        equity: runOf(new Array(30).fill(r)).equity,
        start: 100_000,
      });
      expect(sliceMetric('sharpe', ANNUAL)(slices.of(0)!)).toBeNaN();
      expect(sliceMetric('max_drawdown', ANNUAL)(slices.of(0)!)).toBe(0);
    }
  });
});
