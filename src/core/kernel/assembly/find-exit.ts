import { intrabar, PATH, peakOfThisBar } from './config';
import {
  closeColumn,
  highColumn,
  length,
  lowColumn,
  openColumn,
  PEAK,
  peaks,
  pinned,
  slotOf,
  slots,
} from './layout';
import { AT_OPEN, bestPrice, exitOf, factor, fixed, long, profit, setPeak, takeLevels } from './stops';

/** Bars that are looked at together: a word has a bit for each. */
const TOGETHER = 64;

/**
 * First bar in [from, to) on which a stop of one asset acts, as 2·bar (+ 1 inside the bar), −1 = none; moves its peak.
 *
 * @param executed an execution stands at the open of `from`
 */
export function findExit(asset: usize, from: i32, to: i32, executed: bool): i32 {
  takeLevels(asset);
  for (let t = from; t < to; ) {
    const end = min(t + TOGETHER, to);
    const first = executed && t === from;
    const found = peakOfThisBar
      ? findAmong(asset, t, end, first, true)
      : findAmong(asset, t, end, first, false);
    if (found >= 0) return found;
    t = end;
  }
  store<f64>(slotOf(slots, asset), bestPrice, PEAK);
  return -1;
}

/**
 * Two bars at a time are compared with the levels, the trailing one from a running peak, up to the end, as where to stop
 * cannot be foreseen; only bars that reach one are asked for order and price. Prices of shorts are negated, see levels.ts.
 */
@inline
function findAmong(asset: usize, from: i32, to: i32, executed: bool, ownPeak: bool): i32 {
  const flip = i64x2.splat(long ? 0 : <i64>0x8000000000000000);
  const first = (asset * <usize>length + <usize>from) * 8;
  const best = (long ? highColumn : lowColumn) + first;
  const worst = (long ? lowColumn : highColumn) + first;
  const loss = v128.xor(f64x2.splat(fixed), flip);
  const win = v128.xor(f64x2.splat(profit), flip);
  const trail = f64x2.splat(factor);
  const nothing = pinned(0, -Infinity);
  const bars = <usize>(to - from);
  let top = v128.xor(f64x2.splat(bestPrice), flip);
  let near: u64 = 0;
  let k: usize = 0;
  for (; k < bars; k += 2) {
    const reached = f64x2.pmax(nothing, v128.xor(v128.load(best + k * 8), flip)); // a missing bar (NaN) moves no peak
    const feared = v128.xor(v128.load(worst + k * 8), flip);
    const prior = f64x2.pmax(top, v128.shuffle<f64>(nothing, reached, 0, 2));
    v128.store(peaks + k * 8, prior);
    top = f64x2.pmax(top, f64x2.pmax(reached, v128.shuffle<f64>(reached, reached, 1, 0)));
    const trailing = f64x2.mul(ownPeak ? f64x2.pmax(prior, reached) : prior, trail);
    const falls = v128.or(f64x2.le(feared, loss), f64x2.le(feared, trailing));
    near |= (<u64>i64x2.bitmask(v128.or(falls, f64x2.ge(reached, win)))) << k;
  }
  v128.store(peaks + k * 8, top);
  near &= u64.MAX_VALUE >> (64 - bars);
  while (near !== 0) {
    const bar = <usize>ctz(near);
    const found = exitOn(asset, from + <i32>bar, load<f64>(peaks + bar * 8), executed && bar === 0);
    if (found >= 0) return found;
    near &= near - 1;
  }
  setPeak(signed(load<f64>(peaks + bars * 8)));
  return -1;
}

@inline
function signed(price: f64): f64 {
  return long ? price : -price;
}

/** The exit on bar t itself, given the peak before it (negated for shorts); −1 = none. */
function exitOn(asset: usize, t: i32, prior: f64, executed: bool): i32 {
  setPeak(signed(prior));
  const i = (asset * <usize>length + <usize>t) * 8;
  const close = intrabar === PATH ? load<f64>(closeColumn + i) : 0; // for it alone
  const exit = exitOf(
    load<f64>(openColumn + i),
    load<f64>(highColumn + i),
    load<f64>(lowColumn + i),
    close,
    executed,
  );
  return exit === 0 ? -1 : t * 2 + <i32>(exit !== AT_OPEN || executed);
}
