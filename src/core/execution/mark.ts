import type { RunTotals } from './ledger.ts';

/**
 * Σ |position · last close| at a close, given what the equity is made of.
 *
 * equity − cash is what the positions are worth net; a short counts with its absolute value, so twice its own is added.
 *
 * @param shorts Σ position · last close over the shorts, ≤ 0, in index order
 */
export function grossExposure(equity: number, cash: number, shorts: number): number {
  return equity - cash - 2 * shorts;
}

/** Keeps the highest gross leverage; equity ≤ 0 has none. */
export function raiseLeverage(totals: RunTotals, gross: number, equity: number): void {
  if (equity > 0 && gross > totals.maxGrossLeverage * equity) totals.maxGrossLeverage = gross / equity;
}
