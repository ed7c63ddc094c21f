import { armAll, armCell } from './arm';
import { bookOrders, endRoundTrips } from './book';
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
  before,
  cellCarried,
  closeColumn,
  dueCell,
  dueFlow,
  duePosition,
  duePrice,
  fillPrice,
  lastCloseColumn,
  length,
  openColumn,
  orderFlow,
  ownWeight,
  position,
  presentPrice,
  quantity,
  rowPrice,
  stride,
  tripFlow,
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
  if (dueCount === 0) return;
  const allPrices = row >= 0 ? rowPrice + <usize>row * 8 * <usize>stride : collectPrices(t);
  const V = batchValue(allPrices);
  if (V > 0) executeOrders(V, allPrices, closes, window);
  else countRejected(dueCount);
  if (cellCarried !== 0 && V > 0) countReentries(due, dueCount, t);
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
    for (let i: usize = 0; i < <usize>assets * 8; i += 16) {
      const held = v128.load(position + i);
      const worth = v128.and(f64x2.mul(held, v128.load(prices + i)), f64x2.ne(held, zero));
      value += f64x2.extract_lane(worth, 0);
      value += f64x2.extract_lane(worth, 1);
    }
    return value;
  }
  let sums = zero;
  for (let i: usize = 0; i < <usize>assets * 8; i += 16) {
    const held = v128.load(position + i);
    const worth = f64x2.mul(held, v128.load(prices + i));
    sums = f64x2.add(sums, v128.and(worth, f64x2.ne(held, zero)));
  }
  return cash + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
}

function executeOrders(V: f64, allPrices: usize, closes: usize, window: i32): void {
  const count = dueCount;
  const whole = count === assets;
  const positions = whole ? position : duePosition;
  const prices = whole ? allPrices : duePrice;
  const flows = whole ? tripFlow : dueFlow;
  if (!whole) {
    for (let k: usize = 0; k < <usize>count; k++) {
      const at = <usize>load<i32>(due + 4 * k) * 8;
      store<f64>(duePosition + k * 8, load<f64>(position + at));
      store<f64>(duePrice + k * 8, load<f64>(allPrices + at));
      store<f64>(dueFlow + k * 8, load<f64>(tripFlow + at));
    }
    store<f64>(duePosition + <usize>count * 8, 0);
    store<f64>(duePrice + <usize>count * 8, 1);
  }
  if (weight === ownWeight) store<f64>(weight + <usize>count * 8, 0);
  const shorts = shortCount > 0;
  planOrders(count, V, positions, prices, shorts);
  const left = cashMode === SCALE ? NaN : limitByCash(count, prices);
  const ends = bookOrders(count, positions, prices, flows, shorts);
  if (cashMode !== SCALE) leaveCash(left);
  if (!whole) {
    for (let k: usize = 0; k < <usize>count; k++) {
      const at = <usize>load<i32>(due + 4 * k) * 8;
      store<f64>(position + at, load<f64>(duePosition + k * 8));
      store<f64>(tripFlow + at, load<f64>(dueFlow + k * 8));
    }
  }
  if (ends) endRoundTrips(count, positions);
  if (!usesStops) return;
  if (whole && firstCell >= 0) armAll(firstCell, prices, closes, window);
  else for (let k: usize = 0; k < <usize>count; k++) arm(k, load<f64>(before + k * 8), prices, closes);
}

/**
 * Under `partial` and `reject` each order takes what cash those before it in the sequence leave.
 *
 * Where much more is left than rounding, an order is paid without asking further. Returns what the last leaves.
 */
function limitByCash(count: i32, prices: usize): f64 {
  orderBatch(count);
  let left = cash;
  const end = order + <usize>count * 4;
  for (let k = order; k < end; k += 4) {
    const at = <usize>load<i32>(k) * 8;
    const flow = load<f64>(orderFlow + at);
    const next = left + flow;
    if (next > 1e-8 * (abs(left) + abs(flow)) + 1e-11) left = next;
    else left = limitOrder(at, load<f64>(prices + at), flow, left);
  }
  return left;
}

/** Cuts one order to what `left` pays for; returns what it leaves. */
function limitOrder(at: usize, price: f64, flow: f64, left: f64): f64 {
  const q = load<f64>(quantity + at);
  if (q === 0) return left;
  if (-flow <= left || isClose(-flow, left)) return settledSum(left, flow);
  let part: f64 = 0;
  const filledAt = load<f64>(fillPrice + at);
  if (cashMode === PARTIAL && q > 0 && left > fixedFee && !isClose(left, fixedFee)) {
    part = tradableQuantity((left - fixedFee) / (1 + feeRate) / filledAt, price);
  }
  store<f64>(quantity + at, part);
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

function arm(place: usize, old: f64, prices: usize, closes: usize): void {
  const at = place * 8;
  const asset = <usize>load<i32>(due + place * 4);
  armCell(
    asset,
    load<i32>(dueCell + place * 4),
    load<f64>(weight + at),
    load<f64>(quantity + at),
    old,
    load<f64>(fillPrice + at),
    load<f64>(prices + at),
    load<f64>(closes + asset * 8),
  );
}
