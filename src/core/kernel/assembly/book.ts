import { feeRate, fixedFee, minSize } from './config';
import { due } from './gather';
import {
  assets,
  BEFORE,
  FILL_PRICE,
  heldPosition,
  POSITION,
  pinned,
  pinnedLanes,
  QUANTITY,
  SIZE_BITS,
  SLOT_BYTES,
  slotOf,
  TRIP_FLOW,
} from './layout';
import { addBatch, bookRoundTrip, countRejected, countScaled } from './ledger';
import { both, covered, isPlain, scale, tradable } from './plan';

/** Did all assets trade and are longs now? Then their positions are listed (`heldPosition`). */
export let allStay: bool = false;

/** Begins with a batch, which may not be booked at all, or after stops have sold some. */
export function forgetStay(): void {
  allStay = false;
}

/**
 * Books a batch whose orders do not depend on each other (`bookBatch` of execution/ledger.ts), two at a time. Under λ < 1 it
 * is multiplied into what opens or adds to longs; what covers a short stays.
 *
 * @param batch slots of the cells, whose positions and flows of open round trips are moved; `prices` side by side
 * @returns whether round trips end, which `endRoundTrips` then books
 */
export function bookOrders(count: i32, batch: usize, prices: usize, shorts: bool): bool {
  if (scale < 1) countScaled(scale);
  if (!isPlain) return bookLanes(count, batch, prices, shorts, scale < 1, false);
  return scale < 1
    ? bookLanes(count, batch, prices, false, true, true)
    : bookLanes(count, batch, prices, false, false, true);
}

/** @param plain as `isPlain`: what it leaves out is not compiled */
@inline
function bookLanes(count: i32, batch: usize, prices: usize, shorts: bool, scales: bool, plain: bool): bool {
  const rate = pinned(0, feeRate);
  const factor = pinned(1, scale);
  const smallest = pinned(2, minSize);
  const far = pinned(3, 1e-6);
  const bits = pinnedLanes(4, i64x2.splat(SIZE_BITS));
  const zero = f64x2.splat(0);
  const lists = heldPosition;
  const end = <usize>count * 8;
  let traded = (count + 1) & ~1;
  let refused = 0;
  let stayed = 0;
  let ends = zero;
  let flowSum = zero;
  let valueSum = zero;
  let feeSum = zero;
  let slipSum = zero;
  for (let i: usize = 0, slot = batch; i < end; i += 16, slot += SLOT_BYTES) {
    const planned = v128.load(slot, QUANTITY);
    const price = v128.load(prices + i);
    const filledAt = v128.load(slot, FILL_PRICE);
    const old = v128.load(slot, POSITION);
    const buys = f64x2.gt(planned, zero);
    let q = planned;
    if (scales) {
      let scaled: v128;
      if (plain) {
        const all = f64x2.mul(factor, q);
        scaled = v128.andnot(all, f64x2.lt(v128.and(all, bits), smallest));
      } else if (shorts) {
        const cover = covered(q, old);
        scaled = f64x2.add(cover, tradable(f64x2.mul(factor, f64x2.sub(q, cover)), price, bits, smallest));
      } else scaled = tradable(f64x2.mul(factor, q), price, bits, smallest);
      q = v128.bitselect(scaled, q, buys);
      v128.store(slot, q, QUANTITY);
    }
    const trades = f64x2.ne(q, zero);
    const signed = f64x2.mul(q, filledAt); // < 0 of a sale
    const value = v128.and(signed, bits);
    let fee = f64x2.mul(value, rate);
    if (!plain) fee = v128.and(f64x2.add(fee, f64x2.splat(fixedFee)), trades);
    const paid = f64x2.sub(f64x2.sub(zero, signed), fee);
    flowSum = f64x2.add(flowSum, paid);
    valueSum = f64x2.add(valueSum, value);
    feeSum = f64x2.add(feeSum, fee);
    slipSum = f64x2.add(slipSum, v128.and(f64x2.mul(q, f64x2.sub(filledAt, price)), bits));
    const flow = v128.load(slot, TRIP_FLOW);
    const sum = f64x2.add(old, q);
    v128.store(slot, old, BEFORE);
    // A long that opens, or trades and stays one, far from nothing: no dust, and no round trip ends. Of what is flat the flow is 0.
    const stays = v128.and(f64x2.ge(old, zero), f64x2.gt(sum, f64x2.pmax(f64x2.mul(old, far), far)));
    if (i64x2.bitmask(v128.and(stays, trades)) === 3) {
      v128.store(slot, f64x2.add(flow, paid), TRIP_FLOW);
      v128.store(slot, sum, POSITION);
      v128.store(lists + i, sum);
      stayed += 2;
      continue;
    }
    traded -= popcnt(i64x2.bitmask(v128.not(trades)));
    if (scales) refused += popcnt(i64x2.bitmask(v128.andnot(buys, trades)));
    const larger = f64x2.pmax(v128.and(old, bits), v128.and(q, bits));
    const near = f64x2.pmax(f64x2.mul(f64x2.splat(1e-9), larger), f64x2.splat(1e-12));
    const now = v128.andnot(sum, v128.and(f64x2.le(v128.and(sum, bits), near), trades));
    const opens = f64x2.eq(old, zero);
    const turns = v128.or(f64x2.eq(now, zero), v128.xor(f64x2.gt(old, zero), f64x2.gt(now, zero)));
    const ending = v128.and(v128.andnot(turns, opens), trades);
    const moved = v128.bitselect(paid, f64x2.add(flow, paid), opens);
    v128.store(slot, v128.bitselect(moved, flow, v128.andnot(trades, ending)), TRIP_FLOW);
    v128.store(slot, now, POSITION);
    ends = v128.or(ends, ending);
  }
  countRejected(refused);
  allStay = stayed === assets;
  addBatch(traded, both(flowSum), both(valueSum), both(feeSum), both(slipSum));
  return v128.any_true(ends);
}

/** Round trips that end or turn round, by asset; the others were moved along. */
export function endRoundTrips(count: i32, batch: usize): void {
  for (let k: usize = 0; k < <usize>count; k++) {
    const slot = slotOf(batch, k);
    const q = load<f64>(slot, QUANTITY);
    const old = load<f64>(slot, BEFORE);
    const now = load<f64>(slot, POSITION);
    if (q === 0 || old === 0 || (now !== 0 && old > 0 === now > 0)) continue;
    const signed = q * load<f64>(slot, FILL_PRICE);
    bookRoundTrip(load<i32>(due + k * 4), old, now, q, -signed - (abs(signed) * feeRate + fixedFee));
  }
}
