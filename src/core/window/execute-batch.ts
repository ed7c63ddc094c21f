import { feeOf, flowOf } from '../execution/costs.ts';
import {
  bookBatch,
  isArmed,
  isEntry,
  levelsOf,
  moveBase,
  noteFill,
  portfolioValue,
} from '../execution/ledger.ts';
import type { RunLog } from '../execution/run-log.ts';
import { tradableQuantity } from '../execution/sizing.ts';
import { FLATTEN, isTriggered, REBALANCE } from '../execution/stops.ts';
import { isClose, settledSum } from '../execution/tolerance.ts';
import type { InstructionMatrix } from '../instructions.ts';
import type { RunConfig } from '../run-config.ts';
import { planOrders, scaleBuys } from './plan-orders.ts';
import { sortSequence } from './sort-sequence.ts';
import { reject, type Workspace } from './workspace.ts';

/** Executes the gathered batch on bar t (section 4 of the semantics). */
export function executeBatch(
  ws: Workspace,
  matrix: InstructionMatrix,
  config: RunConfig,
  t: number,
  row: number,
  log: RunLog | null,
): void {
  const { due, dueCount } = ws;
  if (dueCount === 0) return;
  takePrices(ws, config, t, row);
  takeWeights(ws, matrix);
  const V = batchValue(ws, config.fill.cash === 'scale');
  if (V > 0) {
    planOrders(ws, config, V);
    ws.sequence.set(due.subarray(0, dueCount));
    // Under `scale` the sequence decides only what a log lists first.
    const asked = config.fill.cash !== 'scale' || log !== null;
    if (asked && config.fill.sequence === 'sells_first') sortSequence(ws);
    const left = config.fill.cash === 'scale' ? null : limitByCash(ws, config, t, log);
    if (ws.scale < 1) scaleBuys(ws, config, t, log);
    bookBatch(ws.ledger, config, due, dueCount, left);
    for (let k = 0; k < dueCount; k++) finishCell(ws, matrix, config, t, ws.sequence[k]!, log);
  } else {
    for (let k = 0; k < dueCount; k++) reject(ws, t, due[k]!, 'no_equity', log);
  }
  for (let k = 0; k < dueCount; k++) ws.dueCell[due[k]!] = -1;
  ws.dueCount = 0;
}

/** The unslipped prices of this instant into `ledger.price`; the last close where an asset has no bar. */
function takePrices(ws: Workspace, config: RunConfig, t: number, row: number): void {
  const { bars, ledger, schedule } = ws;
  const { price } = ledger;
  const N = price.length;
  if (row >= 0) {
    const { rowPrice } = schedule!;
    for (let a = 0, i = row * N; a < N; a++, i++) price[a] = rowPrice[i]!;
    return;
  }
  const column = config.fill.execution === 'close' ? bars.close : bars.open;
  for (let a = 0, i = t; a < N; a++, i += bars.length) {
    price[a] = Number.isNaN(column[i]!) ? bars.lastClose[i]! : column[i]!;
  }
}

/** Weights of the cells, parallel to `due`. */
function takeWeights(ws: Workspace, { cellWeight }: InstructionMatrix): void {
  const { due, dueCount, dueCell, weight } = ws;
  for (let k = 0; k < dueCount; k++) weight[k] = cellWeight[dueCell[due[k]!]!]!;
}

/** V: cash and positions at the prices of this instant, under `scale` in halves by asset. */
function batchValue({ ledger }: Workspace, inHalves: boolean): number {
  const { position, price } = ledger;
  if (!inHalves) return portfolioValue(ledger, price, 0, 1);
  let value = 0;
  for (let half = 0; half < 2; half++) {
    let sum = 0;
    for (let a = half; a < position.length; a += 2) {
      if (position[a] !== 0) sum += position[a]! * price[a]!;
    }
    value += sum;
  }
  return ledger.cash + value;
}

