import { feeOf, slippedPrice } from '../execution/costs.ts';
import type { RunLog } from '../execution/run-log.ts';
import { coveredPart, orderQuantity, scaleFactor, tradableQuantity } from '../execution/sizing.ts';
import type { RunConfig } from '../run-config.ts';
import { reject, type Workspace } from './workspace.ts';

/** Where the sign of a double stands in a pair of 32-bit words. */
const SIGN_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Quantities, prices and sort keys of all cells, and the factor λ of `cash: scale`; sums in halves by place.
 *
 * Whether an asset is bought or sold is anybody's guess, and a guess that a processor gets wrong costs more than all
 * the arithmetic of an order. So the sign of the quantity is read as a bit and used as a number: prices come from a
 * table of two, and what a sum must not see is multiplied by 0, which changes no bit of it.
 */
export function planOrders(ws: Workspace, config: RunConfig, V: number): void {
  const { ledger, dueCount, slipped } = ws;
  slipped[0] = slippedPrice(1, true, config.slippage);
  slipped[1] = slippedPrice(1, false, config.slippage);
  ws.lowestKey = Number.POSITIVE_INFINITY;
  ws.highestKey = Number.NEGATIVE_INFINITY;
  let [proceeds, covers, fixedFees, wanted] = [0, 0, 0, 0];
  for (let half = 0; half < 2; half++) {
    let [ofProceeds, ofCovers, ofFixedFees, ofWanted] = [0, 0, 0, 0];
    for (let k = half; k < dueCount; k += 2) {
      const asset = ws.due[k]!;
      const weight = ws.weight[k]!;
      const price = ledger.price[asset]!;
      const position = ledger.position[asset]!;
      const q = orderQuantity(weight, V, price, position, config);
      ledger.quantity[asset] = q;
      const sells = ws.quantityWords[2 * asset + SIGN_WORD]! >>> 31;
      const fillPrice = price * slipped[sells]!;
      ledger.fillPrice[asset] = fillPrice;
      const key = weight * V - position * price;
      ws.sortKey[k] = key;
      ws.lowestKey = Math.min(key, ws.lowestKey);
      ws.highestKey = Math.max(key, ws.highestKey);
      const value = Math.abs(q) * fillPrice;
      ofProceeds += sells * (value - feeOf(value, config.feeRate, config.fixedFee));
      let cover = 0;
      if (position < 0 && q > 0) {
        cover = coveredPart(q, position);
        ofCovers += cover * fillPrice * (1 + config.feeRate);
      }
      if (config.fixedFee > 0 && q > 0) ofFixedFees += config.fixedFee;
      ofWanted += (1 - sells) * ((q - cover) * fillPrice * (1 + config.feeRate));
    }
    proceeds += ofProceeds;
    covers += ofCovers;
    fixedFees += ofFixedFees;
    wanted += ofWanted;
  }
  const available = ledger.cash + (config.maxLeverage - 1) * V + (proceeds - covers - fixedFees);
  ws.scale = config.fill.cash === 'scale' ? scaleFactor(available, wanted, V) : 1;
}

/** Multiplies what opens or adds to longs by λ. */
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
