import type { Bars } from '../bars.ts';
import {
  barExit,
  gapExit,
  type StopExit,
  type StopLevels,
  stopLossLevel,
  takeProfitLevel,
  trailingLevel,
} from '../execution/stops.ts';
import type { FillModel } from '../fill-model.ts';

/** The larger of two levels, where NaN = none; for shorts the smaller. */
function tighter(long: boolean, a: number, b: number): number {
  return Number.isNaN(b) || (long ? a > b : a < b) ? a : b;
}

/**
 * Finds the first bar in [from, to) on which a stop of one asset's position acts, and moves its peak along.
 *
 * The range of a bar is compared with the tightest level first: only a bar that may exit is asked for order and price.
 *
 * @param first where the asset's bars begin in the columns
 * @param levels of the position before `from`; its peak is that before the returned bar, or that after `to`
 * @param exit receives reason and price
 * @returns 2·bar, + 1 where the exit is inside the bar rather than at its open; −1 = none
 */
export function findExit(
  bars: Bars,
  first: number,
  from: number,
  to: number,
  fill: FillModel,
  levels: StopLevels,
  exit: StopExit,
): number {
  const { open, high, low, close } = bars;
  const { long } = levels;
  const best = long ? high : low;
  const worst = long ? low : high;
  const fixed = stopLossLevel(levels);
  const profit = takeProfitLevel(levels);
  const trails = !Number.isNaN(levels.trailingStop);
  const thisBar = fill.trailingPeak === 'this_bar';
  let peak = levels.peak;
  let level = tighter(long, fixed, trailingLevel(levels, peak));
  for (let t = from; t < to; t++) {
    const i = first + t;
    const reached = best[i]!;
    const before = peak;
    const moves = long ? reached > peak : reached < peak;
    if (moves) {
      peak = reached;
      if (trails && thisBar) level = tighter(long, fixed, trailingLevel(levels, peak));
    }
    const mayExit = long ? worst[i]! <= level || reached >= profit : worst[i]! >= level || reached <= profit;
    if (mayExit) {
      levels.peak = before;
      if (gapExit(fill, levels, open[i]!, exit)) return 2 * t;
      if (barExit(fill, levels, open[i]!, high[i]!, low[i]!, close[i]!, exit)) return 2 * t + 1;
    }
    if (moves && trails && !thisBar) level = tighter(long, fixed, trailingLevel(levels, peak));
  }
  levels.peak = peak;
  return -1;
}
