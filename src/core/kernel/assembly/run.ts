import { executeBatch } from './batch';
import {
  atClose,
  entryBarNever,
  initialCash,
  onConflict,
  peakOfThisBar,
  readConfig,
  STOP_ONLY,
  usesStops,
} from './config';
import { findExits, findExitsOfDoubtful, listDoubtful, openWindows } from './find-exits';
import { clearDue, dropStopped, gatherBatch, nextBarOfWaiting, openWaiting, waitingCount } from './gather';
import {
  assets,
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
import { dropHeld, listHeld, markExecution, markUpTo, noteUpTo, openMarks } from './mark';
import {
  collectBar,
  executionBarOf,
  hasRanges,
  hasRowBars,
  prepareForStops,
  windowEnd,
  windowStart,
} from './schedule';
import { closes, setBar, stopsAtOpen, stopsIntrabar, takeExit } from './stops-on-bar';
import { enterTile, prepareTiles } from './tiles';

/** May the ranges of windows be used? */
let bounded: bool = false;

/** Runs one backtest from execution to execution; `runWindow` of window-engine.ts, step for step. */
export function simulate(): void {
  readConfig(cellStopLoss !== 0);
  openLedger();
  openWaiting();
  openMarks();
  store<f64>(equity - 8, initialCash);
  if (usesStops) prepareForStops();
  prepareTiles(usesStops);
  bounded = hasRanges && usesStops && !peakOfThisBar && (atClose || !entryBarNever);
  openWindows();
  let t = 0;
  let row = 0;
  let ruined = false;
  while (t < length && !ruined) {
    const due = row < rows ? executionBarOf(row) : length;
    const limit = min(due, length);
    const next = waitingCount > 0 ? nextBarOfWaiting(t, limit) : limit;
    if (next > t) {
      const whole = bounded && t === windowStart(row) && next === windowEnd(row);
      t = quietWindow(t, next, whole ? row : -1, false);
      ruined = t < next;
      if (ruined) t++;
    } else {
      const window = executionBar(t, due === t ? row : -1);
      if (due === t) row++;
      const to = window >= 0 ? windowEnd(window) : t + 1;
      if (window >= 0) t = quietWindow(t, to, window, true);
      else if (!markExecution(t)) t = to;
      ruined = t < to;
      if (ruined) t++;
    }
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
 * @returns the window whose ranges tell of the rest of this bar and of those up to the next execution at once, or −1
 */
function executionBar(t: i32, row: i32): i32 {
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
    if (usesStops) {
      clearDue();
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
    if (usesStops && window < 0) stopsIntrabar();
  }
  if (row >= 0) enterTile(row + 1);
  listHeld();
  return window;
}

/**
 * The bars of [from, to): no instruction executes any more, stops may act.
 *
 * @param window that these bars are, where its ranges may be used, or −1
 * @param executed an execution stands at the open of `from`
 * @returns `to`, or the bar of ruin
 */
function quietWindow(from: i32, to: i32, window: i32, executed: bool): i32 {
  let exits = 0;
  if (window >= 0) {
    listDoubtful(window);
    exits = findExitsOfDoubtful(from, to, executed);
  } else if (usesStops) exits = findExits(from, to);
  const end = exitKey + <usize>exits * 8;
  for (let k = exitKey; k < end; k += 8) {
    const key = load<i64>(k);
    const at = <i32>(key >> 33);
    const asset = <usize>(key & 0x7fffffff);
    const ruin = noteUpTo(at);
    if (ruin < at) return ruin;
    takeExit(asset, load<i32>(exitReason + asset * 4), load<f64>(exitPrice + asset * 8));
    dropHeld(asset, at);
  }
  return markUpTo(to);
}
