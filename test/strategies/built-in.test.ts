// Each built-in strategy against a slow version written from its description alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bars } from '../../src/core/bars.ts';
import { breakout } from '../../src/strategies/breakout.ts';
import { equalWeight } from '../../src/strategies/equal-weight.ts';
import { fixedWeights } from '../../src/strategies/fixed-weights.ts';
import { inverseVolatility } from '../../src/strategies/inverse-volatility.ts';
import { meanReversion } from '../../src/strategies/mean-reversion.ts';
import { momentum } from '../../src/strategies/momentum.ts';
import { smaTrend } from '../../src/strategies/sma-trend.ts';
import {
  barsOfCloses,
  barsRecipe,
  hasBar,
  lastCloseAt,
  plainRows,
  randomBars,
  rebalances,
  slowDecisionBars,
} from './support.ts';

type Row = { bar: number; weights: (number | null)[] };

const lookbacks = fc.integer({ min: 1, max: 25 });
const budgets = fc.constantFrom(1, 0.9);
const assetsOf = (bars: Bars) => bars.symbols.map((_, a) => a);

/** Rows of a strategy that is in or out: `wants` says what the asset should be after the decision at t. */
function slowHold(
  bars: Bars,
  rebalance: string | number,
  first: number,
  share: number,
  wants: (a: number, t: number, held: boolean) => boolean,
): Row[] {
  const held = new Map<number, boolean>();
  const rows: Row[] = [];
  for (const bar of slowDecisionBars(bars, rebalance, first)) {
    const weights = assetsOf(bars).map((a) => {
      const before = held.get(a) ?? false;
      const after = hasBar(bars, a, bar) ? wants(a, bar, before) : before;
      held.set(a, after);
      if (before === after) return null;
      return after ? share : 0;
    });
    if (weights.some((weight) => weight !== null)) rows.push({ bar, weights });
  }
  return rows;
}

/** The last closes of the window that ends at t, the latest last. */
function pastCloses(bars: Bars, a: number, t: number, window: number): number[] {
  return Array.from({ length: window }, (_, k) => lastCloseAt(bars, a, t - window + 1 + k));
}

const sum = (values: readonly number[]) => values.reduce((total, x) => total + x, 0);

function deviation(values: readonly number[]): number {
  const mean = sum(values) / values.length;
  return Math.sqrt(sum(values.map((x) => (x - mean) ** 2)) / (values.length - 1));
}

function expectClose(found: readonly Row[], wanted: readonly Row[]): void {
  expect(found.map((row) => row.bar)).toEqual(wanted.map((row) => row.bar));
  found.forEach((row, r) => {
    row.weights.forEach((weight, a) => {
      const other = wanted[r]!.weights[a]!;
      if (weight === null || other === null) expect(weight).toBe(other);
      else expect(Math.abs(weight - other)).toBeLessThanOrEqual(1e-12);
    });
  });
}

describe('fixed-weights', () => {
  it('gives the same weights at each rebalance and names no other asset', () => {
    const bars = barsOfCloses({ A: [1, 2, 3, 4, 5], B: [1, null, 3, 4, 5], C: [1, 1, 1, 1, 1] });
    const events = fixedWeights.events(bars, { weights: { B: 0.4, A: 0.6 }, rebalance: 2 });
    expect(plainRows(events, bars)).toEqual([
      { bar: 0, weights: [0.6, 0.4, null] },
      { bar: 2, weights: [0.6, 0.4, null] },
      { bar: 4, weights: [0.6, 0.4, null] },
    ]);
  });

  it('refuses to hold nothing', () => {
    expect(fixedWeights.params.safeParse({ weights: {} }).success).toBe(false);
  });
});

