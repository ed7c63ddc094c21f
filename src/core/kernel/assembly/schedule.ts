import { deep, high, low, measureRange, openBlocks, prepareBlocks, steep } from './blocks';
import { atClose } from './config';
import {
  assets,
  cellWeight,
  closeColumn,
  deepest,
  highColumn,
  highest,
  lastCloseColumn,
  length,
  lowColumn,
  lowest,
  openColumn,
  rowBar,
  rowBars,
  rowComplete,
  rowOrder,
  rowPrice,
  rowStart,
  rows,
  steepest,
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

/** The bar after the last whose lows and highs belong to window r. */
export function rangeEnd(r: i32): i32 {
  const end = windowEnd(r);
  return atClose ? min(end + 1, length) : end;
}

/** Prices at which the rows execute; called once a matrix and kind of execution. */
export function prepareRows(): void {
  delay = atClose ? 0 : 1;
  hasRowBars = hasRanges = false;
  openBlocks();
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

/** Makes ready what runs with stops share; ranges on the second use, since for a single run scanning is cheaper. */
export function prepareForStops(): void {
  if (!hasRowBars) collectRowBars();
  if (usesOfStops++ !== 1) return;
  measureWindows();
  prepareBlocks();
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
    const from = <usize>(atClose || r === 0 ? windowStart(r) : min(executionBarOf(r - 1), length)) * 8;
    const to = <usize>rangeEnd(r) * 8;
    for (let a = 0; a < assets; a++) {
      const first = <usize>a * 8 * <usize>length;
      const at = (<usize>r * <usize>stride + <usize>a) * 8;
      measureRange(first + from, first + to);
      store<f64>(lowest + at, low);
      store<f64>(highest + at, high);
      store<f64>(deepest + at, deep);
      store<f64>(steepest + at, steep);
    }
  }
}
