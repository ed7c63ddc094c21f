import { feeRate, fixedFee, initialCash, runTrailingStop } from './config';
import {
  cellStopLoss,
  clearFlags,
  FIXED_LEVEL,
  POSITION,
  PROFIT_LEVEL,
  positions,
  SIZE_BITS,
  slotOf,
  slots,
  stopped,
  stride,
  TRAIL_FACTOR,
  TRIP_FLOW,
  totals,
} from './layout';
import { awaitEvent, openReentries, reentries } from './reentries';
import { mayShort } from './schedule';

/** Cash and what a run adds up, as in execution/ledger.ts; `writeTotals` hands it to the host. */
export let cash: f64 = 0;
export let unexecuted: f64 = 0;
export let rejected: f64 = 0;
export let barsStopped: f64 = 0;
export let batchesScaled: f64 = 0;
export let smallestScale: f64 = 1;
export let maxGrossLeverage: f64 = 0;
export let barsExposed: f64 = 0;
/** Assets that stand stopped out. */
export let stoppedCount: i32 = 0;

export const STOP_LOSS = 2;
export const TRAILING_STOP = 3;
export const TAKE_PROFIT = 4;
export const RUIN = 5;

export function openLedger(): void {
  cash = initialCash;
  unexecuted = rejected = 0;
  memory.fill(totals, 0, 96);
  barsStopped = batchesScaled = maxGrossLeverage = barsExposed = 0;
  smallestScale = 1;
  stoppedCount = 0;
  openReentries();
  memory.fill(stopped, 0, stride);
  // Where it is the same for all, no order need set it.
  const factor = cellStopLoss === 0 && !mayShort ? 1 - runTrailingStop : NaN;
  for (let a: usize = 0; a < <usize>stride; a++) {
    const slot = slotOf(slots, a);
    store<f64>(slot, 0, POSITION);
    store<f64>(slot, 0, TRIP_FLOW);
    store<f64>(slot, NaN, FIXED_LEVEL);
    store<f64>(slot, factor, TRAIL_FACTOR);
    store<f64>(slot, NaN, PROFIT_LEVEL);
  }
}

/** What stands in memory all along: each pair is added to at once. */
const ORDERS: usize = 0; // and round trips
const WINS: usize = 16; // and gross profit
const GROSS_LOSS: usize = 32; // and traded value
const FEES: usize = 48; // and slippage
const EXITS: usize = 64; // by reason

