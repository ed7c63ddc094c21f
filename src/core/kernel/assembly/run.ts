import { executeBatch } from './batch';
import {
  atClose,
  entryBarNever,
  INSTRUCTION,
  initialCash,
  onConflict,
  peakOfThisBar,
  readConfig,
  STOP_ONLY,
  usesStops,
} from './config';
import { findExit, staysQuiet } from './find-exit';
import { dropStopped, gatherBatch, nextBarOfWaiting, openWaiting, waitingCount } from './gather';
import {
  assets,
  cellStopLoss,
  equity,
  exitAsset,
  exitAt,
  exitPrice,
  exitReason,
  heldAsset,
  heldPosition,
  isDue,
  length,
  openedNow,
  peak,
  position,
  presentBar,
  rowBars,
  rowStart,
  rows,
  stoppedNow,
  stride,
} from './layout';
import { bookFill, cash, countUnexecuted, liftAllStops, markStopped, openLedger } from './ledger';
import { clearHeld, dropHeld, heldCount, listHeld, markSegment } from './mark';
import {
  collectBar,
  executionBarOf,
  hasRanges,
  hasRowBars,
  prepareForStops,
  windowEnd,
  windowStart,
} from './schedule';
import {
  barExit,
  exitFillPrice,
  foundPrice,
  foundReason,
  gapExit,
  isArmed,
  long,
  nextPeak,
  takeLevels,
} from './stops';

/** The present bar of all assets: open, high, low and close, `stride` entries each. */
let bar: usize = 0;

/** Runs one backtest from execution to execution; `runWindow` of window-engine.ts, step for step. */
export function simulate(): void {
  readConfig(cellStopLoss !== 0);
  openLedger();
  openWaiting();
  clearHeld();
  store<f64>(equity - 8, initialCash);
  if (usesStops) prepareForStops();
  const bounded = hasRanges && usesStops && !peakOfThisBar;
  let t = 0;
  let row = 0;
  let ruined = false;
  while (t < length && !ruined) {
    const due = row < rows ? executionBarOf(row) : length;
    const limit = min(due, length);
    const next = waitingCount > 0 ? nextBarOfWaiting(t, limit) : limit;
    if (next > t) {
      const known = bounded && t === windowStart(row) && next === windowEnd(row);
      t = quietWindow(t, next, known ? row : -1);
      ruined = t < next;
      if (ruined) t++;
    } else {
      ruined = executionBar(t, due === t ? row : -1);
      if (due === t) row++;
      t++;
    }
  }
  for (; t < length; t++) store<f64>(equity + <usize>t * 8, cash); // after ruin there is cash only
  countUnexecuted(
    <f64>(waitingCount + load<i32>(rowStart + <usize>rows * 4) - load<i32>(rowStart + <usize>row * 4)),
  );
}

/** Steps 1 to 5 for a bar on which instructions may execute; `row` is due on it, −1 = only cells that waited. */
function executionBar(t: i32, row: i32): bool {
  bar = presentBar;
  if (usesStops) {
    memory.fill(stoppedNow, 0, assets);
    memory.fill(openedNow, 0, assets);
    if (row >= 0 && hasRowBars) bar = rowBars + <usize>row * 32 * <usize>stride;
    else collectBar(bar, t);
  }
  if (atClose) {
    if (usesStops) {
      stopsAtOpen(t);
      stopsIntrabar(t);
      trailPeaks();
    }
    gatherBatch(t, row);
    executeBatch(t, row, bar + <usize>stride * 24);
  } else {
    gatherBatch(t, row);
    if (usesStops) stopsAtOpen(t);
    if (onConflict === STOP_ONLY && usesStops) dropStopped();
    executeBatch(t, row, bar + <usize>stride * 24);
    if (usesStops) {
      stopsIntrabar(t);
      trailPeaks();
    }
  }
  listHeld();
  return markSegment(t, t + 1) === t;
}

@inline
function openOf(asset: usize): f64 {
  return load<f64>(bar + asset * 8);
}

@inline
function highOf(asset: usize): f64 {
  return load<f64>(bar + (<usize>stride + asset) * 8);
}

@inline
function lowOf(asset: usize): f64 {
  return load<f64>(bar + (2 * <usize>stride + asset) * 8);
}

@inline
function closeOf(asset: usize): f64 {
  return load<f64>(bar + (3 * <usize>stride + asset) * 8);
}

