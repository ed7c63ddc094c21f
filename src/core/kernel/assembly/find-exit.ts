import { peakOfThisBar } from './config';
import {
  closeColumn,
  deepest,
  highColumn,
  highest,
  length,
  lowColumn,
  lowest,
  openColumn,
  peak,
  steepest,
  stride,
} from './layout';
import { barExit, bestPrice, fixed, gapExit, long, profit, takeLevels, trail, trailingLevel } from './stops';

/** Rounding of a level is far below it: in doubt the bars are looked at. */
const SLACK: f64 = 1e-12;

/** Can it be told from the ranges of window r alone that no stop of this position acts in it? Moves its peak if so. */
export function staysQuiet(asset: usize, r: i32): bool {
  const at = (<usize>r * <usize>stride + asset) * 8;
  const low = load<f64>(lowest + at);
  const high = load<f64>(highest + at);
  if (long) {
    if (
      low <= fixed ||
      low <= trailingLevel(bestPrice) ||
      high >= profit ||
      load<f64>(deepest + at) <= (1 - trail) * (1 + SLACK)
    ) {
      return false;
    }
    if (high > bestPrice) store<f64>(peak + asset * 8, high);
    return true;
  }
  if (
    high >= fixed ||
    high >= trailingLevel(bestPrice) ||
    low <= profit ||
    load<f64>(steepest + at) >= (1 + trail) * (1 - SLACK)
  ) {
    return false;
  }
  if (low < bestPrice) store<f64>(peak + asset * 8, low);
  return true;
}

/** The larger of two levels, where NaN = none; for shorts the smaller. */

@inline
function tighter(ofLong: bool, a: f64, b: f64): f64 {
  return isNaN(b) || (ofLong ? a > b : a < b) ? a : b;
}

/** First bar in [from, to) on which a stop of the levels taken acts, as 2·bar (+ 1 inside the bar), −1 = none; moves the peak. */
export function findExit(asset: usize, from: i32, to: i32): i32 {
  const first = asset * 8 * <usize>length;
  const best = long ? highColumn : lowColumn;
  const worst = long ? lowColumn : highColumn;
  const trails = !isNaN(trail);
  const ofLong = long;
  let top = bestPrice;
  let level = tighter(ofLong, fixed, trailingLevel(top));
  for (let t = from; t < to; t++) {
    const i = first + <usize>t * 8;
    const reached = load<f64>(best + i);
    const prior = top;
    const moves = ofLong ? reached > top : reached < top;
    if (moves) {
      top = reached;
      if (trails && peakOfThisBar) level = tighter(ofLong, fixed, trailingLevel(top));
    }
    const bad = load<f64>(worst + i);
    if (ofLong ? bad <= level || reached >= profit : bad >= level || reached <= profit) {
      store<f64>(peak + asset * 8, prior);
      takeLevels(asset);
      const open = load<f64>(openColumn + i);
      if (gapExit(open)) return t * 2;
      if (barExit(open, load<f64>(highColumn + i), load<f64>(lowColumn + i), load<f64>(closeColumn + i))) {
        return t * 2 + 1;
      }
    }
    if (moves && trails && !peakOfThisBar) level = tighter(ofLong, fixed, trailingLevel(top));
  }
  store<f64>(peak + asset * 8, top);
  return -1;
}
