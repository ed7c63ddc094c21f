import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCKS,
  blockBounds,
  createReturnStats,
  returnStats,
} from '../../../src/core/metrics/return-stats.ts';
import { compounded, statsOf } from '../../support/metric-input.ts';

/**
 * The definitions of the statistics on plain arrays, one after the other.
 *
 * The sum of a run is that of its 16 blocks, the sum of a block that of its odd and of its even bars.
 */
function slowStats(equity: readonly number[], cash: number) {
  const returns = equity.map((e, t) => {
    const before = t === 0 ? cash : equity[t - 1]!;
    return before === 0 ? 0 : (e - before) / Math.abs(before);
  });
  const plainSum = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const blocksOf = (values: readonly number[]) =>
    Array.from({ length: 16 }, (_, b) =>
      values.slice(Math.floor((b * values.length) / 16), Math.floor(((b + 1) * values.length) / 16)),
    );
  const blockTotal = (block: readonly number[]) =>
    plainSum(block.filter((_, i) => i % 2 === 0)) + plainSum(block.filter((_, i) => i % 2 === 1));
  const total = (values: readonly number[]) => plainSum(blocksOf(values).map(blockTotal));
  const mean = total(returns) / returns.length;
  const moment = (k: number) => total(returns.map((r) => product(Array(k).fill(r - mean))));
  const levels = [cash, ...equity];
  const drawdowns = levels.map((level, t) => level / Math.max(...levels.slice(0, t + 1)) - 1);
  const losses = returns.map((r) => Math.max(-r, 0));
  return {
    returns,
    mean,
    moments: [moment(2), moment(3), moment(4)],
    gains: total(returns.map((r) => Math.max(r, 0))),
    losses: total(losses),
    downside: total(losses.map((loss) => loss * loss)),
    maxDrawdown: Math.min(...drawdowns),
    blockSum: blocksOf(returns).map(blockTotal),
    blockSquares: blocksOf(returns.map((r) => r * r)).map(blockTotal),
    equitySum: total(equity),
  };
}

const product = (factors: readonly number[]) => factors.reduce((result, factor) => result * factor, 1);

/** Equal up to rounding of sums of up to 100 values of the size of `scale`. */
const near = (found: number, expected: number, scale: number) =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-13 * scale);

const positiveCurve = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), {
  minLength: 1,
  maxLength: 100,
  size: 'max', // else hardly any is longer than ten bars
});
// Below the tolerance of the ledger equity is 0, so that no power of a return overflows.
const anyEquity = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((e) => (Math.abs(e) < 1e-12 ? 0 : e));
const anyCurve = fc.array(fc.oneof(fc.constantFrom(0, -0, 100, -100, 1e-12), anyEquity), {
  maxLength: 80,
  size: 'max',
});

