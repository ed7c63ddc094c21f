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
import { weight } from './gather';
import {
  FILL_PRICE,
  orderFlow,
  POSITION,
  pinned,
  pinnedLanes,
  QUANTITY,
  SIZE_BITS,
  SLOT_BYTES,
  slotOf,
  sortKey,
} from './layout';
import { cash } from './ledger';

/** Of the present batch: λ, and the range of the sort keys. */
export let scale: f64 = 1;
export let lowestKey: f64 = 0;
export let highestKey: f64 = 0;

/** Are there neither shorts nor lots, minimum values and fixed fees? Then less is to be asked of each order. */
export let isPlain: bool = false;

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
 * Quantities and fill prices of a batch, two cells at a time, and the factor λ of `cash: scale` or else the sort keys.
 *
 * Each lane does what `orderQuantity` and `scaleOf` do for one cell; what a sum must not see is masked to 0, which
 * changes no bit of it; the lanes of a sum are its halves.
 *
 * @param batch slots of the cells; `prices` of them, side by side, followed by a cell that trades nothing
 */
export function planOrders(count: i32, V: f64, batch: usize, prices: usize, shorts: bool): void {
  isPlain = !shorts && lotSize === 0 && minNotional === 0 && fixedFee === 0;
  if (isPlain) planPlain(count, V, batch, prices);
  else planAny(count, V, batch, prices, shorts);
  if (cashMode !== SCALE) planSequence(count, V, batch, prices);
}

/** The steps of `planAny` that are left without shorts, lots, a minimum value and fixed fees: most runs take them, most of their time. */
function planPlain(count: i32, V: f64, batch: usize, prices: usize): void {
  const equity = pinned(0, V);
  const bought = pinned(1, 1 + slippage);
  const sold = pinned(2, 1 - slippage);
  const rate = pinned(3, feeRate);
  const withFee = pinned(5, 1 + feeRate);
  const smallest = pinned(6, minSize);
  const relative = pinned(7, 1e-9);
  const absolute = pinned(8, 1e-12);
  const bits = pinnedLanes(9, i64x2.splat(SIZE_BITS));
  const zero = f64x2.splat(0);
  const weights = weight;
  const end = <usize>count * 8;
  let proceeds = zero;
  let costs = zero;
  for (let i: usize = 0, slot = batch; i < end; i += 16, slot += SLOT_BYTES) {
    const w = v128.load(weights + i);
    const price = v128.load(prices + i);
    const position = v128.load(slot, POSITION);
    const all = f64x2.sub(f64x2.div(f64x2.mul(w, equity), price), position);
    const size = v128.and(all, bits);
    const dust = f64x2.le(size, f64x2.pmax(f64x2.mul(relative, position), absolute));
    const small = v128.and(f64x2.lt(size, smallest), f64x2.ne(w, zero));
    const q = v128.andnot(all, v128.or(small, dust));
    const filledAt = f64x2.mul(price, v128.bitselect(sold, bought, f64x2.lt(q, zero)));
    v128.store(slot, q, QUANTITY);
    v128.store(slot, filledAt, FILL_PRICE);
    const value = f64x2.mul(q, filledAt); // < 0 of a sale
    const sale = f64x2.pmax(zero, f64x2.sub(zero, value));
    proceeds = f64x2.add(proceeds, f64x2.sub(sale, f64x2.mul(sale, rate)));
    costs = f64x2.add(costs, f64x2.mul(f64x2.pmax(zero, value), withFee));
  }
  scale = 1;
  covers = fixedFees = 0;
  if (cashMode === SCALE) scaleTo(V, both(costs), both(proceeds));
}

