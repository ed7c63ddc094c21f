import type { ReturnStats } from './return-stats.ts';

/**
 * What rounding of the equity can leave in a return that is 0 in truth, or in a result as a part of the cash.
 *
 * A denominator up to this is 0 to every ratio: else a run that bought once without costs would show a Sortino of 1e15.
 */
export const NOISE = 1e-14;

/**
 * Standard deviation of the returns of a bar, ddof 1 (pandas' `std`): √(Σ(r − mean)² / (n − 1)).
 *
 * @returns 0 where the returns differ by rounding only; NaN for n < 2
 */
export function deviation({ n, squares, mean }: ReturnStats): number {
  if (n < 2) return Number.NaN;
  const std = Math.sqrt(squares / (n - 1));
  return std > NOISE * (1 + Math.abs(mean)) ? std : 0;
}
