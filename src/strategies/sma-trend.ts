import * as z from 'zod';
import { holdEvents } from './hold-events.ts';
import { rollingMean } from './indicators/rolling-mean.ts';
import { barsParam, budgetParam } from './params.ts';
import { decisionBars, rebalanceParam } from './schedule.ts';
import { defineStrategy } from './strategy.ts';

/**
 * In an asset while its close is above the simple moving average of lastClose over `window` bars, this one included,
 * else out of it; each asset has a fixed share of budget / N.
 *
 * Instructs only when that changes, so an asset that a stop sold is bought again after the trend has broken and
 * returned. Missing bars: they count in the average at the last close; on one the state stays as it is.
 */
export const smaTrend = defineStrategy({
  name: 'sma-trend',
  description: 'Holds each asset while its close is above its simple moving average',
  params: z.strictObject({
    window: barsParam(1, 100, 'Bars of the moving average'),
    rebalance: rebalanceParam(1),
    budget: budgetParam(),
  }),
  warmup: ({ window }) => window - 1,
  events(bars, { window, rebalance, budget }) {
    const { close } = bars;
    const average = rollingMean(bars.lastClose, bars.length, window);
    const decisions = decisionBars(bars.times, rebalance, window - 1);
    return holdEvents(bars, decisions, budget / bars.symbols.length, (i) => close[i]! > average[i]!);
  },
});
