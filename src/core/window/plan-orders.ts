import { feeOf, slippedPrice } from '../execution/costs.ts';
import type { RunLog } from '../execution/run-log.ts';
import { coveredPart, orderQuantity, scaleFactor, tradableQuantity } from '../execution/sizing.ts';
import type { RunConfig } from '../run-config.ts';
import { reject, type Workspace } from './workspace.ts';

/** Where the sign of a double stands in a pair of 32-bit words. */
const SIGN_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Quantities, prices and sort keys of all cells, and the factor λ of `cash: scale`; sums ascend by asset.
 *
 * Whether an asset is bought or sold is anybody's guess, and a guess that a processor gets wrong costs more than all
 * the arithmetic of an order. So the sign of the quantity is read as a bit and used as a number: prices come from a
 * table of two, and what a sum must not see is multiplied by 0, which changes no bit of it.
 */
export function planOrders(ws: Workspace, config: RunConfig, V: number): void {
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
export function scaleBuys(ws: Workspace, config: RunConfig, t: number, log: RunLog | null): void {
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
