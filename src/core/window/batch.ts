import { feeOf, slippedPrice } from '../execution/costs.ts';
import { bookFill, bookRoundTrip, isArmed, isEntry, levelsOf, moveBase } from '../execution/ledger.ts';
import type { RejectionCause, RunLog } from '../execution/run-log.ts';
import { coveredPart, orderQuantity, scaleFactor, tradableQuantity } from '../execution/sizing.ts';
import { FLATTEN, isTriggered, REBALANCE } from '../execution/stops.ts';
import { isClose, settledSum } from '../execution/tolerance.ts';
import type { InstructionMatrix } from '../instructions.ts';
import type { RunConfig } from '../run-config.ts';
import { hasBar, type Workspace } from './workspace.ts';

/** Collects the cells that can execute on bar t: those of `row` (-1 = none) and those that waited, in index order. */
export function gatherBatch(
  ws: Workspace,
  matrix: InstructionMatrix,
  config: RunConfig,
  t: number,
  row: number,
): void {
  const { bars, ledger, waitingCell } = ws;
  const { totals } = ledger;
  ws.dueCount = 0;
  ws.weightsTaken = false;
  if (row >= 0 && ws.waitingCount === 0 && ws.schedule!.rowComplete[row] === 1) {
    gatherRow(ws, matrix, row);
  } else if (row >= 0) {
    for (let c = matrix.rowStart[row]!; c < matrix.rowStart[row + 1]!; c++) {
      const asset = matrix.cellAsset[c]!;
      if (waitingCell[asset] !== -1) {
        stopWaiting(ws, asset);
        totals.unexecuted++;
      }
      if (hasBar(bars, asset, t)) addDue(ws, asset, c, row);
      else if (config.fill.missingBar === 'defer') {
        waitingCell[asset] = c;
        ws.waitingRow[asset] = row;
        ws.waitingCount++;
      } else totals.unexecuted++;
    }
  }
  if (ws.waitingCount > 0) gatherWaiting(ws, config, t);
  if (config.fill.onConflict === 'stop_only' && ws.usesStops) dropStopped(ws);
}

/** All cells of a row whose assets have their bars, while nothing waits. */
function gatherRow(ws: Workspace, matrix: InstructionMatrix, row: number): void {
  const { due, weight, dueCell, dueRow, needsCells } = ws;
  const { cellAsset, cellWeight } = matrix;
  const first = matrix.rowStart[row]!;
  const count = matrix.rowStart[row + 1]! - first;
  for (let k = 0; k < count; k++) {
    due[k] = cellAsset[first + k]!;
    weight[k] = cellWeight[first + k]!;
  }
  if (needsCells) {
    for (let k = 0; k < count; k++) {
      dueCell[due[k]!] = first + k;
      dueRow[due[k]!] = row;
    }
  }
  ws.dueCount = count;
  ws.weightsTaken = true;
}

function addDue(ws: Workspace, asset: number, cell: number, row: number): void {
  ws.dueCell[asset] = cell;
  ws.dueRow[asset] = row;
  ws.due[ws.dueCount++] = asset;
}

function stopWaiting(ws: Workspace, asset: number): void {
  ws.waitingCell[asset] = -1;
  ws.waitingCount--;
}

/** Adds cells whose asset has its bar now; under `close` one that waited is dropped if a stop acted before. */
function gatherWaiting(ws: Workspace, config: RunConfig, t: number): void {
  const { bars, waitingCell } = ws;
  for (let asset = 0; asset < waitingCell.length; asset++) {
    const cell = waitingCell[asset]!;
    if (cell === -1 || !hasBar(bars, asset, t)) continue;
    stopWaiting(ws, asset);
    if (config.fill.execution === 'close' && ws.stoppedNow[asset] === 1) ws.ledger.totals.unexecuted++;
    else addDue(ws, asset, cell, ws.waitingRow[asset]!);
  }
  ws.due.subarray(0, ws.dueCount).sort();
}

