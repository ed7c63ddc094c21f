import { assets, FIXED_LEVEL, PEAK, POSITION, PROFIT_LEVEL, SLOT_BYTES, slots, TRAIL_FACTOR } from './layout';

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
  const end = slots + <usize>((assets + 1) >> 1) * SLOT_BYTES;
  for (let at = slots; at < end; at += SLOT_BYTES) signs = v128.or(signs, v128.load(at, POSITION));
  return i64x2.bitmask(signs) !== 0;
}

/** Sign bits of two positions: flips what belongs to shorts. */
@inline
export function flipOf(slot: usize, shorts: bool): v128 {
  return shorts ? v128.and(v128.load(slot, POSITION), SIGN) : i64x2.splat(0);
}

@inline
export function flipped(x: v128, flip: v128, shorts: bool): v128 {
  return shorts ? v128.xor(x, flip) : x;
}

/** Levels of the stop-losses. */
@inline
export function fixedLevels(slot: usize, flip: v128, shorts: bool): v128 {
  return flipped(v128.load(slot, FIXED_LEVEL), flip, shorts);
}

/** peak·(1 − tsl), for shorts −peak·(1 + tsl). */
@inline
export function trailingLevels(slot: usize, peaks: v128, flip: v128, shorts: bool): v128 {
  return flipped(f64x2.mul(peaks, v128.load(slot, TRAIL_FACTOR)), flip, shorts);
}

/** Levels of the take-profits. */
@inline
export function profitLevels(slot: usize, flip: v128, shorts: bool): v128 {
  return flipped(v128.load(slot, PROFIT_LEVEL), flip, shorts);
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
export function heldLanes(slot: usize): v128 {
  return f64x2.ne(v128.load(slot, POSITION), f64x2.splat(0));
}

/** Moves two peaks to the best price if that is beyond them; of lanes that are not held the peak means nothing. */
@inline
export function movePeaks(slot: usize, best: v128, lanes: v128, flip: v128, shorts: bool): void {
  const peaks = v128.load(slot, PEAK);
  const beyond = v128.and(f64x2.gt(best, flipped(peaks, flip, shorts)), lanes);
  v128.store(slot, v128.bitselect(flipped(best, flip, shorts), peaks, beyond), PEAK);
}
