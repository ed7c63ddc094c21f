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
  const values = returns.slice();
  const position = CUTOFF * (returns.length - 1);
  const below = Math.floor(position);
  const lower = select(values, below);
  let upper = values[below + 1] ?? lower;
  for (let i = below + 2; i < values.length; i++) upper = Math.min(upper, values[i]!);
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

/**
 * The value that a sort would put at place k; those before it are not greater, those behind it not less (quickselect by the
 * median of three, Hoare 1961). A whole sort of the returns takes longer than the run that they come from.
 */
function select(values: Float64Array, k: number): number {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = medianOf(values[first]!, values[(first + last) >> 1]!, values[last]!);
    let i = first;
    let j = last;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (k <= j) last = j;
    else if (k >= i) first = i;
    else break;
  }
  return values[k]!;
}

const medianOf = (a: number, b: number, c: number) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
