import { base, peak, position, stopLoss, takeProfit, trailingStop } from './layout';

/**
 * Stop levels of two assets at a time, for telling which of them need a closer look.
 *
 * For a short every comparison turns round. Flipping the sign of both sides does that: so levels and prices of shorts
 * are negated, and what follows reads as for longs. A level that is not armed is NaN and compares as false.
 */
const SIGN = i64x2.splat(<i64>0x8000000000000000);

/** Sign bits of two positions: flips what belongs to shorts. */
@inline
export function flipOf(i: usize): v128 {
  return v128.and(v128.load(position + i), SIGN);
}

@inline
export function flipped(x: v128, flip: v128): v128 {
  return v128.xor(x, flip);
}

/** base·(1 − sl), for shorts −base·(1 + sl). */
@inline
export function fixedLevels(i: usize, flip: v128): v128 {
  const distance = v128.xor(v128.load(stopLoss + i), v128.xor(flip, SIGN));
  return flipped(f64x2.mul(v128.load(base + i), f64x2.add(f64x2.splat(1), distance)), flip);
}

/** peak·(1 − tsl), for shorts −peak·(1 + tsl). */
@inline
export function trailingLevels(i: usize, peaks: v128, flip: v128): v128 {
  const distance = v128.xor(v128.load(trailingStop + i), v128.xor(flip, SIGN));
  return flipped(f64x2.mul(peaks, f64x2.add(f64x2.splat(1), distance)), flip);
}

/** base·(1 + tp), for shorts −base·(1 − tp). */
@inline
export function profitLevels(i: usize, flip: v128): v128 {
  const distance = v128.xor(v128.load(takeProfit + i), flip);
  return flipped(f64x2.mul(v128.load(base + i), f64x2.add(f64x2.splat(1), distance)), flip);
}

/** Of low and high the one that a position fears, negated for shorts. */
@inline
export function worstOf(low: v128, high: v128, flip: v128): v128 {
  return flipped(v128.bitselect(high, low, i64x2.shr_s(flip, 63)), flip);
}

/** Of low and high the one that a position hopes for, negated for shorts. */
@inline
export function bestOf(low: v128, high: v128, flip: v128): v128 {
  return flipped(v128.bitselect(low, high, i64x2.shr_s(flip, 63)), flip);
}

/** Lanes that hold a position. */
@inline
export function heldLanes(i: usize): v128 {
  return f64x2.ne(v128.load(position + i), f64x2.splat(0));
}

/** Moves two peaks to the best price if that is beyond them; of lanes that are not held the peak means nothing. */
@inline
export function movePeaks(i: usize, best: v128, lanes: v128, flip: v128): void {
  const peaks = v128.load(peak + i);
  const beyond = v128.and(f64x2.gt(best, flipped(peaks, flip)), lanes);
  v128.store(peak + i, v128.bitselect(flipped(best, flip), peaks, beyond));
}
