import {
  cashMode,
  feeRate,
  fixedFee,
  lotSize,
  maxLeverage,
  minNotional,
  minSize,
  SCALE,
  slippage,
} from './config';
import { fillPrice, pinned, pinnedLanes, quantity, sortKey, weight } from './layout';
import { cash } from './ledger';

/** Of the present batch: λ, and the range of the sort keys. */
export let scale: f64 = 1;
export let lowestKey: f64 = 0;
export let highestKey: f64 = 0;

/** All bits of a number but its sign. */
export const SIZE_BITS: i64 = 0x7fffffffffffffff;

/**
 * Quantities in whole lots, toward zero; 0 where below the minimum size or value (`tradableQuantity`).
 *
 * @param bits SIZE_BITS; `smallest` is the minimum size: what a loop uses again and again stays in registers
 */
@inline
export function tradable(q: v128, price: v128, bits: v128, smallest: v128): v128 {
  if (lotSize > 0) {
    const lot = f64x2.splat(lotSize);
    q = f64x2.mul(f64x2.trunc(f64x2.div(q, lot)), lot);
  }
  const size = v128.and(q, bits);
  let small = f64x2.lt(size, smallest);
  if (minNotional > 0) {
    small = v128.or(small, f64x2.lt(f64x2.mul(size, price), f64x2.splat(minNotional)));
  }
  return v128.andnot(q, small);
}

/** The part of a buy that covers a short. */
@inline
export function covered(q: v128, position: v128): v128 {
  const zero = f64x2.splat(0);
  const covers = v128.and(f64x2.lt(position, zero), f64x2.gt(q, zero));
  return v128.and(f64x2.pmin(q, f64x2.neg(position)), covers);
}

/**
 * Quantities, fill prices and sort keys of a batch, two cells at a time, and the factor λ of `cash: scale`.
 *
 * Each lane does what `orderQuantity` and `scaleOf` do for one cell; what a sum must not see is masked to 0, which
 * changes no bit of it; sums ascend by asset.
 *
 * @param positions and `prices` of the cells, side by side, followed by a cell that trades nothing
 */
export function planOrders(count: i32, V: f64, positions: usize, prices: usize, shorts: bool): void {
  const equity = pinned(0, V);
  const bought = pinned(1, 1 + slippage);
  const sold = pinned(2, 1 - slippage);
  const rate = pinned(3, feeRate);
  const fixed = pinned(4, fixedFee);
  const withFee = pinned(5, 1 + feeRate);
  const smallest = pinned(6, minSize);
  const relative = pinned(7, 1e-9);
  const absolute = pinned(8, 1e-12);
  const bits = pinnedLanes(9, i64x2.splat(SIZE_BITS));
  const zero = f64x2.splat(0);
  const weights = weight;
  const quantities = quantity;
  const fillPrices = fillPrice;
  const keys = sortKey;
  const end = <usize>count * 8;
  // Proceeds of sells, cost of buys.
  let sums = zero;
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  for (let i: usize = 0; i < end; i += 16) {
    const w = v128.load(weights + i);
    const price = v128.load(prices + i);
    const position = v128.load(positions + i);
    const target = f64x2.mul(w, equity);
    const all = f64x2.sub(f64x2.div(target, price), position);
    const size = v128.and(all, bits);
    const dust = v128.or(
      f64x2.le(size, f64x2.mul(relative, v128.and(position, bits))),
      f64x2.le(size, absolute),
    );
    const sent = tradable(all, price, bits, smallest);
    const q = v128.andnot(v128.bitselect(all, sent, f64x2.eq(w, zero)), dust);
    const sells = f64x2.lt(q, zero);
    const filledAt = f64x2.mul(price, v128.bitselect(sold, bought, sells));
    const key = f64x2.sub(target, f64x2.mul(position, price));
    v128.store(quantities + i, q);
    v128.store(fillPrices + i, filledAt);
    v128.store(keys + i, key);
    low = f64x2.pmin(low, key);
    high = f64x2.pmax(high, key);
    const value = f64x2.mul(v128.and(q, bits), filledAt);
    const proceeds = v128.and(f64x2.sub(value, f64x2.add(f64x2.mul(value, rate), fixed)), sells);
    const added = shorts ? f64x2.sub(q, covered(q, position)) : q;
    const cost = v128.andnot(f64x2.mul(f64x2.mul(added, filledAt), withFee), sells);
    sums = f64x2.add(sums, v128.shuffle<f64>(proceeds, cost, 0, 2));
    sums = f64x2.add(sums, v128.shuffle<f64>(proceeds, cost, 1, 3));
  }
  lowestKey = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  highestKey = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
  scale = 1;
  if (cashMode !== SCALE) return;
  let covers: f64 = 0;
  let fixedFees: f64 = 0;
  if (shorts || fixedFee > 0) {
    for (let i: usize = 0; i < end; i += 8) {
      const q = load<f64>(quantity + i);
      if (!(q > 0)) continue;
      const position = load<f64>(positions + i);
      if (position < 0) covers += min(q, -position) * load<f64>(fillPrice + i) * (1 + feeRate);
      fixedFees += fixedFee;
    }
  }
  const wanted = f64x2.extract_lane(sums, 1);
  const available = cash + (maxLeverage - 1) * V + f64x2.extract_lane(sums, 0) - covers - fixedFees;
  if (wanted > available + 1e-9 * V) scale = available <= 0 ? 0 : available / wanted;
}
