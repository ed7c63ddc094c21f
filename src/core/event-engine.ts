import type { Bars } from './bars.ts';
import { feeOf, slippedPrice } from './execution/costs.ts';
import {
  bookExit,
  bookFill,
  bookStopExit,
  createLedger,
  isArmed,
  isEntry,
  type Ledger,
  levelsOf,
  moveBase,
  openLedger,
  portfolioValue,
} from './execution/ledger.ts';
import { grossExposure, raiseLeverage } from './execution/mark.ts';
import { createRunLog, type RejectionCause, type RunLog } from './execution/run-log.ts';
import { coveredPart, orderQuantity, scaleFactor, tradableQuantity } from './execution/sizing.ts';
import {
  barExit,
  exitFillPrice,
  FLATTEN,
  gapExit,
  isTriggered,
  nextPeak,
  REASONS,
  REBALANCE,
  type Reason,
  RUIN,
  type StopExit,
  type StopLevels,
} from './execution/stops.ts';
import { isClose } from './execution/tolerance.ts';
import type { InstructionMatrix } from './instructions.ts';
import type { RunConfig } from './run-config.ts';

/** What happens during a run, in order. Assets are indices into `bars.symbols`; prices are those filled at. */
export type EngineEvent =
  | { readonly type: 'BarOpened'; readonly bar: number }
  | { readonly type: 'StopTriggered'; readonly bar: number; readonly asset: number; readonly reason: Reason }
  /** An instruction, or ruin, ended the time in which the asset stood stopped out. */
  | { readonly type: 'StopLifted'; readonly bar: number; readonly asset: number }
  | {
      readonly type: 'OrderFilled';
      readonly bar: number;
      readonly asset: number;
      readonly quantity: number;
      readonly price: number;
      readonly fee: number;
      readonly reason: Reason;
    }
  | {
      readonly type: 'PositionOpened' | 'PositionChanged' | 'PositionClosed';
      readonly bar: number;
      readonly asset: number;
      readonly position: number;
    }
  | {
      readonly type: 'OrderRejected';
      readonly bar: number;
      readonly asset: number;
      readonly cause: RejectionCause;
    }
  | {
      readonly type: 'RebalanceExecuted';
      readonly bar: number;
      readonly equity: number;
      readonly scale: number;
    }
  | { readonly type: 'EquityMarked'; readonly bar: number; readonly equity: number; readonly cash: number };

/** One instruction for one asset: NaN stops = none. */
export interface Cell {
  readonly asset: number;
  readonly weight: number;
  readonly stopLoss: number;
  readonly trailingStop: number;
  readonly takeProfit: number;
  /** False for a cell of a row that the legacy dense mode repeats. */
  readonly isEvent: boolean;
}

/** The portfolio as a rebalance handler sees it, at the close of the event's bar. */
export interface PortfolioView {
  readonly cash: number;
  position(asset: number): number;
  equity(): number;
}

export interface EventHandlers {
  onEvent?(event: EngineEvent): void;
  /**
   * Decides a rebalance event: called once for each row of the matrix, with the row's cells, and returns those to
   * execute. Default: the row's own.
   */
  onRebalance?(bar: number, cells: readonly Cell[], portfolio: PortfolioView): readonly Cell[];
}

/** The outcome of one run with everything it did. */
export interface Simulation {
  /** At each close; [T] */
  readonly equity: Float64Array;
  readonly ledger: Ledger;
  readonly log: RunLog;
}

interface Order {
  readonly cell: Cell;
  readonly price: number;
  readonly fillPrice: number;
  readonly sortKey: number;
  quantity: number;
}

/** Everything one run of the event engine carries from step to step. */
interface Run {
  readonly bars: Bars;
  readonly config: RunConfig;
  readonly ledger: Ledger;
  readonly log: RunLog;
  readonly emit: (event: EngineEvent) => void;
  /** Cells that wait for their asset's next bar (`missingBar: defer`). */
  readonly waiting: Map<number, Cell>;
  /** Assets that a stop sold on the present bar. */
  readonly stoppedNow: Set<number>;
  /** Assets whose position was opened at the present bar's open, or whose peak was set at its close. */
  readonly openedNow: Set<number>;
  readonly levels: StopLevels;
  readonly exit: StopExit;
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
    emit: handlers.onEvent?.bind(handlers) ?? (() => {}),
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
  let row = 0;
  let decided: readonly Cell[] = [];
  let ruined = false;

