import { slippedPrice } from './execution/costs.ts';
import {
  bookExit,
  bookStopExit,
  isArmed,
  levelsOf,
  openLedger,
  portfolioValue,
  type RunTotals,
} from './execution/ledger.ts';
import { grossExposure, raiseLeverage } from './execution/mark.ts';
import type { RunLog } from './execution/run-log.ts';
import { barExit, exitFillPrice, gapExit, nextPeak, RUIN } from './execution/stops.ts';
import type { FillModel } from './fill-model.ts';
import type { InstructionMatrix } from './instructions.ts';
import type { RunConfig } from './run-config.ts';
import { addOne, addPositions } from './window/accumulate.ts';
import { executeBatch } from './window/execute-batch.ts';
import { findExit } from './window/find-exit.ts';
import { dropStopped, gatherBatch } from './window/gather-batch.ts';
import { createSchedule, prepareForStops, staysQuiet, windowEnd, windowStart } from './window/schedule.ts';
import { hasBar, listHeld, takeBar, type Workspace } from './window/workspace.ts';

/**
 * Runs one backtest from execution to execution, bit for bit the event engine.
 *
 * Sweeps take the kernel (kernel/), which is this engine compiled; here runs what wants a log, what the kernel does not
 * cover, and what it is compared with.
 *
 * A bar on which a batch may execute goes through the steps of section 3 one by one; all bars between two of them are
 * one window, in which only stops can act: they are found asset by asset, then equity is accumulated up to each exit.
 * Leaves the equity at every close in `ws.equity` and the book in `ws.ledger`; valid until the next run.
 *
 * @param log receives every fill, or null
 */
export function runWindow(
  matrix: InstructionMatrix,
  config: RunConfig,
  ws: Workspace,
  log: RunLog | null = null,
): RunTotals {
  const { bars, ledger } = ws;
  const { rowBar } = matrix;
  const T = bars.length;
  const delay = config.fill.execution === 'close' ? 0 : 1;
  begin(ws, matrix, config, delay);
  const bounded = ws.schedule!.range !== null && config.fill.trailingPeak === 'previous_bars';
  let t = 0;
  let row = 0;
  let ruined = false;
  while (t < T && !ruined) {
    const due = row < rowBar.length ? rowBar[row]! + delay : T;
    const next = ws.waitingCount > 0 ? nextBarOfWaiting(ws, t, Math.min(due, T)) : Math.min(due, T);
    if (next > t) {
      const known =
        bounded && t === windowStart(ws.schedule!, row) && next === windowEnd(ws.schedule!, row, T);
      t = quietWindow(ws, config, t, next, known ? row : -1, log);
      ruined = t < next;
      if (ruined) t++;
    } else {
      ruined = executionBar(ws, matrix, config, t, due === t ? row : -1, log);
      if (due === t) row++;
      t++;
    }
  }
  if (ruined) endRuined(ws, t);
  ledger.totals.unexecuted += ws.waitingCount + matrix.cellAsset.length - matrix.rowStart[row]!;
  return ledger.totals;
}

function begin(ws: Workspace, matrix: InstructionMatrix, config: RunConfig, delay: number): void {
  openLedger(ws.ledger, config.cash);
  ws.waitingCell.fill(-1);
  ws.waitingCount = 0;
  ws.heldCount = 0;
  ws.shortCount = 0;
  ws.stoppedCount = 0;
  if (ws.schedule?.matrix !== matrix || ws.schedule.delay !== delay)
    ws.schedule = createSchedule(matrix, delay, ws.bars);
  const { stopLoss, trailingStop, takeProfit } = config.stops;
  ws.usesStops =
    matrix.cellStops !== null ||
    !(Number.isNaN(stopLoss) && Number.isNaN(trailingStop) && Number.isNaN(takeProfit));
  if (ws.usesStops) prepareForStops(ws.schedule, ws.bars);
}

/** The first bar in [t, end) on which an asset that an instruction waits for has a bar; `end` if none. */
function nextBarOfWaiting(ws: Workspace, t: number, end: number): number {
  let next = end;
  for (let a = 0; a < ws.waitingCell.length; a++) {
    if (ws.waitingCell[a] === -1) continue;
    let bar = t;
    while (bar < next && !hasBar(ws.bars, a, bar)) bar++;
    next = bar;
  }
  return next;
}