describe('returnStats', () => {
  it('agrees with the plain formulas on any positive curve, and to the bit where nothing is rounded away', () => {
    fc.assert(
      fc.property(positiveCurve, (equity) => {
        const returns = new Float64Array(equity.length);
        const found = returnStats(
          Float64Array.from(equity),
          equity.length,
          100,
          'initial_cash',
          returns,
          createReturnStats(),
        );
        const slow = slowStats(equity, 100);
        const largest = Math.max(1, ...slow.returns.map(Math.abs));
        expect([...returns]).toEqual(slow.returns);
        expect(found.mean).toBe(slow.mean);
        expect(found.equitySum).toBe(slow.equitySum);
        expect(found.gains).toBe(slow.gains);
        expect(found.losses).toBe(slow.losses);
        expect(found.downsideSquares).toBe(slow.downside);
        expect(found.maxDrawdown).toBe(slow.maxDrawdown);
        expect([...found.blockSum]).toEqual(slow.blockSum);
        expect([...found.blockSquares]).toEqual(slow.blockSquares);
        expect(found.squares).toBe(slow.moments[0]);
        expect(found.cubes).toBe(slow.moments[1]);
        near(found.fourths, slow.moments[2]!, equity.length * largest ** 4);
        near(
          found.sumCubes,
          slow.returns.reduce((sum, r) => sum + r ** 3, 0),
          equity.length * largest ** 3,
        );
        near(
          found.sumFourths,
          slow.returns.reduce((sum, r) => sum + r ** 4, 0),
          equity.length * largest ** 4,
        );
      }),
    );
  });

  it('is defined for equity at, below and around 0', () => {
    fc.assert(
      fc.property(anyCurve, fc.constantFrom('initial_cash', 'first_value'), (equity, drawdownFrom) => {
        const { blockSum, blockSquares, ...numbers } = statsOf(equity, 100, drawdownFrom);
        for (const value of [...Object.values(numbers), ...blockSum, ...blockSquares]) {
          expect(Number.isNaN(value)).toBe(false);
        }
        expect(numbers.maxDrawdown).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('takes the return of a ruined curve over the size of the equity before, and 0 after an equity of 0', () => {
    const returns = new Float64Array(5);
    const stats = returnStats(
      Float64Array.of(50, -50, -25, 0, 10),
      5,
      100,
      'initial_cash',
      returns,
      createReturnStats(),
    );
    expect([...returns]).toEqual([-0.5, -2, 0.5, 1, 0]);
    expect(stats.maxDrawdown).toBe(-1.5);
  });

  it('measures a drawdown from a peak that includes the initial cash, until the peak is reached again', () => {
    const cases: [equity: number[], depth: number, bars: number][] = [
      [[75, 95, 100, 120], -0.25, 3],
      [[90, 50, 90], -0.5, 3],
      [[110, 99, 120, 90, 121, 60.5, 70], -0.5, 2],
      [[125, 75, 125, 125, 75, 150], -0.4, 2],
      [[100, 100, 100], 0, 0],
      [[101, 102, 103], 0, 0],
      [[100, 100, 50, 100], -0.5, 2],
      [[120, -30], -1.25, 1],
    ];
    for (const [equity, depth, bars] of cases) {
      const { maxDrawdown, maxDrawdownBars } = statsOf(equity);
      expect({ equity, maxDrawdown, maxDrawdownBars }).toEqual({
        equity,
        maxDrawdown: depth,
        maxDrawdownBars: bars,
      });
    }
  });

  it('starts the peak at the first compounded return under first_value, as vectorbt does', () => {
    expect(statsOf([50, 100, 75], 100, 'first_value').maxDrawdown).toBe(-0.25);
    expect(statsOf([50, 60, 90], 100, 'first_value').maxDrawdown).toBe(0);
    // Ruined on the first bar: nothing but the initial cash is left to measure from.
    expect(statsOf([-50, -50], 100, 'first_value').maxDrawdown).toBe(-1.5);
    expect(statsOf([0, 0], 100, 'first_value').maxDrawdown).toBe(-1);
  });

  it('gives the same drawdown of equity and of its compounded returns while equity is positive', () => {
    fc.assert(
      fc.property(positiveCurve, (equity) => {
        const fromCash = statsOf([100, ...equity], 100, 'initial_cash');
        const fromFirst = statsOf([100, ...equity], 100, 'first_value');
        expect(fromFirst.maxDrawdown).toBeCloseTo(fromCash.maxDrawdown, 10);
      }),
    );
  });

  it('puts every bar into one of 16 blocks whose sizes differ by at most 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), (length) => {
        const bounds = blockBounds(length);
        const sizes = [...bounds.subarray(1)].map((end, b) => end - bounds[b]!);
        expect([bounds.length, bounds[0], bounds[BLOCKS]]).toEqual([17, 0, length]);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('leaves blocks empty, with sums of 0, where there are fewer bars than blocks', () => {
    const { blockSum, blockSquares } = statsOf([110, 121]);
    // Bar 0 ends at the boundary floor(8·2/16) = 1, bar 1 at floor(16·2/16) = 2.
    expect([...blockSum].map((sum) => Math.round(sum * 1e6) / 1e6)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0.1, 0, 0, 0, 0, 0, 0, 0, 0.1,
    ]);
    expect([...blockSquares].filter((sum) => sum !== 0)).toHaveLength(2);
  });

  it('reads no further than the length and leaves nothing of an earlier run behind', () => {
    const equity = Float64Array.of(90, 120, 60, 80, Number.NaN);
    const returns = new Float64Array(5).fill(7);
    const reused = createReturnStats();
    returnStats(Float64Array.of(1, 2, 3, 900, -5), 5, 3, 'first_value', new Float64Array(5), reused);
    returnStats(equity, 4, 100, 'initial_cash', returns, reused);
    expect(reused).toEqual(statsOf([90, 120, 60, 80]));
    expect(returns[4]).toBe(7);
  });

  it('defines a run without bars: it ends where it starts', () => {
    const stats = statsOf([]);
    expect(stats).toEqual({ ...createReturnStats(), start: 100, end: 100 });
  });

  it('does not take the rounding of a rising curve for a fall', () => {
    expect(statsOf(compounded(Array(50).fill(0.001))).maxDrawdown).toBe(0);
  });
});