/** `stop_only`: drops the cells of assets that a stop sold on this bar. */
export function dropStopped(ws: Workspace): void {
  let kept = 0;
  for (let k = 0; k < ws.dueCount; k++) {
    const asset = ws.due[k]!;
    if (ws.stoppedNow[asset] === 1) {
      ws.dueCell[asset] = -1;
      ws.ledger.totals.unexecuted++;
    } else ws.due[kept++] = asset;
  }
  ws.dueCount = kept;
  ws.weightsTaken = false;
}

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
  if (!ws.weightsTaken) takeWeights(ws, matrix);
  const V = batchValue(ws);
  if (V > 0) {
    planOrders(ws, config, V);
    if (config.fill.sequence === 'sells_first') sortDue(ws);
    if (ws.scale < 1) scaleBuys(ws, config, t, log);
    // Without a log, and with cash for all, no order needs to know of the one before.
    if (config.fill.cash === 'scale' && log === null && matrix.carried === null) {
      bookOrders(ws, config.feeRate, config.fixedFee);
      if (ws.usesStops) for (let k = 0; k < dueCount; k++) armCell(ws, matrix, config, due[k]!);
    } else {
      for (let k = 0; k < dueCount; k++) executeCell(ws, matrix, config, t, due[k]!, log);
    }
  } else {
    for (let k = 0; k < dueCount; k++) reject(ws, t, due[k]!, 'no_equity', log);
  }
  if (ws.needsCells) for (let k = 0; k < dueCount; k++) ws.dueCell[due[k]!] = -1;
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

/** Weights where cells came one by one, or some were dropped since. */
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

/** Where the sign of a double stands in a pair of 32-bit words. */
const SIGN_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Quantities, prices and sort keys of all cells, and the factor λ of `cash: scale`; sums ascend by asset.
 *
 * Whether an asset is bought or sold is anybody's guess, and a guess that a processor gets wrong costs more than all
 * the arithmetic of an order. So the sign of the quantity is read as a bit and used as a number: prices come from a
 * table of two, and what a sum must not see is multiplied by 0, which changes no bit of it.
 */
function planOrders(ws: Workspace, config: RunConfig, V: number): void {
  const { ledger, due, dueCount, weight: weights, sortKey, quantityWords, slipped } = ws;
  const { quantity, position: positions, price: prices, fillPrice: fillPrices } = ledger;
  const { feeRate, fixedFee, slippage } = config;
  slipped[0] = slippedPrice(1, true, slippage);
  slipped[1] = slippedPrice(1, false, slippage);
  let proceeds = 0;
  let covers = 0;
  let fixedFees = 0;
  let wanted = 0;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < dueCount; k++) {
    const asset = due[k]!;
    const weight = weights[k]!;
    const price = prices[asset]!;
    const position = positions[asset]!;
    const q = orderQuantity(weight, V, price, position, config);
    quantity[asset] = q;
    const sells = quantityWords[2 * asset + SIGN_WORD]! >>> 31;
    const fillPrice = price * slipped[sells]!;
    fillPrices[asset] = fillPrice;
    const key = weight * V - position * price;
    sortKey[k] = key;
    lowest = Math.min(key, lowest);
    highest = Math.max(key, highest);
    const value = Math.abs(q) * fillPrice;
    proceeds += sells * (value - feeOf(value, feeRate, fixedFee));
    let cover = 0;
    if (position < 0 && q > 0) {
      cover = coveredPart(q, position);
      covers += cover * fillPrice * (1 + feeRate);
    }
    if (fixedFee > 0 && q > 0) fixedFees += fixedFee;
    wanted += (1 - sells) * ((q - cover) * fillPrice * (1 + feeRate));
  }
  const available = ledger.cash + (config.maxLeverage - 1) * V + proceeds - covers - fixedFees;
  ws.lowestKey = lowest;
  ws.highestKey = highest;
  ws.scale = config.fill.cash === 'scale' ? scaleFactor(available, wanted, V) : 1;
}

/** Multiplies what opens or adds to longs by λ; after sorting, when all buys come in a row. */
function scaleBuys(ws: Workspace, config: RunConfig, t: number, log: RunLog | null): void {
  const { ledger, due, dueCount, scale } = ws;
  const { quantity, position, price, totals } = ledger;
  for (let k = 0; k < dueCount; k++) {
    const asset = due[k]!;
    const q = quantity[asset]!;
    if (q <= 0) continue;
    const cover = coveredPart(q, position[asset]!);
    const scaled = cover + tradableQuantity(scale * (q - cover), price[asset]!, config);
    quantity[asset] = scaled;
    if (scaled === 0) reject(ws, t, asset, 'no_cash', log);
  }
  totals.batchesScaled++;
  if (scale < totals.smallestScale) totals.smallestScale = scale;
  if (log !== null) log.scaledBatches.push({ bar: t, factor: scale });
}