describe('equal-weight', () => {
  it('shares the budget among the assets listed so far and leaves those without a bar alone', () => {
    fc.assert(
      fc.property(barsRecipe, rebalances, budgets, (recipe, rebalance, budget) => {
        const bars = randomBars(recipe);
        const wanted = slowDecisionBars(bars, rebalance, 0).map((bar) => {
          const listed = assetsOf(bars).filter((a) => !Number.isNaN(lastCloseAt(bars, a, bar)));
          return {
            bar,
            weights: assetsOf(bars).map((a) => (hasBar(bars, a, bar) ? budget / listed.length : null)),
          };
        });
        expect(plainRows(equalWeight.events(bars, { rebalance, budget }), bars)).toEqual(wanted);
      }),
    );
  });
});

describe('momentum', () => {
  it('holds the assets that grew most, ranking by counting those that are better', () => {
    const params = fc.record({
      lookback: lookbacks,
      skip: fc.integer({ min: 0, max: 3 }),
      top: fc.integer({ min: 1, max: 6 }),
      rebalance: rebalances,
      budget: budgets,
    });
    fc.assert(
      fc.property(barsRecipe, params, (recipe, { lookback, skip, top, rebalance, budget }) => {
        const bars = randomBars(recipe);
        const wanted: Row[] = [];
        for (const bar of slowDecisionBars(bars, rebalance, lookback + skip)) {
          const growth = (a: number) =>
            lastCloseAt(bars, a, bar - skip) / lastCloseAt(bars, a, bar - skip - lookback);
          const ranked = assetsOf(bars).filter((a) => hasBar(bars, a, bar) && growth(a) > 0);
          const weights = assetsOf(bars).map((a) => {
            if (!ranked.includes(a)) return null;
            const better = ranked.filter((b) => growth(b) > growth(a) || (growth(b) === growth(a) && b < a));
            return better.length < top ? budget / Math.min(top, ranked.length) : 0;
          });
          if (ranked.length > 0) wanted.push({ bar, weights });
        }
        const found = momentum.events(bars, { lookback, skip, top, rebalance, budget });
        expect(plainRows(found, bars)).toEqual(wanted);
      }),
    );
  });

  it('buys the winner of a hand-made race', () => {
    const bars = barsOfCloses({ A: [10, 11, 12, 12], B: [10, 10, 13, 10], C: [10, null, null, 30] });
    const params = momentum.params.parse({ lookback: 2, top: 1, rebalance: 1 });
    expect(plainRows(momentum.events(bars, params), bars)).toEqual([
      { bar: 2, weights: [0, 1, null] },
      { bar: 3, weights: [0, 0, 1] },
    ]);
  });
});

describe('inverse-volatility', () => {
  it('weighs by one over the deviation of past returns', () => {
    const params = fc.record({
      lookback: fc.integer({ min: 2, max: 25 }),
      rebalance: rebalances,
      budget: budgets,
    });
    fc.assert(
      fc.property(barsRecipe, params, (recipe, { lookback, rebalance, budget }) => {
        const bars = randomBars(recipe);
        const wanted: Row[] = [];
        for (const bar of slowDecisionBars(bars, rebalance, lookback)) {
          const calm = assetsOf(bars).map((a) => {
            const closes = pastCloses(bars, a, bar, lookback + 1);
            const returns = closes.slice(1).map((x, k) => x / closes[k]! - 1);
            const moves = returns.some((r) => r !== returns[0]);
            return hasBar(bars, a, bar) && moves && !returns.some(Number.isNaN)
              ? 1 / deviation(returns)
              : null;
          });
          const total = sum(calm.map((x) => x ?? 0));
          const weights = calm.map((x) => (x === null ? null : (x / total) * budget));
          if (total > 0) wanted.push({ bar, weights });
        }
        const found = inverseVolatility.events(bars, { lookback, rebalance, budget });
        expectClose(plainRows(found, bars), wanted);
      }),
    );
  });
});

