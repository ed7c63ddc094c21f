import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateOfChange } from '../../src/strategies/indicators/rate-of-change.ts';
import { rollingMax, rollingMin } from '../../src/strategies/indicators/rolling-extremes.ts';
import { rollingMean } from '../../src/strategies/indicators/rolling-mean.ts';
import { rollingStd } from '../../src/strategies/indicators/rolling-std.ts';
import { barsRecipe, randomBars } from './support.ts';

const windows = fc.integer({ min: 2, max: 70 });

/** The values of asset a in the window that ends at t, or null where it is not full. */
function windowAt(column: Float64Array, length: number, i: number, window: number): number[] | null {
  const t = i % length;
  return t + 1 < window ? null : Array.from(column.slice(i - window + 1, i + 1));
}

function closeTo(found: number, wanted: number): boolean {
  if (Number.isNaN(wanted)) return Number.isNaN(found);
  return Math.abs(found - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted));
}

describe('rolling indicators', () => {
  it('equal their definition in every full window without NaN, and are NaN elsewhere', () => {
    fc.assert(
      fc.property(barsRecipe, windows, fc.boolean(), (recipe, window, gapless) => {
        const bars = randomBars(recipe);
        const column = gapless ? bars.lastClose : bars.close;
        const mean = rollingMean(column, bars.length, window);
        const std = rollingStd(column, bars.length, window);
        for (let i = 0; i < column.length; i++) {
          const values = windowAt(column, bars.length, i, window) ?? [Number.NaN];
          const average = values.reduce((sum, x) => sum + x, 0) / values.length;
          const squares = values.reduce((sum, x) => sum + (x - average) ** 2, 0);
          const deviation = Number.isNaN(average) ? average : Math.sqrt(squares / (values.length - 1));
          if (!closeTo(mean[i]!, average) || !closeTo(std[i]!, deviation)) {
            expect([i, mean[i], std[i]]).toEqual([i, average, deviation]);
          }
        }
      }),
    );
  });

  it('give extremes over the numbers of a window from the age of the window on', () => {
    fc.assert(
      fc.property(barsRecipe, fc.integer({ min: 1, max: 70 }), (recipe, window) => {
        const { high, length, symbols } = randomBars(recipe);
        const highest: number[] = [];
        const lowest: number[] = [];
        for (let a = 0; a < symbols.length; a++) {
          const own = Array.from(high.slice(a * length, (a + 1) * length));
          const born = own.findIndex((x) => !Number.isNaN(x));
          own.forEach((_, t) => {
            const old = born >= 0 && t - born + 1 >= window;
            const values = old ? own.slice(t - window + 1, t + 1).filter((x) => !Number.isNaN(x)) : [];
            highest.push(values.length > 0 ? Math.max(...values) : Number.NaN);
            lowest.push(values.length > 0 ? Math.min(...values) : Number.NaN);
          });
        }
        expect(Array.from(rollingMax(high, length, window))).toEqual(highest);
        expect(Array.from(rollingMin(high, length, window))).toEqual(lowest);
      }),
    );
  });

  it('have a mean of equal prices that is that price and no deviation, whatever came before', () => {
    const prices = Float64Array.from([1e6, 3.3, ...new Array<number>(40).fill(0.1)]);
    const mean = rollingMean(prices, prices.length, 7);
    const std = rollingStd(prices, prices.length, 7);
    for (let t = 8; t < prices.length; t++) expect([t, mean[t], std[t]]).toEqual([t, 0.1, 0]);
  });

  it('follow a hand-calculated example', () => {
    const two = Float64Array.from([1, 2, 4, 8, 10, 10, 40, 40]);
    const three = (x: Float64Array) => Array.from(x, (v) => Number(v.toFixed(6)));
    expect(three(rollingMean(two, 4, 3))).toEqual([
      Number.NaN,
      Number.NaN,
      2.333333,
      4.666667,
      Number.NaN,
      Number.NaN,
      20,
      30,
    ]);
    expect(three(rollingStd(two, 4, 3))).toEqual([
      Number.NaN,
      Number.NaN,
      1.527525,
      3.05505,
      Number.NaN,
      Number.NaN,
      17.320508,
      17.320508,
    ]);
    expect(three(rateOfChange(two, 4, 2))).toEqual([
      Number.NaN,
      Number.NaN,
      3,
      3,
      Number.NaN,
      Number.NaN,
      3,
      3,
    ]);
  });
});
