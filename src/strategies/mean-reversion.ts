import * as z from 'zod';
import { holdEvents } from './hold-events.ts';
import { rollingMean } from './indicators/rolling-mean.ts';
import { rollingStd } from './indicators/rolling-std.ts';
import { barsParam, budgetParam } from './params.ts';
import { decisionBars, rebalanceParam } from './schedule.ts';
import { defineStrategy } from './strategy.ts';

/**
 * Buys what is cheap against its own past: enters an asset when its close is at least `entry` standard deviations
 * (ddof 1) below its mean, leaves when it is at most `exit` below; mean and deviation of lastClose over `window` bars,
 * this one included. Each asset has a fixed share of budget / N.
 *
 * Instructs only on entry and exit, so an asset that a stop sold is bought again after it has been back at its mean.
 * Missing bars: they count at the last close; on one, and while the deviation is 0, the state stays as it is.
 */
export const meanReversion = defineStrategy({
  name: 'mean-reversion',
  description: 'Buys closes far below their mean and sells them near it (z-score of the close)',
  params: z.strictObject({
    window: barsParam(2, 20, 'Bars of mean and standard deviation'),
    entry: z.number().positive().default(2).describe('Standard deviations below the mean at which it buys'),
    exit: z.number().min(0).default(0).describe('Standard deviations below the mean at which it sells'),
    rebalance: rebalanceParam(1),
    budget: budgetParam(),
  }),
  warmup: ({ window }) => window - 1,
  events(bars, { window, entry, exit, rebalance, budget }) {
    const { close, lastClose, length } = bars;
    const mean = rollingMean(lastClose, length, window);
    const deviation = rollingStd(lastClose, length, window);
    const decisions = decisionBars(bars.times, rebalance, window - 1);
    return holdEvents(bars, decisions, budget / bars.symbols.length, (i, held) => {
      const unit = deviation[i]!;
      if (!(unit > 0)) return held;
      return held ? close[i]! < mean[i]! - exit * unit : close[i]! <= mean[i]! - entry * unit;
    });
  },
});