/** Steps 1 to 5 for a bar on which instructions may execute; `row` is due on it, -1 = only cells that waited. */
function executionBar(
  ws: Workspace,
  matrix: InstructionMatrix,
  config: RunConfig,
  t: number,
  row: number,
  log: RunLog | null,
): boolean {
  const { fill } = config;
  if (ws.usesStops) {
    ws.stoppedNow.fill(0);
    ws.openedNow.fill(0);
    takeBar(ws, t, row);
  }
  if (fill.execution === 'next_open') {
    gatherBatch(ws, matrix, config, t, row);
    if (ws.usesStops) stopsAtOpen(ws, config, t, log);
    if (fill.onConflict === 'stop_only' && ws.usesStops) dropStopped(ws);
    executeBatch(ws, matrix, config, t, row, log);
    if (ws.usesStops) stopsIntrabar(ws, config, t, log);
    if (ws.usesStops) trailPeaks(ws, fill);
  } else {
    if (ws.usesStops) stopsAtOpen(ws, config, t, log);
    if (ws.usesStops) stopsIntrabar(ws, config, t, log);
    if (ws.usesStops) trailPeaks(ws, fill);
    gatherBatch(ws, matrix, config, t, row);
    executeBatch(ws, matrix, config, t, row, log);
  }
  listHeld(ws);
  return markSegment(ws, config, t, t + 1, log) === t;
}

/** Step 1 (a): gaps of stops armed before this bar; under `stop_only` its whole range. */
function stopsAtOpen(ws: Workspace, config: RunConfig, t: number, log: RunLog | null): void {
  const { ledger, exit, open, high, low, close } = ws;
  const { fill } = config;
  for (let k = 0; k < ws.heldCount; k++) {
    const asset = ws.held[k]!;
    if (!isArmed(ledger, asset) || Number.isNaN(close[asset]!)) continue;
    if (fill.onConflict === 'instruction' && ws.dueCell[asset] !== -1) continue;
    const levels = levelsOf(ledger, asset, ws.levels);
    if (
      gapExit(fill, levels, open[asset]!, exit) ||
      (fill.onConflict === 'stop_only' &&
        barExit(fill, levels, open[asset]!, high[asset]!, low[asset]!, close[asset]!, exit))
    ) {
      takeExit(ws, config, t, asset, exit.reason, exit.price, log);
    }
  }
}

/** Step 2: every armed position against the range of this bar. */
function stopsIntrabar(ws: Workspace, config: RunConfig, t: number, log: RunLog | null): void {
  const { ledger, exit, open, high, low, close } = ws;
  const { fill } = config;
  for (let asset = 0; asset < open.length; asset++) {
    if (!isArmed(ledger, asset) || Number.isNaN(close[asset]!)) continue;
    if (ws.openedNow[asset] === 1 && fill.entryBar === 'never') continue;
    const levels = levelsOf(ledger, asset, ws.levels);
    if (barExit(fill, levels, open[asset]!, high[asset]!, low[asset]!, close[asset]!, exit)) {
      takeExit(ws, config, t, asset, exit.reason, exit.price, log);
    }
  }
}

function takeExit(
  ws: Workspace,
  config: RunConfig,
  t: number,
  asset: number,
  reason: number,
  price: number,
  log: RunLog | null,
): void {
  const long = ws.ledger.position[asset]! > 0;
  const fillPrice = exitFillPrice(config.fill, reason, price, long, config.slippage);
  bookStopExit(ws.ledger, config, t, asset, price, fillPrice, reason, log);
  ws.stoppedNow[asset] = 1;
}

/** Step 4, before a batch at the close: peaks set there must not see the bar that led to them. */
function trailPeaks(ws: Workspace, fill: FillModel): void {
  const { ledger, high, low, close } = ws;
  const { position, peak } = ledger;
  for (let asset = 0; asset < position.length; asset++) {
    if (position[asset] === 0 || Number.isNaN(close[asset]!)) continue;
    if (ws.openedNow[asset] === 1 && fill.entryBar === 'never') continue;
    peak[asset] = nextPeak(position[asset]! > 0, peak[asset]!, high[asset]!, low[asset]!);
  }
}

/**
 * All bars of [from, to): no instruction executes, stops may act.
 *
 * @param window number of the window whose ranges may be used, or -1
 * @returns `to`, or the bar of ruin
 */
function quietWindow(
  ws: Workspace,
  config: RunConfig,
  from: number,
  to: number,
  window: number,
  log: RunLog | null,
): number {
  const exits = ws.usesStops ? findExits(ws, config, from, to, window) : 0;
  let t = from;
  for (let k = 0; k < exits; ) {
    const bar = Math.floor(ws.exitAt[k]! / 2);
    const ruin = markSegment(ws, config, t, bar, log);
    if (ruin < bar) return ruin;
    while (k < exits && Math.floor(ws.exitAt[k]! / 2) === bar) {
      takeExit(ws, config, bar, ws.exitAsset[k]!, ws.exitReason[k]!, ws.exitPrice[k]!, log);
      k++;
    }
    listHeld(ws);
    t = bar;
  }
  return markSegment(ws, config, t, to, log);
}

