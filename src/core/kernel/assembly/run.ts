import { executeBatch } from './batch';
import { forgetStay } from './book';
import { buildCodes } from './codes';
import { atClose, entryBarNever, initialCash, onConflict, readConfig, STOP_ONLY, usesStops } from './config';
import { findExits, findExitsOfDoubtful } from './find-exits';
import { clearDue, dropStopped, gatherBatch, nextBarOfWaiting, openWaiting, waitingCount } from './gather';
import {
  cellStopLoss,
  clearFlags,
  equity,
  exitKey,
  exitPrice,
  exitReason,
  length,
  openedNow,
  presentBar,
  rowBars,
  rowStart,
  rows,
  stoppedNow,
  stride,
} from './layout';
import { cash, countUnexecuted, openLedger } from './ledger';
import { listDoubtful, openWindows } from './list-doubtful';
import { dropHeld, listHeld, markExecution, markUpTo, noteUpTo, openMarks } from './mark';
import {
  collectBar,
  executionBarOf,
  hasRanges,
  hasRowBars,
  prepareForStops,
  rangeEnd,
  windowEnd,
  windowStart,
} from './schedule';
import { closes, setBar, stopsAtOpen, stopsIntrabar, takeExit } from './stops-on-bar';
import { enterTile, prepareTiles } from './tiles';

/** May the ranges of windows be used? */
let bounded: bool = false;
/** Exits that were listed and not yet taken, by time. */
let nextExit: usize = 0;
let endOfExits: usize = 0;

/** Runs one backtest from execution to execution; `runWindow` of window-engine.ts, step for step. */
export function simulate(): void {
  readConfig(cellStopLoss !== 0);
  openLedger();
  openWaiting();
  openMarks();
  store<f64>(equity - 8, initialCash);
  if (usesStops && prepareForStops()) buildCodes();
  prepareTiles();
  bounded = hasRanges && usesStops && (atClose || !entryBarNever);
  openWindows();
  let t = 0;
  let row = 0;
  let ruined = false;
  while (t < length && !ruined) {
    const due = row < rows ? executionBarOf(row) : length;
    const limit = min(due, length);
    const next = waitingCount > 0 ? nextBarOfWaiting(t, limit) : limit;
    const whole = bounded && t === windowStart(row) && next === windowEnd(row);
    // Under `close` stops act on the bar of the execution as on those before it.
    const early = whole && atClose;
    if (early || next > t) listExits(t, early ? rangeEnd(row) : next, whole ? row : -1, false);
    if (next > t) t = quietWindow(next);
    ruined = t < next;
    if (!ruined && t < length) {
      const window = executionBar(t, due === t ? row : -1, early);
      if (due === t) row++;
      const to = window >= 0 ? windowEnd(window) : t + 1;
      if (window >= 0) {
        listExits(t, to, window, true);
        t = quietWindow(to);
      } else if (!markExecution(t)) t = to;
      ruined = t < to;
    }
    if (ruined) t++;
  }
  if (!ruined) markUpTo(length);
  for (; t < length; t++) store<f64>(equity + <usize>t * 8, cash); // after ruin there is cash only
  countUnexecuted(
    <f64>(waitingCount + load<i32>(rowStart + <usize>rows * 4) - load<i32>(rowStart + <usize>row * 4)),
  );
}

/**
 * Steps 1 to 4 for a bar on which instructions may execute; `row` is due on it, −1 = only cells that waited.
 *
 * @param early were the exits of this bar listed with those before it?
 * @returns the window whose ranges tell of the rest of this bar and of those up to the next execution at once, or −1
 */
function executionBar(t: i32, row: i32, early: bool): i32 {
  markUpTo(t); // what could not ruin is still to be marked
  if (usesStops) {
    clearFlags(stoppedNow);
    if (entryBarNever) clearFlags(openedNow);
    const collected = row >= 0 && hasRowBars;
    setBar(collected ? rowBars + <usize>row * <usize>stride * 32 : presentBar);
    if (!collected) collectBar(presentBar, t);
  }
  let window = -1;
  if (atClose) {
    clearDue();
    if (early) while (nextExit < endOfExits) takeNextExit();
    else if (usesStops) {
      stopsAtOpen();
      stopsIntrabar();
    }
    gatherBatch(t, row);
    executeBatch(t, row, closes(), -1);
  } else {
    gatherBatch(t, row);
    if (usesStops) stopsAtOpen();
    if (onConflict === STOP_ONLY && usesStops) dropStopped();
    if (bounded && row >= 0 && waitingCount === 0) window = row + 1;
    executeBatch(t, row, closes(), window);
    if (usesStops && window < 0) {
      stopsIntrabar();
      forgetStay();
    }
  }
  if (row >= 0) enterTile(row + 1);
  listHeld();
  return window;
}

/**
 * Lists the exits of the bars of [from, to), on which no instruction executes.
 *
 * @param window that these bars are, where its ranges may be used, or −1
 * @param executed an execution stands at the open of `from`
 */
function listExits(from: i32, to: i32, window: i32, executed: bool): void {
  let count = 0;
  if (window >= 0) {
    listDoubtful(window);
    count = findExitsOfDoubtful(from, to, executed);
  } else if (usesStops) count = findExits(from, to);
  nextExit = exitKey;
  endOfExits = exitKey + <usize>count * 8;
}

/** The bars up to `to`, with the exits listed before it; returns `to`, or the bar of ruin. */
function quietWindow(to: i32): i32 {
  while (nextExit < endOfExits) {
    const at = <i32>(load<i64>(nextExit) >> 33);
    if (at >= to) break;
    const ruin = noteUpTo(at);
    if (ruin < at) return ruin;
    dropHeld(takeNextExit(), at);
  }
  return markUpTo(to);
}

/** Sells the asset of the exit that comes next, and tells which it was. */
@inline
function takeNextExit(): usize {
  const asset = <usize>load<u32>(nextExit);
  takeExit(asset, load<i32>(exitReason + asset * 4), load<f64>(exitPrice + asset * 8));
  nextExit += 8;
  return asset;
}