/**
 * Sorts the batch by ascending key, ties by asset.
 *
 * Keys are spread over as many buckets as there are cells, which leaves them nearly sorted, and a stable insertion
 * sort does the rest: its branches are then mostly foreseen, which is what sorting costs at these sizes.
 */
function sortDue(ws: Workspace): void {
  const { dueCount } = ws;
  if (dueCount > 12) spreadDue(ws);
  insertionSort(ws.due, ws.sortKey, dueCount);
}

function spreadDue(ws: Workspace): void {
  const { due, dueCount, sortKey, bucket, scratchDue, scratchKey } = ws;
  const lowest = ws.lowestKey;
  const highest = ws.highestKey;
  const perKey = (dueCount - 1) / (highest - lowest);
  if (!Number.isFinite(perKey)) return;
  for (let b = 0; b <= dueCount; b++) bucket[b] = 0;
  for (let k = 0; k < dueCount; k++) {
    const b = ((sortKey[k]! - lowest) * perKey) | 0;
    bucket[b + 1] = bucket[b + 1]! + 1;
  }
  for (let b = 1; b <= dueCount; b++) bucket[b] = bucket[b]! + bucket[b - 1]!;
  for (let k = 0; k < dueCount; k++) {
    scratchKey[k] = sortKey[k]!;
    scratchDue[k] = due[k]!;
  }
  for (let k = 0; k < dueCount; k++) {
    const key = scratchKey[k]!;
    const b = ((key - lowest) * perKey) | 0;
    const at = bucket[b]!;
    bucket[b] = at + 1;
    sortKey[at] = key;
    due[at] = scratchDue[k]!;
  }
}

function insertionSort(due: Int32Array, sortKey: Float64Array, count: number): void {
  for (let k = 1; k < count; k++) {
    const key = sortKey[k]!;
    if (sortKey[k - 1]! <= key) continue;
    const asset = due[k]!;
    let j = k - 1;
    while (j >= 0 && sortKey[j]! > key) {
      sortKey[j + 1] = sortKey[j]!;
      due[j + 1] = due[j]!;
      j--;
    }
    sortKey[j + 1] = key;
    due[j + 1] = asset;
  }
}

/**
 * `bookFill` for a whole batch, in a loop that calls nothing but for round trips that end: a call would make V8 load
 * every column anew, which costs more than the arithmetic.
 */
function bookOrders(ws: Workspace, feeRate: number, fixedFee: number): void {
  const { ledger, due, dueCount: count, usesStops } = ws;
  const { position, quantity, price, fillPrice, before, flow, tripFlow, totals } = ledger;
  let { cash } = ledger;
  let { orders, tradedValue, fees, slippagePaid } = totals;
  for (let k = 0; k < count; k++) {
    const asset = due[k]!;
    const q = quantity[asset]!;
    if (q === 0) continue;
    const filledAt = fillPrice[asset]!;
    const size = Math.abs(q);
    const value = size * filledAt;
    const fee = feeOf(value, feeRate, fixedFee);
    const paid = q > 0 ? -(value + fee) : value - fee;
    const old = position[asset]!;
    const now = settledSum(old, q);
    cash = settledSum(cash, paid);
    position[asset] = now;
    orders++;
    tradedValue += value;
    fees += fee;
    slippagePaid += size * Math.abs(filledAt - price[asset]!);
    if (usesStops) before[asset] = old;
    if (old === 0) tripFlow[asset] = paid;
    else if (now !== 0 && now > 0 === old > 0) tripFlow[asset] = tripFlow[asset]! + paid;
    else {
      before[asset] = old;
      flow[asset] = paid;
      bookRoundTrip(ledger, asset);
    }
  }
  ledger.cash = cash;
  totals.orders = orders;
  totals.tradedValue = tradedValue;
  totals.fees = fees;
  totals.slippagePaid = slippagePaid;
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
  if (matrix.carried === null) ledger.awaitsEvent[asset] = 0;
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

function reject(ws: Workspace, bar: number, asset: number, cause: RejectionCause, log: RunLog | null): void {
  ws.ledger.totals.rejected++;
  if (log !== null) log.rejections.push({ bar, asset, cause });
}
