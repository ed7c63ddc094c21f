import * as z from 'zod';
import { holdEvents } from './hold-events.ts';
import { rollingMax, rollingMin } from './indicators/rolling-extremes.ts';
import { barsParam, budgetParam } from './params.ts';
import { decisionBars, rebalanceParam } from './schedule.ts';
import { defineStrategy } from './strategy.ts';

/**
 * Donchian's channels: enters an asset on a close above the highest high of the `entry` bars before, leaves on a close
 * below the lowest low of the `exit` bars before; each asset has a fixed share of budget / N.
 *
 * Instructs only on entry and exit, so an asset that a stop sold is bought again on the next breakout after its exit.
 * Missing bars: they count as bars of a channel and set no price; on one the state stays as it is. A channel is
 * unknown, and nothing happens, until the asset is as old as it is long.
 */
export const breakout = defineStrategy({
  name: 'breakout',
  description: 'Buys closes above the highest high, sells closes below the lowest low (Donchian channels)',
  params: z.strictObject({
    entry: barsParam(1, 50, 'Bars before the decision whose highest high is to be broken'),
    exit: barsParam(1, 20, 'Bars before the decision whose lowest low is to hold'),
    rebalance: rebalanceParam(1),
    budget: budgetParam(),
  }),
  warmup: ({ entry }) => entry,
  events(bars, { entry, exit, rebalance, budget }) {
    const { close, length } = bars;
    const ceiling = rollingMax(bars.high, length, entry);
    const floor = rollingMin(bars.low, length, exit);
    const decisions = decisionBars(bars.times, rebalance, entry);
    return holdEvents(bars, decisions, budget / bars.symbols.length, (i, held) =>
      held ? !(close[i]! < floor[i - 1]!) : close[i]! > ceiling[i - 1]!,
    );
  },
});