/** Tells of the order of a cell that was filled, and arms its stops. */
function finishCell(
  ws: Workspace,
  matrix: InstructionMatrix,
  config: RunConfig,
  t: number,
  asset: number,
  log: RunLog | null,
): void {
  const { ledger } = ws;
  const weight = matrix.cellWeight[ws.dueCell[asset]!]!;
  if (matrix.carried === null || matrix.carried[ws.dueRow[asset]!] === 0) ledger.awaitsEvent[asset] = 0;
  if (ledger.quantity[asset] !== 0) {
    noteFill(ledger, t, asset, weight === 0 ? FLATTEN : REBALANCE, log);
  }
  if (ws.usesStops) armCell(ws, matrix, config, asset);
}

/** What a cell means for stops, once its order is booked: the asset is no longer STOPPED, its levels are set. */
function armCell(ws: Workspace, matrix: InstructionMatrix, config: RunConfig, asset: number): void {
  const { ledger } = ws;
  const cell = ws.dueCell[asset]!;
  ledger.stopped[asset] = 0;
  if (ledger.quantity[asset] !== 0) {
    moveBase(ledger, config.fill, asset, ws.close[asset]!);
    if (isEntry(ledger, asset)) ws.openedNow[asset] = 1;
  }
  if (matrix.cellWeight[cell] !== 0) setStops(ws, matrix, config, cell, asset);
}

/** Cuts the orders to what cash allows under `partial` and `reject`: each takes what those before it leave. Returns what the last leaves. */
function limitByCash(ws: Workspace, config: RunConfig, t: number, log: RunLog | null): number {
  const { ledger, sequence, dueCount } = ws;
  const { quantity, fillPrice } = ledger;
  let left = ledger.cash;
  for (let k = 0; k < dueCount; k++) {
    const asset = sequence[k]!;
    const wanted = quantity[asset]!;
    if (wanted === 0) continue;
    const value = Math.abs(wanted) * fillPrice[asset]!;
    const flow = flowOf(wanted, value, feeOf(value, config.feeRate, config.fixedFee));
    if (-flow <= left || isClose(-flow, left)) {
      left = settledSum(left, flow);
      continue;
    }
    const part = partFor(ws, config, asset, wanted, left);
    quantity[asset] = part;
    if (part === 0) {
      reject(ws, t, asset, 'no_cash', log);
      continue;
    }
    const partValue = part * fillPrice[asset]!;
    left = settledSum(left, flowOf(part, partValue, feeOf(partValue, config.feeRate, config.fixedFee)));
  }
  return left;
}

/** What `partial` buys with the cash that is left; 0 = nothing. */
function partFor(ws: Workspace, config: RunConfig, asset: number, wanted: number, cash: number): number {
  const { feeRate, fixedFee } = config;
  if (config.fill.cash !== 'partial' || wanted < 0 || cash <= fixedFee || isClose(cash, fixedFee)) return 0;
  const { price, fillPrice } = ws.ledger;
  return tradableQuantity((cash - fixedFee) / (1 + feeRate) / fillPrice[asset]!, price[asset]!, config);
}

function setStops(
  ws: Workspace,
  matrix: InstructionMatrix,
  config: RunConfig,
  cell: number,
  asset: number,
): void {
  const { ledger } = ws;
  const { stops } = config;
  const own = matrix.cellStops;
  ledger.stopLoss[asset] = own === null ? stops.stopLoss : resolved(own.stopLoss[cell]!, stops.stopLoss);
  ledger.trailingStop[asset] =
    own === null ? stops.trailingStop : resolved(own.trailingStop[cell]!, stops.trailingStop);
  ledger.takeProfit[asset] =
    own === null ? stops.takeProfit : resolved(own.takeProfit[cell]!, stops.takeProfit);
  if (!config.fill.rearm || !isArmed(ledger, asset)) return;
  const price = ledger.price[asset]!;
  if (isTriggered(levelsOf(ledger, asset, ws.levels), price)) {
    ledger.base[asset] = price;
    ledger.peak[asset] = price;
  }
}

/** A cell's own stop (Infinity = none), else the run's. */
function resolved(own: number, byDefault: number): number {
  if (Number.isNaN(own)) return byDefault;
  return own === Number.POSITIVE_INFINITY ? Number.NaN : own;
}
