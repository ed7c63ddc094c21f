import { BLOCK_BITS, hasBlocks, peakAfterBlock } from './blocks';
import { intrabar, PATH, peakOfThisBar } from './config';
import { closeColumn, length, peak } from './layout';
import { barExit, bestPrice, factor, fixed, gapExit, long, profit, takeLevels } from './stops';
import { highAt, lowAt, openAt, rangeStep } from './tiles';

/**
 * First bar in [from, to) on which a stop of one asset acts, as 2·bar (+ 1 inside the bar), −1 = none; moves its peak.
 *
 * In long windows blocks that no level comes near are passed over. Two bars at a time are compared with the levels, the trailing one from a running peak; only bars that reach one are
 * asked for order and price. Prices of shorts are negated, see levels.ts.
 */
export function findExit(asset: usize, from: i32, to: i32): i32 {
  takeLevels(asset);
  return hasBlocks && !peakOfThisBar ? search(asset, from, to, true) : search(asset, from, to, false);
}

@inline
function search(asset: usize, from: i32, to: i32, blocks: bool): i32 {
  const flip = i64x2.splat(long ? 0 : <i64>0x8000000000000000);
  const sign: f64 = long ? 1 : -1;
  const first = asset * rangeStep;
  const best = (long ? highAt : lowAt) + first;
  const worst = (long ? lowAt : highAt) + first;
  const stopLevel = f64x2.splat(fixed * sign);
  const win = f64x2.splat(profit * sign);
  const trail = f64x2.splat(factor);
  let top = f64x2.splat(bestPrice * sign);
  for (let t = from; t < to; ) {
    let stop = to;
    if (blocks) {
      const next = ((t >> BLOCK_BITS) + 1) << BLOCK_BITS;
      if (next - t === 1 << BLOCK_BITS && next <= to) {
        const after = peakAfterBlock(asset, t, f64x2.extract_lane(top, 0) * sign);
        if (after === after) {
          top = f64x2.splat(after * sign);
          t = next;
          continue;
        }
      }
      stop = min(next, to);
    }
    for (; t < stop; t += 2) {
      const i = <usize>t * 8;
      const reached = v128.xor(v128.load(best + i), flip);
      const feared = v128.xor(v128.load(worst + i), flip);
      // The peak after the first bar, after both, and before each; a missing bar (NaN) moves none.
      const one = f64x2.pmax(top, v128.shuffle<f64>(reached, reached, 0, 0));
      const both = f64x2.pmax(one, v128.shuffle<f64>(reached, reached, 1, 1));
      const prior = peakOfThisBar ? v128.shuffle<f64>(one, both, 0, 3) : v128.shuffle<f64>(top, one, 0, 3);
      const near = v128.or(
        v128.or(f64x2.le(feared, stopLevel), f64x2.le(feared, f64x2.mul(prior, trail))),
        f64x2.ge(reached, win),
      );
      if (v128.any_true(near)) {
        if (i64x2.extract_lane(near, 0) !== 0) {
          const found = exitOn(asset, t, f64x2.extract_lane(top, 0) * sign);
          if (found >= 0) return found;
        }
        if (i64x2.extract_lane(near, 1) !== 0 && t + 1 < stop) {
          const found = exitOn(asset, t + 1, f64x2.extract_lane(one, 0) * sign);
          if (found >= 0) return found;
        }
      }
      top = t + 1 < stop ? both : one;
    }
    t = stop;
  }
  store<f64>(peak + asset * 8, f64x2.extract_lane(top, 0) * sign);
  return -1;
}

/** The exit on bar t itself, given the peak before it; −1 = none. */
function exitOn(asset: usize, t: i32, prior: f64): i32 {
  store<f64>(peak + asset * 8, prior);
  takeLevels(asset);
  const i = asset * rangeStep + <usize>t * 8;
  const open = load<f64>(openAt + i);
  if (gapExit(open)) return t * 2;
  const close = intrabar === PATH ? load<f64>(closeColumn + (asset * <usize>length + <usize>t) * 8) : 0; // for it alone
  if (barExit(open, load<f64>(highAt + i), load<f64>(lowAt + i), close)) return t * 2 + 1;
  return -1;
}
