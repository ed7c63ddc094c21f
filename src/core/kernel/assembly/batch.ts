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
import { dueCount, firstCell, markDue } from './gather';
import {
  assets,
  before,
  cellCarried,
  closeColumn,
  due,
  dueCell,
  dueFlow,
  duePosition,
  duePrice,
  fillPrice,
  lastCloseColumn,
  length,
  openColumn,
  position,
  presentPrice,
  quantity,
  rowPrice,
  stride,
  tripFlow,
  weight,
} from './layout';
import { bookFill, cash, countRejected, isClose, priorPosition } from './ledger';
import { shortCount } from './mark';
import { highestKey, lowestKey, planOrders } from './plan';
import { countReentries } from './reentries';
import { order, orderBatch } from './sort';

/**
 * Executes the gathered batch on bar t (section 4 of the semantics).
 *
 * @param row due on it, −1 = only cells that waited
 * @param closes of the bar, by asset; used where stops are
 */
export function executeBatch(t: i32, row: i32, closes: usize): void {
  if (dueCount === 0) return;
  const allPrices = row >= 0 ? rowPrice + <usize>row * 8 * <usize>stride : collectPrices(t);
  const V = batchValue(allPrices);
  if (V > 0) executeOrders(V, allPrices, closes);
  else countRejected(dueCount);
  if (cellCarried !== 0 && V > 0) countReentries(dueCount);
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

/** V: cash, then position · price in index order; what is not held adds 0. */
function batchValue(prices: usize): f64 {
  let value = cash;
  const zero = f64x2.splat(0);
  for (let i: usize = 0; i < <usize>assets * 8; i += 16) {
    const held = v128.load(position + i);
    const worth = v128.and(f64x2.mul(held, v128.load(prices + i)), f64x2.ne(held, zero));
    value += f64x2.extract_lane(worth, 0);
    value += f64x2.extract_lane(worth, 1);
  }
  return value;
}

function executeOrders(V: f64, allPrices: usize, closes: usize): void {
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
  store<f64>(weight + <usize>count * 8, 0);
  const shorts = shortCount > 0;
  planOrders(count, V, positions, prices, shorts);
  orderBatch(count, lowestKey, highestKey);
  if (cashMode !== SCALE) {
    for (let k: usize = 0; k < <usize>count; k++) {
      executeInTurn(<usize>load<i32>(order + k * 4), prices, closes);
    }
    return;
  }
  const ends = bookOrders(count, positions, prices, flows, shorts);
  if (!whole) {
    for (let k: usize = 0; k < <usize>count; k++) {
      const at = <usize>load<i32>(due + 4 * k) * 8;
      store<f64>(position + at, load<f64>(duePosition + k * 8));
      store<f64>(tripFlow + at, load<f64>(dueFlow + k * 8));
    }
  }
  if (ends) endRoundTrips(count, positions);
  if (!usesStops) return;
  if (whole && firstCell >= 0) armAll(firstCell, prices, closes);
  else for (let k: usize = 0; k < <usize>count; k++) arm(k, load<f64>(before + k * 8), prices, closes);
}

/** Under `partial` and `reject` each order takes what cash the ones before it left. */
function executeInTurn(place: usize, prices: usize, closes: usize): void {
  const asset = <usize>load<i32>(due + place * 4);
  const price = load<f64>(prices + place * 8);
  const filledAt = load<f64>(fillPrice + place * 8);
  const q = affordable(load<f64>(quantity + place * 8), price, filledAt);
  store<f64>(quantity + place * 8, q);
  if (q !== 0) bookFill(asset, q, price, filledAt, 0);
  store<f64>(before + place * 8, priorPosition);
  if (usesStops) arm(place, priorPosition, prices, closes);
}

function affordable(q: f64, price: f64, filledAt: f64): f64 {
  if (q === 0) return 0;
  const value = abs(q) * filledAt;
  const fee = value * feeRate + fixedFee;
  const cost = q > 0 ? value + fee : fee - value;
  if (cost <= cash || isClose(cost, cash)) return q;
  if (cashMode === PARTIAL && q > 0 && cash > fixedFee && !isClose(cash, fixedFee)) {
    const part = tradableQuantity((cash - fixedFee) / (1 + feeRate) / filledAt, price);
    if (part !== 0) return part;
  }
  countRejected(1);
  return 0;
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
