import { armAll, armCell } from './arm';
import { bookOrders, endRoundTrips, forgetStay } from './book';
import {
  atClose,
  cashMode,
  feeRate,
  fixedFee,
  INSTRUCTION,
  lotSize,
  minNotional,
  minSize,
  onConflict,
  PARTIAL,
  SCALE,
  usesStops,
} from './config';
import { due, dueCount, firstCell, markDue, weight } from './gather';
import {
  assets,
  BEFORE,
  cellCarried,
  closeColumn,
  dueCell,
  duePrice,
  dueSlots,
  FILL_PRICE,
  lastCloseColumn,
  length,
  openColumn,
  orderFlow,
  ownWeight,
  POSITION,
  presentPrice,
  QUANTITY,
  rowPrice,
  SLOT_BYTES,
  slotOf,
  slots,
  stride,
  TRIP_FLOW,
} from './layout';
import { cash, countRejected, isClose, leaveCash, settledSum } from './ledger';
import { shortCount } from './mark';
import { planOrders } from './plan';
import { countReentries } from './reentries';
import { order, orderBatch } from './sort';

/**
 * Executes the gathered batch on bar t (section 4 of the semantics).
 *
 * @param row due on it, −1 = only cells that waited
 * @param closes of the bar, by asset; used where stops are
 * @param window whose doubtful assets may be listed in passing, or −1
 */
export function executeBatch(t: i32, row: i32, closes: usize, window: i32): void {
  forgetStay();
  if (dueCount === 0) return;
  const allPrices = row >= 0 ? rowPrice + <usize>row * 8 * <usize>stride : collectPrices(t);
  const V = batchValue(allPrices);
  if (V > 0) executeOrders(V, allPrices, closes, window);
  else countRejected(dueCount);
  if (cellCarried !== 0 && V > 0) countReentries(due, dueCount === assets ? slots : dueSlots, dueCount, t);
  if (onConflict === INSTRUCTION && usesStops) markDue(0);
}

/** The unslipped prices of this instant by asset; the last close where an asset has no bar. */
function collectPrices(t: i32): usize {
  const column = atClose ? closeColumn : openColumn;
  let i = <usize>t * 8;
  for (let a: usize = 0; a < <usize>assets; a++, i += <usize>length * 8) {
    const price = load<f64>(column + i);
    store<f64>(presentPrice + a * 8, isNaN(price) ? load<f64>(lastCloseColumn + i) : price);
  }
  store<f64>(presentPrice + <usize>assets * 8, 1);
  return presentPrice;
}

/** V: cash and position · price, under `scale` in halves by asset, else ascending; what is not held adds 0. */
function batchValue(prices: usize): f64 {
  const zero = f64x2.splat(0);
  if (cashMode !== SCALE) {
    let value = cash;
    for (let i: usize = 0, slot = slots; i < <usize>assets * 8; i += 16, slot += SLOT_BYTES) {
      const held = v128.load(slot, POSITION);
      const worth = v128.and(f64x2.mul(held, v128.load(prices + i)), f64x2.ne(held, zero));
      value += f64x2.extract_lane(worth, 0);
      value += f64x2.extract_lane(worth, 1);
    }
    return value;
  }
  let sums = zero;
  for (let i: usize = 0, slot = slots; i < <usize>assets * 8; i += 16, slot += SLOT_BYTES) {
    const held = v128.load(slot, POSITION);
    const worth = f64x2.mul(held, v128.load(prices + i));
    sums = f64x2.add(sums, v128.and(worth, f64x2.ne(held, zero)));
  }
  return cash + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
}