describe('sma-trend', () => {
  it('instructs when the close crosses its average, in exact arithmetic of whole prices', () => {
    const params = fc.record({ window: lookbacks, rebalance: rebalances, budget: budgets });
    fc.assert(
      fc.property(barsRecipe, params, (recipe, { window, rebalance, budget }) => {
        const bars = randomBars(recipe);
        const wanted = slowHold(bars, rebalance, window - 1, budget / recipe.assets, (a, t) => {
          return lastCloseAt(bars, a, t) * window > sum(pastCloses(bars, a, t, window));
        });
        expect(plainRows(smaTrend.events(bars, { window, rebalance, budget }), bars)).toEqual(wanted);
      }),
    );
  });

  it('says nothing while the signal stays, so that a stop keeps an asset out', () => {
    const bars = barsOfCloses({ A: [10, 11, 12, 13, 14, 15, 9, 8, 20] });
    const params = smaTrend.params.parse({ window: 2 });
    expect(plainRows(smaTrend.events(bars, params), bars)).toEqual([
      { bar: 1, weights: [1] },
      { bar: 6, weights: [0] },
      { bar: 8, weights: [1] },
    ]);
  });
});

describe('breakout', () => {
  it('enters above the channel of highs and leaves below the channel of lows', () => {
    const params = fc.record({ entry: lookbacks, exit: lookbacks, rebalance: rebalances, budget: budgets });
    fc.assert(
      fc.property(barsRecipe, params, (recipe, { entry, exit, rebalance, budget }) => {
        const bars = randomBars(recipe);
        // The channel before t, or none where the asset is younger than it or had no bar in it.
        const channel = (column: Float64Array, a: number, t: number, window: number): number[] => {
          if (t < window || Number.isNaN(lastCloseAt(bars, a, t - window))) return [];
          return Array.from({ length: window }, (_, k) => column[a * bars.length + t - 1 - k]!).filter(
            (x) => !Number.isNaN(x),
          );
        };
        const wanted = slowHold(bars, rebalance, entry, budget / recipe.assets, (a, t, held) => {
          const close = lastCloseAt(bars, a, t);
          const lows = channel(bars.low, a, t, exit);
          const highs = channel(bars.high, a, t, entry);
          if (held) return !(lows.length > 0 && close < Math.min(...lows));
          return highs.length > 0 && close > Math.max(...highs);
        });
        expect(plainRows(breakout.events(bars, { entry, exit, rebalance, budget }), bars)).toEqual(wanted);
      }),
    );
  });
});

describe('mean-reversion', () => {
  it('buys far below the mean and sells back at it', () => {
    // No deviation is a round multiple of these, so that no decision hangs on the last bit.
    const params = fc.record({
      window: fc.integer({ min: 2, max: 25 }),
      entry: fc.constantFrom(0.31234, 1.04321, 1.71717),
      exit: fc.constantFrom(0, 0.41414),
      rebalance: rebalances,
      budget: budgets,
    });
    fc.assert(
      fc.property(barsRecipe, params, (recipe, { window, entry, exit, rebalance, budget }) => {
        const bars = randomBars(recipe);
        const wanted = slowHold(bars, rebalance, window - 1, budget / recipe.assets, (a, t, held) => {
          const closes = pastCloses(bars, a, t, window);
          if (closes.some(Number.isNaN) || closes.every((x) => x === closes[0])) return held;
          const score = (closes.at(-1)! * window - sum(closes)) / window / deviation(closes);
          return held ? score < -exit : score <= -entry;
        });
        const found = meanReversion.events(bars, { window, entry, exit, rebalance, budget });
        expect(plainRows(found, bars)).toEqual(wanted);
      }),
    );
  });

  it('buys at exactly the distance given and sells at the mean, in a hand-calculated example', () => {
    // 3, 2, 1 have mean 2 and deviation 1; 2, 1, 2 have mean 5/3.
    const bars = barsOfCloses({ A: [3, 2, 1, 2, 3], B: [5, 5, 5, 5, 5] });
    const params = meanReversion.params.parse({ window: 3, entry: 1 });
    expect(plainRows(meanReversion.events(bars, params), bars)).toEqual([
      { bar: 2, weights: [0.5, null] },
      { bar: 3, weights: [0, null] },
    ]);
  });
});
