// A strategy of one's own: `strategy: {name: ./my-strategy.ts, params: {lookback: [60, 120, 240], risky: [SPY]}}`.
// It is a pure function of bars and parameters: no clock, no randomness, no files, and nothing after the bar decided on.
import { defineStrategy, type StrategyEvent } from 'backsweep';
import { z } from 'zod';

/** Holds one asset while it is above its price of `lookback` bars ago, else nothing: absolute momentum. */
export default defineStrategy({
  name: 'absolute-momentum',
  description: 'Holds one asset while its past return is positive',
  params: z.strictObject({
    risky: z.string().describe('Symbol of the asset'),
    lookback: z.int().min(1).default(120).describe('Bars over which the return is taken'),
    weight: z.number().positive().max(1).default(1),
  }),
  warmup: ({ lookback }) => lookback,
  events(bars, { risky, lookback, weight }) {
    const events: StrategyEvent[] = [];
    // The columns hold asset after asset: bar t of asset a stands at a * bars.length + t.
    const start = bars.symbols.indexOf(risky) * bars.length;
    let invested = false;
    for (let bar = lookback; bar < bars.length; bar++) {
      const up = bars.lastClose[start + bar]! > bars.lastClose[start + bar - lookback]!;
      // Only a change is an instruction: repeating the weight would buy back what a stop has sold.
      if (up !== invested) events.push({ bar, weights: { [risky]: up ? weight : 0 } });
      invested = up;
    }
    return events;
  },
});