function planAny(count: i32, V: f64, batch: usize, prices: usize, shorts: bool): void {
  const equity = pinned(0, V);
  const bought = pinned(1, 1 + slippage);
  const sold = pinned(2, 1 - slippage);
  const smallest = pinned(3, minSize);
  const bits = pinnedLanes(4, i64x2.splat(SIZE_BITS));
  const zero = f64x2.splat(0);
  let proceeds = zero;
  let costs = zero;
  for (let i: usize = 0, slot = batch; i < <usize>count * 8; i += 16, slot += SLOT_BYTES) {
    const w = v128.load(weight + i);
    const price = v128.load(prices + i);
    const position = v128.load(slot, POSITION);
    const all = f64x2.sub(f64x2.div(f64x2.mul(w, equity), price), position);
    const least = f64x2.pmax(f64x2.mul(f64x2.splat(1e-9), v128.and(position, bits)), f64x2.splat(1e-12));
    const dust = f64x2.le(v128.and(all, bits), least);
    const sent = tradable(all, price, bits, smallest);
    const q = v128.andnot(v128.bitselect(all, sent, f64x2.eq(w, zero)), dust);
    const sells = f64x2.lt(q, zero);
    const filledAt = f64x2.mul(price, v128.bitselect(sold, bought, sells));
    v128.store(slot, q, QUANTITY);
    v128.store(slot, filledAt, FILL_PRICE);
    const sale = f64x2.sub(zero, f64x2.mul(q, filledAt));
    const fee = f64x2.add(f64x2.mul(sale, f64x2.splat(feeRate)), f64x2.splat(fixedFee));
    proceeds = f64x2.add(proceeds, v128.and(f64x2.sub(sale, fee), sells));
    const added = shorts ? f64x2.sub(q, covered(q, position)) : q;
    const cost = f64x2.mul(f64x2.mul(added, filledAt), f64x2.splat(1 + feeRate));
    costs = f64x2.add(costs, v128.andnot(cost, sells));
  }
  scale = 1;
  if (cashMode !== SCALE) return;
  sumCovers(count, batch);
  scaleTo(V, both(costs), both(proceeds));
}

/** λ, given what buys want and sells bring; `scaleFactor` of execution/sizing.ts. */
function scaleTo(V: f64, wanted: f64, proceeds: f64): void {
  const available = cash + (maxLeverage - 1) * V + (proceeds - covers - fixedFees);
  if (wanted > available + 1e-9 * V) scale = available <= 0 ? 0 : available / wanted;
}

/** The halves of a sum together. */
@inline
export function both(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** What buys that cover shorts cost, and the fixed fees of buys, each in halves by place. */
let covers: f64 = 0;
let fixedFees: f64 = 0;

function sumCovers(count: i32, batch: usize): void {
  covers = fixedFees = 0;
  for (let half = 0; half < 2; half++) {
    let ofCovers: f64 = 0;
    let ofFees: f64 = 0;
    for (let k = half; k < count; k += 2) {
      const slot = slotOf(batch, k);
      const q = load<f64>(slot, QUANTITY);
      if (!(q > 0)) continue;
      const position = load<f64>(slot, POSITION);
      if (position < 0) ofCovers += min(q, -position) * load<f64>(slot, FILL_PRICE) * (1 + feeRate);
      ofFees += fixedFee;
    }
    covers += ofCovers;
    fixedFees += ofFees;
  }
}

/**
 * What a batch needs whose orders take cash one after the other: what each adds to cash if it fills, and w·V − position·price,
 * by which `sells_first` sorts.
 */
function planSequence(count: i32, V: f64, batch: usize, prices: usize): void {
  const equity = f64x2.splat(V);
  const zero = f64x2.splat(0);
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  for (let i: usize = 0, slot = batch; i < <usize>count * 8; i += 16, slot += SLOT_BYTES) {
    const q = v128.load(slot, QUANTITY);
    const signed = f64x2.mul(q, v128.load(slot, FILL_PRICE));
    const fee = f64x2.add(f64x2.mul(f64x2.abs(signed), f64x2.splat(feeRate)), f64x2.splat(fixedFee));
    const paid = f64x2.sub(f64x2.sub(zero, signed), fee);
    v128.store(orderFlow + i, v128.and(paid, f64x2.ne(q, zero)));
    const worth = f64x2.mul(v128.load(slot, POSITION), v128.load(prices + i));
    const key = f64x2.sub(f64x2.mul(v128.load(weight + i), equity), worth);
    v128.store(sortKey + i, key);
    low = f64x2.pmin(low, key);
    high = f64x2.pmax(high, key);
  }
  lowestKey = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1));
  highestKey = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1));
}
