import * as z from 'zod';
import { decisionBars, rebalanceParam } from './schedule.ts';
import { defineStrategy } from './strategy.ts';

/**
 * The weights given, again at each rebalance; assets not named are never traded.
 *
 * Missing bars: the instruction is given all the same, and waits for the asset's next bar as the fill model says.
 */
export const fixedWeights = defineStrategy({
  name: 'fixed-weights',
  description: 'Holds the weights given and returns to them at each rebalance',
  params: z.strictObject({
    weights: z
      .record(z.string().min(1), z.number())
      .refine((weights) => Object.keys(weights).length > 0, 'expected at least one asset, found none')
      .describe('Weight of each asset by symbol'),
    rebalance: rebalanceParam('month'),
  }),
  warmup: () => 0,
  events(bars, { weights, rebalance }) {
    return decisionBars(bars.times, rebalance, 0).map((bar) => ({ bar, weights }));
  },
});
