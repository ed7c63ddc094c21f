import * as z from 'zod';
import { budgetParam } from './params.ts';
import { decisionBars, rebalanceParam } from './schedule.ts';
import { defineStrategy, type StrategyEvent } from './strategy.ts';

/**
 * The same share of the budget for each asset that has had a bar so far.
 *
 * Missing bars: an asset without a bar at the decision keeps its position and its share, since it cannot be sold to
 * pay for the others.
 */
export const equalWeight = defineStrategy({
  name: 'equal-weight',
  description: 'Equal shares of all assets listed so far, restored at each rebalance',
  params: z.strictObject({ rebalance: rebalanceParam('month'), budget: budgetParam() }),
  warmup: () => 0,
  events(bars, { rebalance, budget }) {
    const { length, close, lastClose } = bars;
    const assets = bars.symbols.length;
    const events: StrategyEvent[] = [];
    for (const bar of decisionBars(bars.times, rebalance, 0)) {
      let listed = 0;
      for (let i = bar; i < lastClose.length; i += length) if (!Number.isNaN(lastClose[i])) listed++;
      const weights = new Float64Array(assets).fill(Number.NaN);
      for (let a = 0; a < assets; a++) {
        if (!Number.isNaN(close[a * length + bar])) weights[a] = budget / listed;
      }
      events.push({ bar, weights });
    }
    return events;
  },
});