function executeOrders(V: f64, allPrices: usize, closes: usize, window: i32): void {
  const count = dueCount;
  const whole = count === assets;
  const batch = whole ? slots : dueSlots;
  const prices = whole ? allPrices : duePrice;
  if (!whole) {
    for (let k: usize = 0; k < <usize>count; k++) {
      const asset = <usize>load<i32>(due + 4 * k);
      const from = slotOf(slots, asset);
      const to = slotOf(dueSlots, k);
      store<f64>(to, load<f64>(from, POSITION), POSITION);
      store<f64>(to, load<f64>(from, TRIP_FLOW), TRIP_FLOW);
      store<f64>(duePrice + k * 8, load<f64>(allPrices + asset * 8));
    }
    store<f64>(slotOf(dueSlots, count), 0, POSITION);
    store<f64>(duePrice + <usize>count * 8, 1);
  }
  if (weight === ownWeight) store<f64>(weight + <usize>count * 8, 0);
  const shorts = shortCount > 0;
  planOrders(count, V, batch, prices, shorts);
  const left = cashMode === SCALE ? NaN : limitByCash(count, batch, prices);
  const ends = bookOrders(count, batch, prices, shorts);
  if (cashMode !== SCALE) leaveCash(left);
  if (!whole) {
    for (let k: usize = 0; k < <usize>count; k++) {
      const from = slotOf(dueSlots, k);
      const to = slotOf(slots, <usize>load<i32>(due + 4 * k));
      store<f64>(to, load<f64>(from, POSITION), POSITION);
      store<f64>(to, load<f64>(from, TRIP_FLOW), TRIP_FLOW);
    }
  }
  if (ends) endRoundTrips(count, batch);
  if (!usesStops) return;
  if (whole && firstCell >= 0) armAll(firstCell, prices, closes, window);
  else for (let k: usize = 0; k < <usize>count; k++) arm(k, slotOf(batch, k), prices, closes);
}

/**
 * Under `partial` and `reject` each order takes what cash those before it in the sequence leave.
 *
 * Where much more is left than rounding, an order is paid without asking further. Returns what the last leaves.
 */
function limitByCash(count: i32, batch: usize, prices: usize): f64 {
  orderBatch(count);
  let left = cash;
  const end = order + <usize>count * 4;
  for (let k = order; k < end; k += 4) {
    const place = <usize>load<i32>(k);
    const flow = load<f64>(orderFlow + place * 8);
    const next = left + flow;
    if (next > 1e-8 * (abs(left) + abs(flow)) + 1e-11) left = next;
    else left = limitOrder(slotOf(batch, place), load<f64>(prices + place * 8), flow, left);
  }
  return left;
}

/** Cuts one order to what `left` pays for; returns what it leaves. */
function limitOrder(slot: usize, price: f64, flow: f64, left: f64): f64 {
  const q = load<f64>(slot, QUANTITY);
  if (q === 0) return left;
  if (-flow <= left || isClose(-flow, left)) return settledSum(left, flow);
  let part: f64 = 0;
  const filledAt = load<f64>(slot, FILL_PRICE);
  if (cashMode === PARTIAL && q > 0 && left > fixedFee && !isClose(left, fixedFee)) {
    part = tradableQuantity((left - fixedFee) / (1 + feeRate) / filledAt, price);
  }
  store<f64>(slot, part, QUANTITY);
  if (part === 0) {
    countRejected(1);
    return left;
  }
  const value = part * filledAt;
  return settledSum(left, -(value + (value * feeRate + fixedFee)));
}

function tradableQuantity(q: f64, price: f64): f64 {
  const lots = lotSize > 0 ? trunc(q / lotSize) * lotSize : q;
  const size = abs(lots);
  return size < minSize || size * price < minNotional ? 0 : lots;
}

function arm(place: usize, slot: usize, prices: usize, closes: usize): void {
  const at = place * 8;
  const asset = <usize>load<i32>(due + place * 4);
  armCell(
    asset,
    load<i32>(dueCell + place * 4),
    load<f64>(weight + at),
    load<f64>(slot, QUANTITY),
    load<f64>(slot, BEFORE),
    load<f64>(slot, FILL_PRICE),
    load<f64>(prices + at),
    load<f64>(closes + asset * 8),
  );
}
