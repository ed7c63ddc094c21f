import { assets, fixedLevel, peak, position, profitLevel, trailFactor } from './layout';

/**
 * Stop levels of two assets at a time, for telling which of them need a closer look.
 *
 * For a short every comparison turns round. Flipping the sign of both sides does that: so levels and prices of shorts
 * are negated, and what follows reads as for longs. A level that is not armed is NaN and compares as false. Where
 * `shorts` is false no position is one: nothing is flipped, and the compiler leaves it out.
 */
export const SIGN = i64x2.splat(<i64>0x8000000000000000);

/** Is any position a short? */
export function hasShorts(): bool {
  let signs = i64x2.splat(0);
  for (let i: usize = 0; i < <usize>assets * 8; i += 16) signs = v128.or(signs, v128.load(position + i));
  return i64x2.bitmask(signs) !== 0;
}

/** Sign bits of two positions: flips what belongs to shorts. */
@inline
export function flipOf(i: usize, shorts: bool): v128 {
  return shorts ? v128.and(v128.load(position + i), SIGN) : i64x2.splat(0);
}

@inline
export function flipped(x: v128, flip: v128, shorts: bool): v128 {
  return shorts ? v128.xor(x, flip) : x;
}

/** Levels of the stop-losses. */
@inline
export function fixedLevels(i: usize, flip: v128, shorts: bool): v128 {
  return flipped(v128.load(fixedLevel + i), flip, shorts);
}

/** peak·(1 − tsl), for shorts −peak·(1 + tsl). */
@inline
export function trailingLevels(i: usize, peaks: v128, flip: v128, shorts: bool): v128 {
  return flipped(f64x2.mul(peaks, v128.load(trailFactor + i)), flip, shorts);
}

/** Levels of the take-profits. */
@inline
export function profitLevels(i: usize, flip: v128, shorts: bool): v128 {
  return flipped(v128.load(profitLevel + i), flip, shorts);
}

/** Of low and high the one that a position fears, negated for shorts. */
@inline
export function worstOf(low: v128, high: v128, flip: v128, shorts: bool): v128 {
  return shorts ? v128.xor(v128.bitselect(high, low, i64x2.shr_s(flip, 63)), flip) : low;
}

/** Of low and high the one that a position hopes for, negated for shorts. */
@inline
export function bestOf(low: v128, high: v128, flip: v128, shorts: bool): v128 {
  return shorts ? v128.xor(v128.bitselect(low, high, i64x2.shr_s(flip, 63)), flip) : high;
}

/** Lanes that hold a position. */
@inline
export function heldLanes(i: usize): v128 {
  return f64x2.ne(v128.load(position + i), f64x2.splat(0));
}

/** Moves two peaks to the best price if that is beyond them; of lanes that are not held the peak means nothing. */
@inline
export function movePeaks(i: usize, best: v128, lanes: v128, flip: v128, shorts: bool): void {
  const peaks = v128.load(peak + i);
  const beyond = v128.and(f64x2.gt(best, flipped(peaks, flip, shorts)), lanes);
  v128.store(peak + i, v128.bitselect(flipped(best, flip, shorts), peaks, beyond));
}