/** Finds the exits of all held assets in [from, to), in the order in which they happen; returns their number. */
function findExits(ws: Workspace, config: RunConfig, from: number, to: number, window: number): number {
  const { bars, ledger, levels, exit } = ws;
  const { fill } = config;
  const range = window < 0 ? null : ws.schedule!.range;
  const mayArm = ws.schedule!.matrix.cellStops !== null;
  const N = bars.symbols.length;
  let count = 0;
  for (let k = 0; k < ws.heldCount; k++) {
    const asset = ws.held[k]!;
    // An instruction to come may arm the asset: then its peak must be known.
    if (!isArmed(ledger, asset) && !mayArm) continue;
    levelsOf(ledger, asset, levels);
    if (range === null || !staysQuiet(range, window * N + asset, levels)) {
      const found = findExit(bars, asset * bars.length, from, to, fill, levels, exit);
      // `stop_only` tests the whole bar in one step: there an exit at the open comes no earlier.
      if (found >= 0) {
        insertExit(ws, count++, fill.onConflict === 'stop_only' ? found - (found % 2) : found, asset);
      }
    }
    ledger.peak[asset] = levels.peak;
  }
  return count;
}

/** Keeps the exits sorted by time; assets come in ascending, so ties stay by asset. */
function insertExit(ws: Workspace, count: number, at: number, asset: number): void {
  const { exitAt, exitAsset, exitReason, exitPrice } = ws;
  let j = count;
  while (j > 0 && exitAt[j - 1]! > at) {
    exitAt[j] = exitAt[j - 1]!;
    exitAsset[j] = exitAsset[j - 1]!;
    exitReason[j] = exitReason[j - 1]!;
    exitPrice[j] = exitPrice[j - 1]!;
    j--;
  }
  exitAt[j] = at;
  exitAsset[j] = asset;
  exitReason[j] = ws.exit.reason;
  exitPrice[j] = ws.exit.price;
}

/**
 * Step 5 for the bars of [from, to), on which positions and cash do not change: equity, exposure, leverage, ruin.
 *
 * @returns `to`, or the bar of ruin, whose equity is then that after closing all positions
 */
function markSegment(ws: Workspace, config: RunConfig, from: number, to: number, log: RunLog | null): number {
  if (to <= from) return to;
  const { bars, ledger, equity, heldCount } = ws;
  const { cash, position } = ledger;
  equity.fill(cash, from, to);
  addPositions(equity, from, to, bars.lastClose, bars.length, position, ws.held, heldCount);
  let end = to;
  // Longs bought with money at hand are worth more than nothing.
  const cannotRuin = cash >= 0 && ws.shortCount === 0 && (heldCount > 0 || cash > 0);
  if (config.fill.ruin === 'close' && !cannotRuin) end = firstRuin(equity, from, to);
  countBars(ws, from, end);
  if (end < to) ruin(ws, config, end, log);
  return end;
}

function firstRuin(equity: Float64Array, from: number, to: number): number {
  let t = from;
  while (t < to && equity[t]! > 0) t++;
  return t;
}

/** Exposure, leverage and bars stopped out of the segment [from, to). */
function countBars(ws: Workspace, from: number, to: number): void {
  const { bars, ledger, equity, shorts } = ws;
  const { cash, position, totals } = ledger;
  totals.barsStopped += ws.stoppedCount * (to - from);
  if (ws.heldCount === 0) return;
  totals.barsExposed += to - from;
  if (ws.shortCount === 0) {
    for (let t = from; t < to; t++) raiseLeverage(totals, grossExposure(equity[t]!, cash, 0), equity[t]!);
    return;
  }
  shorts.fill(0, from, to);
  for (let k = 0; k < ws.heldCount; k++) {
    const asset = ws.held[k]!;
    if (position[asset]! < 0) addOne(shorts, from, to, bars.lastClose, asset * bars.length, position[asset]!);
  }
  for (let t = from; t < to; t++) {
    raiseLeverage(totals, grossExposure(equity[t]!, cash, shorts[t]!), equity[t]!);
  }
}

/** Closes all positions at their last close on the bar of ruin; nothing trades again. */
function ruin(ws: Workspace, config: RunConfig, t: number, log: RunLog | null): void {
  const { bars, ledger } = ws;
  for (let k = 0; k < ws.heldCount; k++) {
    const asset = ws.held[k]!;
    const position = ledger.position[asset]!;
    const price = bars.lastClose[asset * bars.length + t]!;
    const fillPrice = slippedPrice(price, position < 0, config.slippage);
    bookExit(ledger, config, t, asset, price, fillPrice, RUIN, log);
  }
  ledger.stopped.fill(0);
  ws.equity[t] = portfolioValue(ledger, bars.lastClose, t, bars.length);
}

/** After ruin there is cash only, and every instruction left is unexecuted. */
function endRuined(ws: Workspace, from: number): void {
  ws.equity.fill(ws.ledger.cash, from);
}
