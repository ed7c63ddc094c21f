/** The far end of losses of one run; a quantile for each run of a sweep would cost more than simulating it. */
export interface TailRisk {
  /** 5 % quantile of the returns; negative where it is a loss. */
  readonly valueAtRisk: number;
  /** Mean of the returns at or below it. */
  readonly conditionalValueAtRisk: number;
}

const CUTOFF = 0.05;

/**
 * Historical value at risk and expected shortfall of a bar, at 5 % (empyrical's `value_at_risk` and numpy's linear
 * quantile: interpolated at the position 0.05·(n − 1) of the ascending returns).
 *
 * @param returns [T], finite; of no returns both are NaN
 */
export function tailRisk(returns: Float64Array): TailRisk {
  if (returns.length === 0) return { valueAtRisk: Number.NaN, conditionalValueAtRisk: Number.NaN };
  const ascending = returns.slice().sort();
  const position = CUTOFF * (returns.length - 1);
  const below = Math.floor(position);
  const lower = ascending[below]!;
  const upper = ascending[Math.min(below + 1, returns.length - 1)]!;
  const valueAtRisk = lower + (upper - lower) * (position - below);
  let sum = 0;
  let count = 0;
  for (const r of returns) {
    if (r <= valueAtRisk) {
      sum += r;
      count++;
    }
  }
  return { valueAtRisk, conditionalValueAtRisk: sum / count };
}
