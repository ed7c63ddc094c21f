import { feeRate, fixedFee, initialCash } from './config';
import {
  clearFlags,
  control,
  exitCounts,
  fixedLevel,
  position,
  profitLevel,
  stopped,
  stride,
  trailFactor,
  tripFlow,
} from './layout';
import { awaitEvent, openReentries, reentries } from './reentries';

/** Cash and what a run adds up, as in execution/ledger.ts; `writeTotals` hands it to the host. */
export let cash: f64 = 0;
export let orders: f64 = 0;
export let roundTrips: f64 = 0;
export let wins: f64 = 0;
export let grossProfit: f64 = 0;
export let grossLoss: f64 = 0;
export let tradedValue: f64 = 0;
export let fees: f64 = 0;
export let slippagePaid: f64 = 0;
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
  orders = roundTrips = wins = grossProfit = grossLoss = tradedValue = fees = slippagePaid = 0;
  unexecuted = rejected = 0;
  memory.fill(exitCounts, 0, 48);
  barsStopped = batchesScaled = maxGrossLeverage = barsExposed = 0;
  smallestScale = 1;
  stoppedCount = 0;
  openReentries();
  memory.fill(position, 0, <usize>stride * 8 + 16);
  memory.fill(tripFlow, 0, <usize>stride * 8 + 16);
  memory.fill(stopped, 0, stride);
  for (let a: usize = 0; a < <usize>stride; a++) {
    store<f64>(fixedLevel + a * 8, NaN);
    store<f64>(trailFactor + a * 8, NaN);
    store<f64>(profitLevel + a * 8, NaN);
  }
}

/** The totals, in the order of RunTotals, from byte 256 of the control block. */
export function writeTotals(): void {
  const at = control + 256;
  store<f64>(at, orders);
  store<f64>(at, roundTrips, 8);
  store<f64>(at, wins, 16);
  store<f64>(at, grossProfit, 24);
  store<f64>(at, grossLoss, 32);
  store<f64>(at, tradedValue, 40);
  store<f64>(at, fees, 48);
  store<f64>(at, slippagePaid, 56);
  for (let i: usize = 0; i < 32; i += 8) store<f64>(at + i, load<f64>(exitCounts + STOP_LOSS * 8 + i), 64);
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

/** Sells or covers the whole position at once, because a stop acted or the run is ruined; without branches that nobody could foresee. */
export function bookExit(asset: usize, price: f64, filledAt: f64, reason: i32): void {
  const held = load<f64>(position + asset * 8);
  const size = abs(held);
  const value = size * filledAt;
  const fee = value * feeRate + fixedFee;
  const flow = held < 0 ? -(value + fee) : value - fee;
  cash = settledSum(cash, flow);
  store<f64>(position + asset * 8, 0);
  orders += 1;
  tradedValue += value;
  fees += fee;
  slippagePaid += size * abs(filledAt - price);
  endRoundTrip(load<f64>(tripFlow + asset * 8) + flow);
  store<f64>(tripFlow + asset * 8, 0);
  const count = exitCounts + <usize>reason * 8;
  store<f64>(count, load<f64>(count) + 1);
}

/** A round trip runs from flat to flat; a flip ends one and begins another, its flow shared by size. */
export function bookRoundTrip(asset: usize, old: f64, now: f64, q: f64, flow: f64): void {
  const trip = tripFlow + asset * 8;
  if (old === 0) store<f64>(trip, flow);
  else if (now === 0) {
    endRoundTrip(load<f64>(trip) + flow);
    store<f64>(trip, 0);
  } else if (old > 0 !== now > 0) {
    const closing = flow * (abs(old) / abs(q));
    endRoundTrip(load<f64>(trip) + closing);
    store<f64>(trip, flow - closing);
  } else store<f64>(trip, load<f64>(trip) + flow);
}

function endRoundTrip(result: f64): void {
  roundTrips += 1;
  const won = result > 0;
  wins += select<f64>(1, 0, won);
  grossProfit += select<f64>(result, 0, won);
  grossLoss -= select<f64>(0, result, won);
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
  orders += count;
  const sum = cash + flow; // `settledCash` of execution/tolerance.ts
  cash = abs(sum) <= max(1e-12 * value, 1e-12) ? 0 : sum;
  tradedValue += value;
  fees += fee;
  slippagePaid += slip;
}
