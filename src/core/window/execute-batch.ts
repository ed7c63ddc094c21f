import { feeOf } from '../execution/costs.ts';
import { bookFill, isArmed, isEntry, levelsOf, moveBase } from '../execution/ledger.ts';
import type { RunLog } from '../execution/run-log.ts';
import { tradableQuantity } from '../execution/sizing.ts';
import { FLATTEN, isTriggered, REBALANCE } from '../execution/stops.ts';
import { isClose } from '../execution/tolerance.ts';
import type { InstructionMatrix } from '../instructions.ts';
import type { RunConfig } from '../run-config.ts';
import { planOrders, scaleBuys } from './plan-orders.ts';
import { sortDue } from './sort-due.ts';
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
  const V = batchValue(ws);
  if (V > 0) {
    planOrders(ws, config, V);
    if (config.fill.sequence === 'sells_first') sortDue(ws);
    if (ws.scale < 1) scaleBuys(ws, config, t, log);
    for (let k = 0; k < dueCount; k++) executeCell(ws, matrix, config, t, due[k]!, log);
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

/** V: cash and positions at the prices of this instant. */
function batchValue({ ledger }: Workspace): number {
  const { position, price } = ledger;
  let value = ledger.cash;
  for (let a = 0; a < position.length; a++) {
    if (position[a] !== 0) value += position[a]! * price[a]!;
  }
  return value;
}

/** Executes one cell after the other: books its order as far as cash allows, and arms its stops. */
function executeCell(
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
  if (config.fill.cash !== 'scale') limitByCash(ws, config, t, asset, log);
  if (ledger.quantity[asset] !== 0) {
    bookFill(ledger, config, t, asset, weight === 0 ? FLATTEN : REBALANCE, log);
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

/** Cuts the asset's order to what cash allows under `partial` and `reject`. */
function limitByCash(ws: Workspace, config: RunConfig, t: number, asset: number, log: RunLog | null): void {
  const { cash, quantity } = ws.ledger;
  const { feeRate, fixedFee } = config;
  const wanted = quantity[asset]!;
  if (wanted === 0) return;
  const fillPrice = ws.ledger.fillPrice[asset]!;
  const value = Math.abs(wanted) * fillPrice;
  const fee = feeOf(value, feeRate, fixedFee);
  const cost = wanted > 0 ? value + fee : fee - value;
  if (cost <= cash || isClose(cost, cash)) return;
  quantity[asset] = 0;
  if (config.fill.cash === 'partial' && wanted > 0 && cash > fixedFee && !isClose(cash, fixedFee)) {
    const left = (cash - fixedFee) / (1 + feeRate) / fillPrice;
    quantity[asset] = tradableQuantity(left, ws.ledger.price[asset]!, config);
  }
  if (quantity[asset] === 0) reject(ws, t, asset, 'no_cash', log);
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
