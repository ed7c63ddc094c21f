import { atClose } from './config';
import {
  assets,
  cellWeight,
  closeColumn,
  highColumn,
  lastCloseColumn,
  length,
  lowColumn,
  openColumn,
  ranges,
  rowBar,
  rowBars,
  rowComplete,
  rowOrder,
  rowPrice,
  rowStart,
  rows,
  stride,
} from './layout';

/** Which tables of the present matrix are built: see window/schedule.ts, whose counterpart in memory this is. */
export let hasRowBars: bool = false;
export let hasRanges: bool = false;
/** Has any cell a weight below 0? */
export let mayShort: bool = false;
let delay: i32 = 0;
let usesOfStops: i32 = 0;

@inline
export function executionBarOf(row: i32): i32 {
  return load<i32>(rowBar + <usize>row * 4) + delay;
}

/** First bar of window r, and the bar after its last. */
export function windowStart(r: i32): i32 {
  return r === 0 ? 0 : executionBarOf(r - 1) + 1;
}
export function windowEnd(r: i32): i32 {
  return r < rows ? min(executionBarOf(r), length) : length;
}

/** The first bar whose lows and highs belong to window r. */
export function rangeStart(r: i32): i32 {
  return atClose || r === 0 ? windowStart(r) : min(executionBarOf(r - 1), length);
}

/** The bar after the last whose lows and highs belong to window r. */
export function rangeEnd(r: i32): i32 {
  const end = windowEnd(r);
  return atClose ? min(end + 1, length) : end;
}

/** Prices at which the rows execute; called once a matrix and kind of execution. */
export function prepareRows(): void {
  delay = atClose ? 0 : 1;
  hasRowBars = hasRanges = false;
  usesOfStops = 0;
  const cells = <usize>load<i32>(rowStart + <usize>rows * 4);
  memory.fill(rowOrder, 0xff, cells * 4);
  mayShort = false;
  for (let c: usize = 0; c < cells; c++) if (load<f64>(cellWeight + c * 8) < 0) mayShort = true;
  const column = atClose ? closeColumn : openColumn;
  const step = <usize>length * 8;
  for (let r = 0; r < rows; r++) {
    const t = executionBarOf(r);
    if (t >= length) break;
    let to = rowPrice + <usize>r * 8 * <usize>stride;
    let from = column + <usize>t * 8;
    let last = lastCloseColumn + <usize>t * 8;
    let complete = true;
    for (let a = 0; a < assets; a++, from += step, last += step, to += 8) {
      const price = load<f64>(from);
      const missing = isNaN(price);
      store<f64>(to, missing ? load<f64>(last) : price);
      if (missing) complete = false;
    }
    if (stride > assets) store<f64>(to, 1);
    store<u8>(rowComplete + <usize>r, complete ? 1 : 0);
  }
}

/**
 * Makes ready what runs with stops share; ranges on the second use, since for a single run scanning is cheaper.
 *
 * @returns were the windows measured now?
 */
export function prepareForStops(): bool {
  if (!hasRowBars) collectRowBars();
  if (usesOfStops++ !== 1) return false;
  measureWindows();
  return true;
}

/** The columns lie asset after asset, so that one bar of all assets is far apart: collected once, read by every run. */
function collectRowBars(): void {
  hasRowBars = true;
  for (let r = 0; r < rows; r++) {
    const t = executionBarOf(r);
    if (t >= length) break;
    collectBar(rowBars + <usize>r * 32 * <usize>stride, t);
  }
}

/** Open, high, low and close of bar t of all assets, `stride` entries each. */
export function collectBar(to: usize, t: i32): void {
  const step = <usize>length * 8;
  const part = <usize>stride * 8;
  let i = <usize>t * 8;
  for (let a = 0; a < assets; a++, i += step, to += 8) {
    store<f64>(to, load<f64>(openColumn + i));
    store<f64>(to + part, load<f64>(highColumn + i));
    store<f64>(to + part * 2, load<f64>(lowColumn + i));
    store<f64>(to + part * 3, load<f64>(closeColumn + i));
  }
  if (stride === assets) return;
  for (let k = 0; k < 4; k++, to += part) store<f64>(to, NaN);
}

/**
 * Under `next_open` with the bar of the execution before a window, which positions opened at its open go through whole;
 * under `close` with that of the execution after it, on which stops act before the batch.
 */
function measureWindows(): void {
  hasRanges = true;
  for (let r = 0; r <= rows; r++) {
    const from = <usize>rangeStart(r) * 8;
    const to = <usize>rangeEnd(r) * 8;
    for (let a: usize = 0; a < <usize>assets; a++) {
      const first = a * 8 * <usize>length;
      measureRange(rangeAt(r, a), first + from, first + to);
    }
  }
}

/** Measures the bars whose lows and highs stand from `from` to `to` in their columns, two at a time; missing bars (NaN) are passed over. */
function measureRange(at: usize, from: usize, to: usize): void {
  const none = f64x2.splat(-Infinity);
  const all = f64x2.splat(Infinity);
  let lowest = all;
  let highest = none;
  let deepest = all;
  let steepest = none;
  for (let i = from; i < to; i += 16) {
    let low = v128.load(lowColumn + i);
    let high = v128.load(highColumn + i);
    if (i + 8 === to) {
      low = f64x2.replace_lane(low, 1, NaN);
      high = f64x2.replace_lane(high, 1, NaN);
    }
    const worst = f64x2.pmin(all, low);
    const best = f64x2.pmax(none, high);
    const peak = f64x2.pmax(highest, f64x2.pmax(best, v128.shuffle<f64>(none, best, 0, 2)));
    const trough = f64x2.pmin(lowest, f64x2.pmin(worst, v128.shuffle<f64>(all, worst, 0, 2)));
    deepest = f64x2.pmin(deepest, f64x2.div(low, peak));
    steepest = f64x2.pmax(steepest, f64x2.div(high, trough));
    highest = f64x2.pmax(highest, f64x2.pmax(best, v128.shuffle<f64>(best, best, 1, 0)));
    lowest = f64x2.pmin(lowest, f64x2.pmin(worst, v128.shuffle<f64>(worst, worst, 1, 0)));
  }
  store<f64>(at, f64x2.extract_lane(lowest, 0));
  store<f64>(at, f64x2.extract_lane(highest, 0), 16);
  store<f64>(at, min(f64x2.extract_lane(deepest, 0), f64x2.extract_lane(deepest, 1)), 32);
  store<f64>(at, max(f64x2.extract_lane(steepest, 0), f64x2.extract_lane(steepest, 1)), 48);
}

/** Range of an asset in window r: lowest low, and 16, 32 and 48 bytes on the others; the next asset's stand beside an even one's. */
@inline
export function rangeAt(r: i32, asset: usize): usize {
  return ranges + (<usize>r * <usize>stride + (asset & ~1)) * 32 + (asset & 1) * 8;
}