  for (let t = 0; t < bars.length; t++) {
    run.emit({ type: 'BarOpened', bar: t });
    run.stoppedNow.clear();
    run.openedNow.clear();

    if (!ruined) {
      const due = atClose ? [] : dueCells(run, t, decided);
      decided = [];
      stopsAtOpen(run, t, due);
      if (!atClose) executeBatch(run, t, due);
      stopsIntrabar(run, t);
    }
    if (row < matrix.rowBar.length && matrix.rowBar[row] === t) {
      const cells = rowCells(matrix, row++, config);
      decided = handlers.onRebalance?.(t, cells, portfolioView(run, t)) ?? cells;
      if (ruined) {
        ledger.totals.unexecuted += decided.length;
        decided = [];
      }
    }
    if (!ruined) {
      trailPeaks(run, t);
      if (atClose) {
        executeBatch(run, t, dueCells(run, t, decided));
        decided = [];
      }
    }
    equity[t] = markEquity(run, t);
    if (!ruined && equity[t]! <= 0 && config.fill.ruin === 'close') {
      ruined = true;
      equity[t] = closeAll(run, t);
      ledger.totals.unexecuted += run.waiting.size + decided.length;
      run.waiting.clear();
      decided = [];
    }
    countBar(run, t, equity[t]!);
    run.emit({ type: 'EquityMarked', bar: t, equity: equity[t]!, cash: ledger.cash });
  }
  ledger.totals.unexecuted += run.waiting.size + decided.length;
  return { equity, ledger, log: run.log };
}

/** The cells of one row of the matrix, with their stops resolved against the run's defaults. */
function rowCells(matrix: InstructionMatrix, row: number, config: RunConfig): Cell[] {
  const cells: Cell[] = [];
  for (let c = matrix.rowStart[row]!; c < matrix.rowStart[row + 1]!; c++) {
    const stop = (name: 'stopLoss' | 'trailingStop' | 'takeProfit') => {
      const own = matrix.cellStops?.[name][c] ?? Number.NaN;
      if (Number.isNaN(own)) return config.stops[name];
      return own === Number.POSITIVE_INFINITY ? Number.NaN : own;
    };
    cells.push({
      asset: matrix.cellAsset[c]!,
      weight: matrix.cellWeight[c]!,
      stopLoss: stop('stopLoss'),
      trailingStop: stop('trailingStop'),
      takeProfit: stop('takeProfit'),
      isEvent: matrix.carried === null || matrix.carried[row] === 0,
    });
  }
  return cells;
}

function portfolioView(run: Run, t: number): PortfolioView {
  return {
    cash: run.ledger.cash,
    position: (asset) => run.ledger.position[asset]!,
    equity: () => portfolioValue(run.ledger, run.bars.lastClose, t, run.bars.length),
  };
}

const hasBar = ({ bars }: Run, t: number, asset: number) =>
  !Number.isNaN(bars.close[asset * bars.length + t]);

/**
 * The cells that can execute on bar t, by asset: those just decided, and those that waited for a bar of their asset.
 * A newer cell replaces one that waits; a cell whose asset has no bar waits or is skipped.
 */
function dueCells(run: Run, t: number, decided: readonly Cell[]): Cell[] {
  const { waiting, config, ledger } = run;
  const due: Cell[] = [];
  for (const cell of decided) {
    if (waiting.delete(cell.asset)) ledger.totals.unexecuted++;
    if (hasBar(run, t, cell.asset)) due.push(cell);
    else if (config.fill.missingBar === 'defer') waiting.set(cell.asset, cell);
    else ledger.totals.unexecuted++;
  }
  for (const cell of [...waiting.values()]) {
    if (!hasBar(run, t, cell.asset)) continue;
    waiting.delete(cell.asset);
    // Under `close`, one that waited comes after this bar's stops.
    if (config.fill.execution === 'close' && run.stoppedNow.has(cell.asset)) ledger.totals.unexecuted++;
    else due.push(cell);
  }
  if (config.fill.onConflict === 'stop_only') dropStopped(run, due);
  return due.sort((a, b) => a.asset - b.asset);
}

