import * as z from 'zod';
import { barsParam, budgetParam } from './params.ts';
import { decisionBars, rebalanceParam } from './schedule.ts';
import { defineStrategy, type StrategyEvent } from './strategy.ts';

/**
 * Cross-sectional momentum: at each rebalance the `top` assets by past return share the budget equally, the other
 * ranked ones are sold.
 *
 * The return of an asset at bar t is lastClose[t − skip] / lastClose[t − skip − lookback] (Jegadeesh and Titman 1993;
 * `skip` leaves out the latest bars, which tend to revert). Ties go to the lower index. With fewer ranked assets than
 * `top`, those share the whole budget.
 *
 * Missing bars: an asset without a bar at the decision, or without a price at the start of the lookback, is not ranked
 * and gets no instruction.
 */
export const momentum = defineStrategy({
  name: 'momentum',
  description: 'Equal shares of the assets with the highest past return (cross-sectional top-k)',
  params: z.strictObject({
    lookback: barsParam(1, 120, 'Bars over which the return is taken'),
    skip: z.int().min(0).default(0).describe('Latest bars left out of the return'),
    top: z.int().min(1).default(3).describe('Number of assets held'),
    rebalance: rebalanceParam('month'),
    budget: budgetParam(),
  }),
  warmup: ({ lookback, skip }) => lookback + skip,
  events(bars, { lookback, skip, top, rebalance, budget }) {
    const { length, close, lastClose } = bars;
    const assets = bars.symbols.length;
    const growth = new Float64Array(assets);
    const events: StrategyEvent[] = [];
    for (const bar of decisionBars(bars.times, rebalance, lookback + skip)) {
      const ranked: number[] = [];
      for (let a = 0, i = bar; a < assets; a++, i += length) {
        growth[a] = lastClose[i - skip]! / lastClose[i - skip - lookback]!;
        if (!Number.isNaN(close[i]) && !Number.isNaN(growth[a])) ranked.push(a);
      }
      if (ranked.length === 0) continue;
      ranked.sort((a, b) => growth[b]! - growth[a]! || a - b);
      const chosen = Math.min(top, ranked.length);
      const weights = new Float64Array(assets).fill(Number.NaN);
      ranked.forEach((a, rank) => {
        weights[a] = rank < chosen ? budget / chosen : 0;
      });
      events.push({ bar, weights });
    }
    return events;
  },
});
