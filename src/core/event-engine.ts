import type { Bars } from './bars.ts';
import { dropStopped, dueCells, executeBatch } from './event/batch.ts';
import type { Cell, EventHandlers, PortfolioView } from './event/engine-event.ts';
import { createBarOfAssets, emitFill, hasBar, liftStop, type Run } from './event/run.ts';
import { slippedPrice } from './execution/costs.ts';
import {
  bookExit,
  bookStopExit,
  createLedger,
  isArmed,
  type Ledger,
  levelsOf,
  openLedger,
  portfolioValue,
} from './execution/ledger.ts';
import { grossExposure, raiseLeverage } from './execution/mark.ts';
import { createRunLog, type RunLog } from './execution/run-log.ts';
import { barExit, exitFillPrice, gapExit, nextPeak, REASONS, RUIN } from './execution/stops.ts';
import type { InstructionMatrix } from './instructions.ts';
import type { RunConfig } from './run-config.ts';

/** The outcome of one run with everything it did. */
export interface Simulation {
  /** At each close; [T] */
  readonly equity: Float64Array;
  readonly ledger: Ledger;
  readonly log: RunLog;
}

/**
 * Runs one backtest bar by bar: the readable reference, one function a step of section 3 of the semantics.
 *
 * @param matrix its rows are the rebalance events; nothing else is asked for instructions
 */
export function runEvents(
  bars: Bars,
  matrix: InstructionMatrix,
  config: RunConfig,
  handlers: EventHandlers = {},
): Simulation {
  const ledger = createLedger(bars.symbols.length);
  openLedger(ledger, config.cash);
  const run: Run = {
    bars,
    config,
    ledger,
    log: createRunLog(),
    emit: handlers.onEvent?.bind(handlers),
    t: 0,
    now: createBarOfAssets(bars.symbols.length),
    waiting: new Map(),
    stoppedNow: new Set(),
    openedNow: new Set(),
    levels: {
      long: true,
      stopLoss: Number.NaN,
      trailingStop: Number.NaN,
      takeProfit: Number.NaN,
      base: 0,
      peak: 0,
    },
    exit: { reason: 0, price: 0 },
  };
  const equity = new Float64Array(bars.length);
  const atClose = config.fill.execution === 'close';
  // A handler may bring stops of its own.
  const withStops = handlers.onRebalance !== undefined || usesStops(matrix, config);
  let row = 0;
  let decided: readonly Cell[] = [];
  let ruined = false;

  for (let t = 0; t < bars.length; t++) {
    run.emit?.({ type: 'BarOpened', bar: t });
    run.t = t;
    run.stoppedNow.clear();
    run.openedNow.clear();

    if (!ruined) {
      const due = atClose ? [] : dueCells(run, decided);
      decided = [];
      if (withStops) stopsAtOpen(run, t, due);
      if (!atClose) executeBatch(run, t, due);
      if (withStops) stopsIntrabar(run, t);
    }
    if (row < matrix.rowBar.length && matrix.rowBar[row] === t) {
      const cells = rowCells(matrix, row++, config);
      decided = handlers.onRebalance?.(t, cells, portfolioView(run)) ?? cells;
      if (ruined) {
        ledger.totals.unexecuted += decided.length;
        decided = [];
      }
    }
    if (!ruined) {
      if (withStops) trailPeaks(run);
      if (atClose) {
        executeBatch(run, t, dueCells(run, decided));
        decided = [];
      }
    }
    equity[t] = markEquity(run);
    if (!ruined && equity[t]! <= 0 && config.fill.ruin === 'close') {
      ruined = true;
      equity[t] = closeAll(run, t);
      ledger.totals.unexecuted += run.waiting.size + decided.length;
      run.waiting.clear();
      decided = [];
    }
    countBar(run, equity[t]!);
    run.emit?.({ type: 'EquityMarked', bar: t, equity: equity[t]!, cash: ledger.cash });
  }
  ledger.totals.unexecuted += run.waiting.size + decided.length;
  return { equity, ledger, log: run.log };
}

/** The cells of one row of the matrix, with their stops resolved against the run's defaults. */
function rowCells(matrix: InstructionMatrix, row: number, config: RunConfig): Cell[] {
  const cells: Cell[] = [];
  const isEvent = matrix.carried === null || matrix.carried[row] === 0;
  const stopOf = (name: keyof RunConfig['stops'], c: number) => {
    const own = matrix.cellStops?.[name][c] ?? Number.NaN;
    if (Number.isNaN(own)) return config.stops[name];
    return own === Number.POSITIVE_INFINITY ? Number.NaN : own;
  };
  for (let c = matrix.rowStart[row]!; c < matrix.rowStart[row + 1]!; c++) {
    cells.push({
      asset: matrix.cellAsset[c]!,
      weight: matrix.cellWeight[c]!,
      stopLoss: stopOf('stopLoss', c),
      trailingStop: stopOf('trailingStop', c),
      takeProfit: stopOf('takeProfit', c),
      isEvent,
    });
  }
  return cells;
}