/** `stop_only`: a stop that acted on this bar drops every instruction for its asset due on it. */
function dropStopped({ stoppedNow, ledger }: Run, due: Cell[]): void {
  for (let i = due.length - 1; i >= 0; i--) {
    if (!stoppedNow.has(due[i]!.asset)) continue;
    due.splice(i, 1);
    ledger.totals.unexecuted++;
  }
}

/** Step 1 (a): stops armed before this bar, against its open; under `stop_only` against the whole bar. */
function stopsAtOpen(run: Run, t: number, due: Cell[]): void {
  const { bars, config } = run;
  const replaced = new Set(config.fill.onConflict === 'instruction' ? due.map((cell) => cell.asset) : []);
  for (let asset = 0; asset < bars.symbols.length; asset++) {
    if (!isArmed(run.ledger, asset) || !hasBar(run, t, asset) || replaced.has(asset)) continue;
    const levels = levelsOf(run.ledger, asset, run.levels);
    const gapped = gapExit(config.fill, levels, bars.open[asset * bars.length + t]!, run.exit);
    if (gapped || (config.fill.onConflict === 'stop_only' && reachesStop(run, t, asset))) {
      takeExit(run, t, asset);
    }
  }
  if (config.fill.onConflict === 'stop_only') dropStopped(run, due);
}

/** Step 2: every armed position against this bar's range. */
function stopsIntrabar(run: Run, t: number): void {
  for (let asset = 0; asset < run.bars.symbols.length; asset++) {
    if (!isArmed(run.ledger, asset) || !hasBar(run, t, asset)) continue;
    if (run.openedNow.has(asset) && run.config.fill.entryBar === 'never') continue;
    levelsOf(run.ledger, asset, run.levels);
    if (reachesStop(run, t, asset)) takeExit(run, t, asset);
  }
}

function reachesStop({ bars, config, levels, exit }: Run, t: number, asset: number): boolean {
  const i = asset * bars.length + t;
  return barExit(config.fill, levels, bars.open[i]!, bars.high[i]!, bars.low[i]!, bars.close[i]!, exit);
}

/** Fills the exit that was found for an asset. */
function takeExit(run: Run, t: number, asset: number): void {
  const { config, ledger, exit, levels } = run;
  run.emit({ type: 'StopTriggered', bar: t, asset, reason: REASONS[exit.reason]! });
  const fillPrice = exitFillPrice(config.fill, exit.reason, exit.price, levels.long, config.slippage);
  bookStopExit(ledger, config, t, asset, exit.price, fillPrice, exit.reason, run.log);
  run.stoppedNow.add(asset);
  emitFill(run, t, asset, exit.reason);
}

/** Steps 1 (b) and 3: one batch at this bar's open or close, as `execution` says (section 4). */
function executeBatch(run: Run, t: number, cells: readonly Cell[]): void {
  const { bars, config, ledger } = run;
  if (cells.length === 0) return;
  const column = config.fill.execution === 'close' ? bars.close : bars.open;
  const V = batchValue(run, t, column);
  if (V <= 0) {
    for (const { asset } of cells) reject(run, t, asset, 'no_equity');
    return;
  }
  const orders = cells.map((cell) => orderFor(run, cell, V, column[cell.asset * bars.length + t]!));
  const scale = config.fill.cash === 'scale' ? scaleBuys(run, t, orders, V) : 1;
  if (config.fill.sequence === 'sells_first') {
    orders.sort((a, b) => a.sortKey - b.sortKey || a.cell.asset - b.cell.asset);
  }
  for (const order of orders) executeOrder(run, t, order);
  run.emit({ type: 'RebalanceExecuted', bar: t, equity: V, scale });
  if (scale < 1) {
    ledger.totals.batchesScaled++;
    ledger.totals.smallestScale = Math.min(ledger.totals.smallestScale, scale);
    run.log.scaledBatches.push({ bar: t, factor: scale });
  }
}

