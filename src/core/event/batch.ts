import { feeOf, flowOf, slippedPrice } from '../execution/costs.ts';
import { bookBatch, isArmed, isEntry, levelsOf, moveBase, noteFill } from '../execution/ledger.ts';
import { coveredPart, orderQuantity, scaleFactor, tradableQuantity } from '../execution/sizing.ts';
import { FLATTEN, isTriggered, REBALANCE } from '../execution/stops.ts';
import { isClose, settledSum } from '../execution/tolerance.ts';
import type { Cell } from './engine-event.ts';
import { emitFill, hasBar, liftStop, type Run, reject, takeBar } from './run.ts';

interface Order {
  readonly cell: Cell;
  readonly price: number;
  readonly fillPrice: number;
  readonly sortKey: number;
  quantity: number;
}

/**
 * The cells that can execute on this bar, by asset: those just decided, and those that waited for a bar of their asset.
 * A newer cell replaces one that waits; a cell whose asset has no bar waits or is skipped.
 */
export function dueCells(run: Run, decided: readonly Cell[]): Cell[] {
  const { waiting, config, ledger } = run;
  if (decided.length === 0 && waiting.size === 0) return [];
  const due: Cell[] = [];
  for (const cell of decided) {
    if (waiting.delete(cell.asset)) ledger.totals.unexecuted++;
    if (hasBar(run, cell.asset)) due.push(cell);
    else if (config.fill.missingBar === 'defer') waiting.set(cell.asset, cell);
    else ledger.totals.unexecuted++;
  }
  for (const cell of [...waiting.values()]) {
    if (!hasBar(run, cell.asset)) continue;
    waiting.delete(cell.asset);
    // Under `close`, one that waited comes after this bar's stops.
    if (config.fill.execution === 'close' && run.stoppedNow.has(cell.asset)) ledger.totals.unexecuted++;
    else due.push(cell);
  }
  if (config.fill.onConflict === 'stop_only') dropStopped(run, due);
  return due.sort((a, b) => a.asset - b.asset);
}

/** `stop_only`: a stop that acted on this bar drops every instruction for its asset due on it. */
export function dropStopped({ stoppedNow, ledger }: Run, due: Cell[]): void {
  for (let i = due.length - 1; i >= 0; i--) {
    if (!stoppedNow.has(due[i]!.asset)) continue;
    due.splice(i, 1);
    ledger.totals.unexecuted++;
  }
}

/** Steps 1 (b) and 3: one batch at this bar's open or close, as `execution` says (section 4). */
export function executeBatch(run: Run, t: number, cells: readonly Cell[]): void {
  const { config, ledger, now } = run;
  if (cells.length === 0) return;
  takeBar(run);
  const prices = config.fill.execution === 'close' ? now.close : now.open;
  const V = batchValue(run, prices);
  if (V <= 0) {
    for (const { asset } of cells) reject(run, t, asset, 'no_equity');
    return;
  }
  const orders = cells.map((cell) => orderFor(run, cell, V, prices[cell.asset]!));
  const sequence = inSequence(run, orders);
  let scale = 1;
  if (config.fill.cash === 'scale') {
    scale = scaleOf(run, orders, V);
    if (scale < 1) scaleBuys(run, t, orders, scale);
    settle(run, orders, null);
  } else settle(run, orders, limitByCash(run, t, sequence));
  for (const order of sequence) finishOrder(run, t, order);
  run.emit?.({ type: 'RebalanceExecuted', bar: t, equity: V, scale });
  if (scale < 1) {
    ledger.totals.batchesScaled++;
    ledger.totals.smallestScale = Math.min(ledger.totals.smallestScale, scale);
    run.log.scaledBatches.push({ bar: t, factor: scale });
  }
}

/**
 * V: cash and positions at the unslipped prices of this instant, the last close where an asset has no bar.
 *
 * Under `scale` it has two halves like all sums of a batch (decision 11), of the assets of even and of odd index; else it
 * starts from cash and ascends, as in vectorbt.
 */
