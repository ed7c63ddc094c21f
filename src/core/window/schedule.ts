import type { Bars } from '../bars.ts';
import { type StopLevels, stopLossLevel, takeProfitLevel, trailingLevel } from '../execution/stops.ts';
import type { InstructionMatrix } from '../instructions.ts';

/**
 * What the runs that share an instruction matrix share besides: the prices at its rows, and its quiet windows, the
 * bars between two executions, in which nothing but a stop can happen.
 *
 * Window r ends before the bar on which row r executes; the last one ends with the bars. Per window and asset it
 * keeps the range, so that "no stop acts here" is known without looking at the bars.
 */
export interface Schedule {
  readonly matrix: InstructionMatrix;
  /** 1 where instructions execute at the open after their decision, 0 at the close of it. */
  readonly delay: number;
  /** Price at which row r executes, before slippage, at `r · N + asset`; the last close where the asset has no bar. */
  readonly rowPrice: Float64Array;
  /** [R], 1 = all assets have a bar when row r executes. */
  readonly rowComplete: Uint8Array;
  /** Open, high, low and close of the bar on which row r executes, at `4 · (r · N + asset)`; null until stops need it. */
  rowBar: Float64Array | null;
  /** Lowest low and highest high of the window, at `window · N + asset`; null until a second run wants stops. */
  range: WindowRange | null;
  uses: number;
}

interface WindowRange {
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
  /** Lowest low relative to the highest high of the window's bars before it; 1 / of that for shorts. */
  readonly deepest: Float64Array;
  readonly steepest: Float64Array;
}

/** Rounding of a level is far below it: in doubt the bars are looked at. */
const SLACK = 1e-12;

export function createSchedule(matrix: InstructionMatrix, delay: number, bars: Bars): Schedule {
  const { rowBar } = matrix;
  const assets = bars.symbols.length;
  const column = delay === 0 ? bars.close : bars.open;
  const rowPrice = new Float64Array(rowBar.length * assets);
  const rowComplete = new Uint8Array(rowBar.length);
  for (let r = 0; r < rowBar.length; r++) {
    const t = rowBar[r]! + delay;
    if (t >= bars.length) break;
    rowComplete[r] = 1;
    for (let a = 0, i = t; a < assets; a++, i += bars.length) {
      const price = column[i]!;
      const missing = Number.isNaN(price);
      rowPrice[r * assets + a] = missing ? bars.lastClose[i]! : price;
      if (missing) rowComplete[r] = 0;
    }
  }
  return { matrix, delay, rowPrice, rowComplete, rowBar: null, range: null, uses: 0 };
}

/** First bar of window r. */
export function windowStart(schedule: Schedule, r: number): number {
  return r === 0 ? 0 : schedule.matrix.rowBar[r - 1]! + schedule.delay + 1;
}

/** The bar after the last of window r. */
export function windowEnd(schedule: Schedule, r: number, length: number): number {
  const { rowBar } = schedule.matrix;
  return r < rowBar.length ? Math.min(rowBar[r]! + schedule.delay, length) : length;
}

/**
 * Makes ready what runs with stops share: the bars of the rows, and on the second use the ranges of the windows, since
 * for a single run looking at the bars is cheaper.
 */
export function prepareForStops(schedule: Schedule, bars: Bars): void {
  schedule.rowBar ??= barsOfRows(schedule, bars);
  if (schedule.uses++ === 1) schedule.range = rangesOfWindows(schedule, bars);
}

/** The columns lie asset after asset, so that one bar of all assets is far apart: collected once, read by every run. */
function barsOfRows({ matrix, delay }: Schedule, bars: Bars): Float64Array {
  const assets = bars.symbols.length;
  const rows = new Float64Array(4 * matrix.rowBar.length * assets);
  for (let r = 0, at = 0; r < matrix.rowBar.length; r++) {
    const t = matrix.rowBar[r]! + delay;
    if (t >= bars.length) break;
    for (let a = 0, i = t; a < assets; a++, i += bars.length, at += 4) {
      rows[at] = bars.open[i]!;
      rows[at + 1] = bars.high[i]!;
      rows[at + 2] = bars.low[i]!;
      rows[at + 3] = bars.close[i]!;
    }
  }
  return rows;
}

function rangesOfWindows(schedule: Schedule, bars: Bars): WindowRange {
  const windows = schedule.matrix.rowBar.length + 1;
  const assets = bars.symbols.length;
  const range: WindowRange = {
    lowest: new Float64Array(windows * assets),
    highest: new Float64Array(windows * assets),
    deepest: new Float64Array(windows * assets),
    steepest: new Float64Array(windows * assets),
  };
  for (let r = 0; r < windows; r++) {
    const from = windowStart(schedule, r);
    const to = windowEnd(schedule, r, bars.length);
    for (let a = 0; a < assets; a++) {
      measureWindow(range, r * assets + a, bars.low, bars.high, a * bars.length + from, a * bars.length + to);
    }
  }
  return range;
}

function measureWindow(
  range: WindowRange,
  at: number,
  low: Float64Array,
  high: Float64Array,
  from: number,
  to: number,
): void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let deepest = Number.POSITIVE_INFINITY;
  let steepest = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const l = low[i]!;
    const h = high[i]!;
    if (Number.isNaN(l)) continue;
    if (l / highest < deepest && highest > 0) deepest = l / highest;
    if (h / lowest > steepest) steepest = h / lowest;
    if (l < lowest) lowest = l;
    if (h > highest) highest = h;
  }
  range.lowest[at] = lowest;
  range.highest[at] = highest;
  range.deepest[at] = deepest;
  range.steepest[at] = steepest;
}

/**
 * Can it be told from the ranges alone that no stop of this position acts in window r? If so, its peak is moved.
 *
 * Only under `trailingPeak: previous_bars`: there the trailing level of a bar comes from the bars before it.
 */
export function staysQuiet(range: WindowRange, at: number, levels: StopLevels): boolean {
  const lowest = range.lowest[at]!;
  const highest = range.highest[at]!;
  if (levels.long) {
    if (
      lowest <= stopLossLevel(levels) ||
      lowest <= trailingLevel(levels, levels.peak) ||
      highest >= takeProfitLevel(levels) ||
      range.deepest[at]! <= (1 - levels.trailingStop) * (1 + SLACK)
    ) {
      return false;
    }
    if (highest > levels.peak) levels.peak = highest;
    return true;
  }
  if (
    highest >= stopLossLevel(levels) ||
    highest >= trailingLevel(levels, levels.peak) ||
    lowest <= takeProfitLevel(levels) ||
    range.steepest[at]! >= (1 + levels.trailingStop) * (1 - SLACK)
  ) {
    return false;
  }
  if (lowest < levels.peak) levels.peak = lowest;
  return true;
}
