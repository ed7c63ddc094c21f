import * as z from 'zod';
import { rateOfChange } from './indicators/rate-of-change.ts';
import { rollingStd } from './indicators/rolling-std.ts';
import { barsParam, budgetParam } from './params.ts';
import { decisionBars, rebalanceParam } from './schedule.ts';
import { defineStrategy, type StrategyEvent } from './strategy.ts';

/**
 * Shares of the budget in proportion to 1/σ, σ = standard deviation (ddof 1) of the last `lookback` returns of
 * lastClose (naive risk parity).
 *
 * Missing bars: they count as returns of 0, the move shows on the next bar. An asset without a bar at the decision,
 * with less history than the lookback or with σ = 0 gets no instruction and takes no share.
 */
export const inverseVolatility = defineStrategy({
  name: 'inverse-volatility',
  description: 'Weights in proportion to one over the volatility of each asset',
  params: z.strictObject({
    lookback: barsParam(2, 60, 'Returns over which the volatility is taken'),
    rebalance: rebalanceParam('month'),
    budget: budgetParam(),
  }),
  warmup: ({ lookback }) => lookback,
  events(bars, { lookback, rebalance, budget }) {
    const { length, close, lastClose } = bars;
    const assets = bars.symbols.length;
    const deviation = rollingStd(rateOfChange(lastClose, length, 1), length, lookback);
    const events: StrategyEvent[] = [];
    for (const bar of decisionBars(bars.times, rebalance, lookback)) {
      const weights = new Float64Array(assets).fill(Number.NaN);
      let total = 0;
      for (let a = 0, i = bar; a < assets; a++, i += length) {
        if (Number.isNaN(close[i]) || !(deviation[i]! > 0)) continue;
        weights[a] = 1 / deviation[i]!;
        total += weights[a]!;
      }
      if (total === 0) continue;
      for (let a = 0; a < assets; a++) weights[a] = (budget * weights[a]!) / total;
      events.push({ bar, weights });
    }
    return events;
  },
});