function batchValue({ ledger: { cash, position }, now, config }: Run, prices: Float64Array): number {
  const inHalves = config.fill.cash === 'scale';
  const sums = [inHalves ? 0 : cash, 0];
  for (let asset = 0; asset < position.length; asset++) {
    if (position[asset] === 0) continue;
    const price = prices[asset]!;
    sums[inHalves ? asset % 2 : 0]! +=
      position[asset]! * (Number.isNaN(price) ? now.lastClose[asset]! : price);
  }
  return inHalves ? cash + (sums[0]! + sums[1]!) : sums[0]!;
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

/** `cash: scale`: the factor λ for what opens or adds to longs, so that cash suffices; sums in halves by place. */
function scaleOf({ config, ledger }: Run, orders: readonly Order[], V: number): number {
  const { feeRate, fixedFee } = config;
  const half = () => ({ proceeds: 0, covers: 0, fixedFees: 0, wanted: 0 });
  const halves = [half(), half()] as const;
  for (const [place, { quantity, fillPrice, cell }] of orders.entries()) {
    const sums = halves[(place % 2) as 0 | 1];
    if (quantity < 0) {
      const value = -quantity * fillPrice;
      sums.proceeds += value - feeOf(value, feeRate, fixedFee);
    } else if (quantity > 0) {
      const cover = coveredPart(quantity, ledger.position[cell.asset]!);
      sums.covers += cover * fillPrice * (1 + feeRate);
      sums.fixedFees += fixedFee;
      sums.wanted += (quantity - cover) * fillPrice * (1 + feeRate);
    }
  }
  const total = (name: keyof ReturnType<typeof half>) => halves[0][name] + halves[1][name];
  const proceeds = total('proceeds') - total('covers') - total('fixedFees');
  const available = ledger.cash + (config.maxLeverage - 1) * V + proceeds;
  return scaleFactor(available, total('wanted'), V);
}

/** Multiplies what opens or adds to longs by λ; what covers a short stays. */
function scaleBuys(run: Run, t: number, orders: readonly Order[], scale: number): void {
  for (const order of orders) {
    const { asset } = order.cell;
    if (order.quantity <= 0) continue;
    const cover = coveredPart(order.quantity, run.ledger.position[asset]!);
    order.quantity = cover + tradableQuantity(scale * (order.quantity - cover), order.price, run.config);
    if (order.quantity === 0) reject(run, t, asset, 'no_cash');
  }
}

/** The orders as `sequence` says: by asset, or sells first. */
function inSequence({ config }: Run, orders: readonly Order[]): readonly Order[] {
  if (config.fill.sequence === 'column') return orders;
  return [...orders].sort((a, b) => a.sortKey - b.sortKey || a.cell.asset - b.cell.asset);
}

/** `partial` and `reject`: each order takes what cash those before it in the sequence leave. Returns what the last leaves. */
function limitByCash(run: Run, t: number, sequence: readonly Order[]): number {
  const { feeRate, fixedFee } = run.config;
  let left = run.ledger.cash;
  for (const order of sequence) {
    order.quantity = affordable(run, t, order, left);
    const value = Math.abs(order.quantity) * order.fillPrice;
    left = settledSum(left, flowOf(order.quantity, value, feeOf(value, feeRate, fixedFee)));
  }
  return left;
}

/** The part of an order that `cash` pays for. */
function affordable(run: Run, t: number, order: Order, cash: number): number {
  const { config } = run;
  const { feeRate, fixedFee, fill } = config;
  const { quantity, fillPrice, cell } = order;
  if (quantity === 0) return 0;
  const value = Math.abs(quantity) * fillPrice;
  const cost = -flowOf(quantity, value, feeOf(value, feeRate, fixedFee));
  if (cost <= cash || isClose(cost, cash)) return quantity;
  if (fill.cash === 'partial' && quantity > 0 && cash > fixedFee && !isClose(cash, fixedFee)) {
    const left = (cash - fixedFee) / (1 + feeRate) / fillPrice;
    const part = tradableQuantity(left, order.price, config);
    if (part !== 0) return part;
  }
  reject(run, t, cell.asset, 'no_cash');
  return 0;
}

/** Fills all orders by asset; cash moves once, to what is `left` of it or by their sum. */
function settle({ ledger, config }: Run, orders: readonly Order[], left: number | null): void {
  const assets = orders.map(({ cell }) => cell.asset);
  for (const { cell, quantity, price, fillPrice } of orders) {
    ledger.quantity[cell.asset] = quantity;
    ledger.price[cell.asset] = price;
    ledger.fillPrice[cell.asset] = fillPrice;
  }
  bookBatch(ledger, config, assets, assets.length, left);
}

/** Tells of an order that was filled, and sets the asset's stops as its cell says. */
function finishOrder(run: Run, t: number, order: Order): void {
  const { config, ledger, now } = run;
  const { asset, weight, isEvent } = order.cell;
  liftStop(run, t, asset);
  if (isEvent) ledger.awaitsEvent[asset] = 0;
  if (order.quantity !== 0) {
    const reason = weight === 0 ? FLATTEN : REBALANCE;
    noteFill(ledger, t, asset, reason, run.log);
    moveBase(ledger, config.fill, asset, now.close[asset]!);
    if (isEntry(ledger, asset)) run.openedNow.add(asset);
    emitFill(run, t, asset, reason);
  }
  if (weight !== 0) setStops(run, order);
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
