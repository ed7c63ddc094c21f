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
import { fillPrice, quantity, sortKey, weight } from './layout';
import { cash } from './ledger';

/** Of the present batch: λ, and the range of the sort keys. */
export let scale: f64 = 1;
export let lowestKey: f64 = 0;
export let highestKey: f64 = 0;

const ZERO = f64x2.splat(0);

/** Quantities in whole lots, toward zero; 0 where below the minimum size or value (`tradableQuantity`). */

@inline
export function tradable(q: v128, price: v128): v128 {
  if (lotSize > 0) {
    const lot = f64x2.splat(lotSize);
    q = f64x2.mul(f64x2.trunc(f64x2.div(q, lot)), lot);
  }
  const size = f64x2.abs(q);
  const small = v128.or(
    f64x2.lt(size, f64x2.splat(minSize)),
    f64x2.lt(f64x2.mul(size, price), f64x2.splat(minNotional)),
  );
  return v128.andnot(q, small);
}

/** The part of a buy that covers a short. */

@inline
export function covered(q: v128, position: v128): v128 {
  const covers = v128.and(f64x2.lt(position, ZERO), f64x2.gt(q, ZERO));
  return v128.and(f64x2.min(q, f64x2.neg(position)), covers);
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
  const equity = f64x2.splat(V);
  const bought = f64x2.splat(1 + slippage);
  const sold = f64x2.splat(1 - slippage);
  const rate = f64x2.splat(feeRate);
  const fixed = f64x2.splat(fixedFee);
  const withFee = f64x2.splat(1 + feeRate);
  // Proceeds of sells, cost of buys.
  let sums = ZERO;
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  for (let i: usize = 0; i < <usize>count * 8; i += 16) {
    const w = v128.load(weight + i);
    const price = v128.load(prices + i);
    const position = v128.load(positions + i);
    const target = f64x2.mul(w, equity);
    const all = f64x2.sub(f64x2.div(target, price), position);
    const size = f64x2.abs(all);
    const dust = v128.or(
      f64x2.le(size, f64x2.mul(f64x2.splat(1e-9), f64x2.abs(position))),
      f64x2.le(size, f64x2.splat(1e-12)),
    );
    const q = v128.andnot(v128.bitselect(all, tradable(all, price), f64x2.eq(w, ZERO)), dust);
    const sells = f64x2.lt(q, ZERO);
    const filledAt = f64x2.mul(price, v128.bitselect(sold, bought, sells));
    const key = f64x2.sub(target, f64x2.mul(position, price));
    v128.store(quantity + i, q);
    v128.store(fillPrice + i, filledAt);
    v128.store(sortKey + i, key);
    low = f64x2.min(low, key);
    high = f64x2.max(high, key);
    const value = f64x2.mul(f64x2.abs(q), filledAt);
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
    for (let i: usize = 0; i < <usize>count * 8; i += 8) {
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