/** Without stops there is nothing to test, and no peak that anybody asks for. */
function usesStops({ cellStops }: InstructionMatrix, { stops }: RunConfig): boolean {
  const { stopLoss, trailingStop, takeProfit } = stops;
  return cellStops !== null || [stopLoss, trailingStop, takeProfit].some((stop) => !Number.isNaN(stop));
}

function portfolioView(run: Run): PortfolioView {
  return {
    cash: run.ledger.cash,
    position: (asset) => run.ledger.position[asset]!,
    equity: () => markEquity(run),
  };
}

/** Step 1 (a): stops armed before this bar, against its open; under `stop_only` against the whole bar. */
function stopsAtOpen(run: Run, t: number, due: Cell[]): void {
  const { bars, config, ledger, levels, exit } = run;
  const { fill } = config;
  const replaces = fill.onConflict === 'instruction' && due.length > 0;
  for (let asset = 0; asset < bars.symbols.length; asset++) {
    if (!isArmed(ledger, asset) || !hasBar(run, asset)) continue;
    if (replaces && due.some((cell) => cell.asset === asset)) continue;
    levelsOf(ledger, asset, levels);
    const gapped = gapExit(fill, levels, bars.open[asset * bars.length + t]!, exit);
    if (gapped || (fill.onConflict === 'stop_only' && reachesStop(run, asset))) takeExit(run, t, asset);
  }
  if (fill.onConflict === 'stop_only') dropStopped(run, due);
}

/** Step 2: every armed position against this bar's range. */
function stopsIntrabar(run: Run, t: number): void {
  const { bars, config, ledger, levels } = run;
  for (let asset = 0; asset < bars.symbols.length; asset++) {
    if (!isArmed(ledger, asset) || !hasBar(run, asset)) continue;
    if (config.fill.entryBar === 'never' && run.openedNow.has(asset)) continue;
    levelsOf(ledger, asset, levels);
    if (reachesStop(run, asset)) takeExit(run, t, asset);
  }
}

function reachesStop({ bars, t, config, levels, exit }: Run, asset: number): boolean {
  const { open, high, low, close } = bars;
  const i = asset * bars.length + t;
  return barExit(config.fill, levels, open[i]!, high[i]!, low[i]!, close[i]!, exit);
}

/** Fills the exit that was found for an asset. */
function takeExit(run: Run, t: number, asset: number): void {
  const { config, ledger, exit, levels } = run;
  run.emit?.({ type: 'StopTriggered', bar: t, asset, reason: REASONS[exit.reason]! });
  const fillPrice = exitFillPrice(config.fill, exit.reason, exit.price, levels.long, config.slippage);
  bookStopExit(ledger, config, t, asset, exit.price, fillPrice, exit.reason, run.log);
  run.stoppedNow.add(asset);
  emitFill(run, t, asset, exit.reason);
}

/**
 * Step 4: peaks move with this bar's range, effective from the next bar.
 *
 * It comes before a batch at the close, whose own peaks start there and must not see the bar that led to them.
 */
function trailPeaks(run: Run): void {
  const { bars, t, ledger, config } = run;
  const { position, peak } = ledger;
  for (let asset = 0; asset < position.length; asset++) {
    if (position[asset] === 0 || !hasBar(run, asset)) continue;
    if (config.fill.entryBar === 'never' && run.openedNow.has(asset)) continue;
    const i = asset * bars.length + t;
    peak[asset] = nextPeak(position[asset]! > 0, peak[asset]!, bars.high[i]!, bars.low[i]!);
  }
}

/** Step 5: equity at the last closes. */
function markEquity({ bars, t, ledger }: Run): number {
  return portfolioValue(ledger, bars.lastClose, t, bars.length);
}

/** Ruin: all positions close at their last close, and nothing trades again. Returns the equity after that. */
function closeAll(run: Run, t: number): number {
  const { bars, ledger, config } = run;
  for (let asset = 0; asset < bars.symbols.length; asset++) {
    const position = ledger.position[asset]!;
    if (position === 0) continue;
    const price = bars.lastClose[asset * bars.length + t]!;
    const fillPrice = slippedPrice(price, position < 0, config.slippage);
    bookExit(ledger, config, t, asset, price, fillPrice, RUIN, run.log);
    emitFill(run, t, asset, RUIN);
  }
  for (let asset = 0; asset < bars.symbols.length; asset++) liftStop(run, t, asset);
  return markEquity(run);
}

/** What is counted at a close: exposure, leverage, assets that stand stopped out. */
function countBar({ bars, t, ledger }: Run, equity: number): void {
  const { position, stopped, totals } = ledger;
  let shorts = 0;
  let exposed = false;
  for (let asset = 0; asset < position.length; asset++) {
    totals.barsStopped += stopped[asset]!;
    if (position[asset] !== 0) exposed = true;
    if (position[asset]! < 0) shorts += position[asset]! * bars.lastClose[asset * bars.length + t]!;
  }
  if (!exposed) return;
  totals.barsExposed++;
  raiseLeverage(totals, grossExposure(equity, ledger.cash, shorts), equity);
}