/** V: cash and positions at the unslipped prices of this instant, the last close where an asset has no bar. */
function batchValue({ bars, ledger }: Run, t: number, column: Float64Array): number {
  let value = ledger.cash;
  for (let asset = 0; asset < bars.symbols.length; asset++) {
    const position = ledger.position[asset]!;
    if (position === 0) continue;
    const price = column[asset * bars.length + t]!;
    value += position * (Number.isNaN(price) ? bars.lastClose[asset * bars.length + t]! : price);
  }
  return value;
}

function orderFor({ ledger, config }: Run, cell: Cell, V: number, price: number): Order {
  const position = ledger.position[cell.asset]!;
  const quantity = orderQuantity(cell.weight, V, price, position, config);
  return {
    cell,
    price,
    quantity,
    fillPrice: slippedPrice(price, quantity > 0, config.slippage),
    sortKey: cell.weight * V - position * price,
  };
}

/** `cash: scale`: multiplies what opens or adds to longs by one λ, so that cash suffices; returns λ. */
function scaleBuys(run: Run, t: number, orders: readonly Order[], V: number): number {
  const { config, ledger } = run;
  const { feeRate, fixedFee } = config;
  const covered = (order: Order) => coveredPart(order.quantity, ledger.position[order.cell.asset]!);
  let proceeds = 0;
  let covers = 0;
  let fixedFees = 0;
  let wanted = 0;
  for (const order of orders) {
    const { quantity, fillPrice } = order;
    if (quantity < 0) {
      const value = -quantity * fillPrice;
      proceeds += value - feeOf(value, feeRate, fixedFee);
    } else if (quantity > 0) {
      const cover = covered(order);
      covers += cover * fillPrice * (1 + feeRate);
      fixedFees += fixedFee;
      wanted += (quantity - cover) * fillPrice * (1 + feeRate);
    }
  }
  const available = ledger.cash + (config.maxLeverage - 1) * V + proceeds - covers - fixedFees;
  const scale = scaleFactor(available, wanted, V);
  if (scale === 1) return scale;
  for (const order of orders) {
    if (order.quantity <= 0) continue;
    const cover = covered(order);
    order.quantity = cover + tradableQuantity(scale * (order.quantity - cover), order.price, config);
    if (order.quantity === 0) reject(run, t, order.cell.asset, 'no_cash');
  }
  return scale;
}

/** Fills one order as far as cash allows and sets the asset's stops as its cell says. */
function executeOrder(run: Run, t: number, order: Order): void {
  const { bars, config, ledger } = run;
  const { asset, weight, isEvent } = order.cell;
  liftStop(run, t, asset);
  if (isEvent) ledger.awaitsEvent[asset] = 0;
  const quantity = affordable(run, t, order);
  if (quantity !== 0) {
    const reason = weight === 0 ? FLATTEN : REBALANCE;
    ledger.quantity[asset] = quantity;
    ledger.price[asset] = order.price;
    ledger.fillPrice[asset] = order.fillPrice;
    bookFill(ledger, config, t, asset, reason, run.log);
    moveBase(ledger, config.fill, asset, bars.close[asset * bars.length + t]!);
    if (isEntry(ledger, asset)) run.openedNow.add(asset);
    emitFill(run, t, asset, reason);
  }
  if (weight !== 0) setStops(run, order);
}