@inline
function both(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

@inline
function addPair(pair: usize, x: v128): void {
  v128.store(totals + pair, f64x2.add(v128.load(totals + pair), x));
}

/** The other totals, behind those; and the positions. */
export function writeTotals(): void {
  const at = totals;
  for (let a: usize = 0; a < <usize>stride; a++)
    store<f64>(positions + a * 8, load<f64>(slotOf(slots, a), POSITION));
  store<f64>(at, unexecuted, 96);
  store<f64>(at, rejected, 104);
  store<f64>(at, barsStopped, 112);
  store<f64>(at, batchesScaled, 120);
  store<f64>(at, smallestScale, 128);
  store<f64>(at, maxGrossLeverage, 136);
  store<f64>(at, barsExposed, 144);
  store<f64>(at, reentries, 152);
  store<f64>(at, cash, 160);
}

/** Equality up to rounding, as `isClose` in execution/tolerance.ts. */

@inline
export function isClose(a: f64, b: f64): bool {
  return abs(a - b) <= max(1e-9 * max(abs(a), abs(b)), 1e-12);
}

/** a + b, and exactly 0 where the two cancel up to rounding. */

@inline
export function settledSum(a: f64, b: f64): f64 {
  const sum = a + b;
  return isClose(a, -b) ? 0 : sum;
}

/**
 * Sells or covers the whole position at once, because a stop acted or the run is ruined.
 *
 * In lanes though it is one order: what a choice of numbers would branch for is masked here, and nobody can foresee it.
 */
@inline
export function bookExit(asset: usize, price: f64, filledAt: f64, reason: i32): void {
  const bits = i64x2.splat(SIZE_BITS);
  const slot = slotOf(slots, asset);
  const held = v128.load64_splat(slot, POSITION);
  const size = v128.and(held, bits);
  const fill = f64x2.splat(filledAt);
  const value = f64x2.mul(size, fill);
  const fee = f64x2.add(f64x2.mul(value, f64x2.splat(feeRate)), f64x2.splat(fixedFee));
  const flow = f64x2.sub(v128.xor(value, v128.andnot(held, bits)), fee);
  const slip = f64x2.mul(size, v128.and(f64x2.sub(fill, f64x2.splat(price)), bits));
  const had = f64x2.splat(cash);
  const sum = f64x2.add(had, flow);
  const larger = f64x2.pmax(v128.and(had, bits), v128.and(flow, bits));
  const near = f64x2.pmax(f64x2.mul(f64x2.splat(1e-9), larger), f64x2.splat(1e-12));
  cash = f64x2.extract_lane(v128.andnot(sum, f64x2.le(v128.and(sum, bits), near)), 0); // `settledSum`
  store<f64>(slot, 0, POSITION);
  endRoundTrip(f64x2.add(v128.load64_splat(slot, TRIP_FLOW), flow), 1, value);
  addPair(FEES, v128.shuffle<f64>(fee, slip, 0, 2));
  store<f64>(slot, 0, TRIP_FLOW);
  const count = totals + EXITS + <usize>(reason - STOP_LOSS) * 8;
  store<f64>(count, load<f64>(count) + 1);
}

/** A round trip runs from flat to flat; a flip ends one and begins another, its flow shared by size. */
export function bookRoundTrip(asset: usize, old: f64, now: f64, q: f64, flow: f64): void {
  const trip = slotOf(slots, asset) + TRIP_FLOW;
  if (old === 0) store<f64>(trip, flow);
  else if (now === 0) {
    endTrip(load<f64>(trip) + flow);
    store<f64>(trip, 0);
  } else if (old > 0 !== now > 0) {
    const closing = flow * (abs(old) / abs(q));
    endTrip(load<f64>(trip) + closing);
    store<f64>(trip, flow - closing);
  } else store<f64>(trip, load<f64>(trip) + flow);
}

function endTrip(result: f64): void {
  endRoundTrip(f64x2.splat(result), 0, f64x2.splat(0));
}

/** @param result in both lanes; the order that ends it is counted with it if it is no part of a batch */
@inline
function endRoundTrip(result: v128, order: f64, value: v128): void {
  const won = f64x2.gt(result, f64x2.splat(0));
  addPair(ORDERS, both(order, 1));
  addPair(WINS, v128.and(v128.shuffle<f64>(f64x2.splat(1), result, 0, 2), won));
  addPair(GROSS_LOSS, v128.shuffle<f64>(f64x2.neg(v128.andnot(result, won)), value, 0, 2));
}

/** What the run found elsewhere. */
export function countUnexecuted(cells: f64): void {
  unexecuted += cells;
}
export function countRejected(cells: f64): void {
  rejected += cells;
}
export function countScaled(scale: f64): void {
  batchesScaled += 1;
  if (scale < smallestScale) smallestScale = scale;
}
export function countBars(exposed: bool, bars: i32): void {
  barsStopped += <f64>stoppedCount * <f64>bars;
  if (exposed) barsExposed += <f64>bars;
}
export function raiseLeverage(gross: f64, value: f64): void {
  if (value > 0 && gross > maxGrossLeverage * value) maxGrossLeverage = gross / value;
}
@inline
export function markStopped(asset: usize): void {
  store<u8>(stopped + asset, 1);
  stoppedCount++;
  awaitEvent(asset);
}
/** An instruction ends the time in which the asset stood stopped out. */
export function liftStop(asset: usize): void {
  if (load<u8>(stopped + asset) === 0) return;
  store<u8>(stopped + asset, 0);
  stoppedCount--;
}
export function liftAllStops(): void {
  clearFlags(stopped);
  stoppedCount = 0;
}

/** Where one order waits for the cash of another, what the last of them leaves is the cash after the batch. */
export function leaveCash(left: f64): void {
  cash = left;
}

/** Adds what a batch came to. */
export function addBatch(count: f64, flow: f64, value: f64, fee: f64, slip: f64): void {
  const sum = cash + flow; // `settledCash` of execution/tolerance.ts
  cash = abs(sum) <= max(1e-12 * value, 1e-12) ? 0 : sum;
  addPair(ORDERS, both(count, 0));
  addPair(GROSS_LOSS, both(0, value));
  addPair(FEES, both(fee, slip));
}
