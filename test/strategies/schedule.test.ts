import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionBars } from '../../src/strategies/schedule.ts';
import { barsRecipe, randomBars, rebalances, slowDecisionBars } from './support.ts';

const days = (...dates: string[]) => Float64Array.from(dates, (date) => Date.parse(date));

describe('decisionBars', () => {
  it('are the first bars of their periods, from the first bar allowed on', () => {
    fc.assert(
      fc.property(barsRecipe, rebalances, fc.integer({ min: 0, max: 70 }), (recipe, rebalance, first) => {
        const bars = randomBars(recipe);
        expect(decisionBars(bars.times, rebalance, first)).toEqual(slowDecisionBars(bars, rebalance, first));
      }),
    );
  });

  it('begin weeks on Monday and months on their first trading day', () => {
    const times = days('2015-02-26', '2015-02-27', '2015-03-02', '2015-03-03', '2015-03-09', '2015-04-01');
    expect(decisionBars(times, 'week', 0)).toEqual([0, 2, 4, 5]);
    expect(decisionBars(times, 'month', 0)).toEqual([0, 2, 5]);
    expect(decisionBars(times, 'quarter', 1)).toEqual([5]);
    expect(decisionBars(times, 'year', 1)).toEqual([]);
  });

  it('know periods before 1970', () => {
    const times = days('1969-12-28', '1969-12-29', '1969-12-31', '1970-01-01', '1970-01-05');
    expect(decisionBars(times, 'week', 0)).toEqual([0, 1, 4]);
    expect(decisionBars(times, 'month', 0)).toEqual([0, 3]);
  });

  it('are the same bars for every lookback when counted in bars', () => {
    const times = Float64Array.from({ length: 20 }, (_, t) => t);
    expect(decisionBars(times, 6, 0)).toEqual([0, 6, 12, 18]);
    expect(decisionBars(times, 6, 7)).toEqual([12, 18]);
  });
});