/** The quantity that cash allows: all under `scale` (done before), what is left or nothing under the others. */
function affordable(run: Run, t: number, order: Order): number {
  const { config, ledger } = run;
  const { feeRate, fixedFee, fill } = config;
  const { quantity, fillPrice, cell } = order;
  if (quantity === 0 || fill.cash === 'scale') return quantity;
  const value = Math.abs(quantity) * fillPrice;
  const fee = feeOf(value, feeRate, fixedFee);
  const cost = quantity > 0 ? value + fee : fee - value;
  if (cost <= ledger.cash || isClose(cost, ledger.cash)) return quantity;
  if (fill.cash === 'partial' && quantity > 0 && ledger.cash > fixedFee && !isClose(ledger.cash, fixedFee)) {
    const left = (ledger.cash - fixedFee) / (1 + feeRate) / fillPrice;
    const part = tradableQuantity(left, order.price, config);
    if (part !== 0) return part;
  }
  reject(run, t, cell.asset, 'no_cash');
  return 0;
}

/** A cell with a weight sets the asset's stops; under `rearm` it never leaves one behind that is triggered. */
function setStops(run: Run, order: Order): void {
  const { ledger, config } = run;
  const { asset, stopLoss, trailingStop, takeProfit } = order.cell;
  ledger.stopLoss[asset] = stopLoss;
  ledger.trailingStop[asset] = trailingStop;
  ledger.takeProfit[asset] = takeProfit;
  if (!config.fill.rearm || !isArmed(ledger, asset)) return;
  if (isTriggered(levelsOf(ledger, asset, run.levels), order.price)) {
    ledger.base[asset] = order.price;
    ledger.peak[asset] = order.price;
  }
}

function reject(run: Run, t: number, asset: number, cause: RejectionCause): void {
  run.ledger.totals.rejected++;
  run.log.rejections.push({ bar: t, asset, cause });
  run.emit({ type: 'OrderRejected', bar: t, asset, cause });
}

/**
 * Step 4: peaks move with this bar's range, effective from the next bar.
 *
 * It comes before a batch at the close, whose own peaks start there and must not see the bar that led to them.
 */
function trailPeaks(run: Run, t: number): void {
  const { bars, ledger, config } = run;
  for (let asset = 0; asset < bars.symbols.length; asset++) {
    const position = ledger.position[asset]!;
    if (position === 0 || !hasBar(run, t, asset)) continue;
    if (run.openedNow.has(asset) && config.fill.entryBar === 'never') continue;
    const i = asset * bars.length + t;
    ledger.peak[asset] = nextPeak(position > 0, ledger.peak[asset]!, bars.high[i]!, bars.low[i]!);
  }
}

/** Step 5: equity at the last closes. */
function markEquity({ bars, ledger }: Run, t: number): number {
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
  return markEquity(run, t);
}

function liftStop({ ledger, emit }: Run, t: number, asset: number): void {
  if (ledger.stopped[asset] === 1) emit({ type: 'StopLifted', bar: t, asset });
  ledger.stopped[asset] = 0;
}

/** What is counted at a close: exposure, leverage, assets that stand stopped out. */
function countBar({ bars, ledger }: Run, t: number, equity: number): void {
  const { totals } = ledger;
  let shorts = 0;
  let exposed = false;
  for (let asset = 0; asset < bars.symbols.length; asset++) {
    const position = ledger.position[asset]!;
    totals.barsStopped += ledger.stopped[asset]!;
    if (position !== 0) exposed = true;
    if (position < 0) shorts += position * bars.lastClose[asset * bars.length + t]!;
  }
  if (!exposed) return;
  totals.barsExposed++;
  raiseLeverage(totals, grossExposure(equity, ledger.cash, shorts), equity);
}

function emitFill(run: Run, t: number, asset: number, reason: number): void {
  const { ledger, log } = run;
  const position = ledger.position[asset]!;
  run.emit({
    type: 'OrderFilled',
    bar: t,
    asset,
    quantity: ledger.quantity[asset]!,
    price: ledger.fillPrice[asset]!,
    fee: log.fee[log.fills - 1]!,
    reason: REASONS[reason]!,
  });
  const opened = ledger.before[asset] === 0;
  run.emit({
    type: position === 0 ? 'PositionClosed' : opened ? 'PositionOpened' : 'PositionChanged',
    bar: t,
    asset,
    position,
  });
}