/** Step 1 (a): gaps of stops armed before this bar; under `stop_only` its whole range. */
function stopsAtOpen(t: i32): void {
  for (let asset: usize = 0; asset < <usize>assets; asset++) {
    if (!isArmed(asset) || isNaN(closeOf(asset))) continue;
    if (onConflict === INSTRUCTION && load<u8>(isDue + asset) !== 0) continue;
    takeLevels(asset);
    if (
      gapExit(openOf(asset)) ||
      (onConflict === STOP_ONLY && barExit(openOf(asset), highOf(asset), lowOf(asset), closeOf(asset)))
    ) {
      takeExit(t, asset, foundReason, foundPrice);
    }
  }
}

/** Step 2: every armed position against the range of this bar. */
function stopsIntrabar(t: i32): void {
  for (let asset: usize = 0; asset < <usize>assets; asset++) {
    if (!isArmed(asset) || isNaN(closeOf(asset))) continue;
    if (entryBarNever && load<u8>(openedNow + asset) !== 0) continue;
    takeLevels(asset);
    if (barExit(openOf(asset), highOf(asset), lowOf(asset), closeOf(asset))) {
      takeExit(t, asset, foundReason, foundPrice);
    }
  }
}

function takeExit(t: i32, asset: usize, reason: i32, price: f64): void {
  const held = load<f64>(position + asset * 8);
  bookFill(asset, -held, price, exitFillPrice(reason, price, held > 0), reason);
  markStopped(asset);
  store<u8>(stoppedNow + asset, 1);
}

/** Step 4, before a batch at the close: peaks set there must not see the bar that led to them. */
function trailPeaks(): void {
  for (let asset: usize = 0; asset < <usize>assets; asset++) {
    const held = load<f64>(position + asset * 8);
    if (held === 0 || isNaN(closeOf(asset))) continue;
    if (entryBarNever && load<u8>(openedNow + asset) !== 0) continue;
    const at = peak + asset * 8;
    const from = load<f64>(at);
    store<f64>(at, held > 0 ? max(highOf(asset), from) : min(lowOf(asset), from));
  }
}

/**
 * All bars of [from, to): no instruction executes, stops may act.
 *
 * @param window whose ranges may be used, or −1
 * @returns `to`, or the bar of ruin
 */
function quietWindow(from: i32, to: i32, window: i32): i32 {
  const exits = usesStops ? findExits(from, to, window) : 0;
  let t = from;
  for (let k: usize = 0; k < <usize>exits; ) {
    const at = load<i32>(exitAt + k * 4) >> 1;
    const ruin = markSegment(t, at);
    if (ruin < at) return ruin;
    for (; k < <usize>exits && load<i32>(exitAt + k * 4) >> 1 === at; k++) {
      const asset = <usize>load<i32>(exitAsset + k * 4);
      takeExit(at, asset, load<i32>(exitReason + k * 4), load<f64>(exitPrice + k * 8));
      dropHeld(asset);
    }
    t = at;
  }
  return markSegment(t, to);
}

/** Finds the exits of all held assets in [from, to), in the order in which they happen; returns their number. */
function findExits(from: i32, to: i32, window: i32): i32 {
  const mayArm = cellStopLoss !== 0;
  let count = 0;
  for (let k: usize = 0; k < <usize>heldCount; k++) {
    if (load<f64>(heldPosition + k * 8) === 0) continue;
    const asset = <usize>load<i32>(heldAsset + k * 4);
    // An instruction to come may arm the asset: then its peak must be known.
    if (!isArmed(asset) && !mayArm) continue;
    takeLevels(asset);
    if (window >= 0 && staysQuiet(asset, window)) continue;
    const found = findExit(asset, from, to);
    // `stop_only` tests the whole bar in one step: there an exit at the open comes no earlier.
    if (found >= 0) insertExit(count++, onConflict === STOP_ONLY ? found & ~1 : found, <i32>asset);
  }
  return count;
}

/** Keeps the exits sorted by time; assets come in ascending, so ties stay by asset. */
function insertExit(count: i32, at: i32, asset: i32): void {
  let j = <usize>count;
  while (j > 0 && load<i32>(exitAt + (j - 1) * 4) > at) {
    store<i32>(exitAt + j * 4, load<i32>(exitAt + (j - 1) * 4));
    store<i32>(exitAsset + j * 4, load<i32>(exitAsset + (j - 1) * 4));
    store<i32>(exitReason + j * 4, load<i32>(exitReason + (j - 1) * 4));
    store<f64>(exitPrice + j * 8, load<f64>(exitPrice + (j - 1) * 8));
    j--;
  }
  store<i32>(exitAt + j * 4, at);
  store<i32>(exitAsset + j * 4, asset);
  store<i32>(exitReason + j * 4, foundReason);
  store<f64>(exitPrice + j * 8, foundPrice);
}
