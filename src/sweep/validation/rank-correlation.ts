/**
 * Spearman's rank correlation of two columns: Pearson's correlation of their ranks, equal values sharing their mean rank.
 *
 * Pairs with a NaN are left out. NaN for fewer than three pairs, and where one column does not vary.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const defined = a.flatMap((x, i) => (Number.isNaN(x) || Number.isNaN(b[i]!) ? [] : [i]));
  const n = defined.length;
  if (n < 3) return Number.NaN;
  const x = ranks(Float64Array.from(defined, (i) => a[i]!));
  const y = ranks(Float64Array.from(defined, (i) => b[i]!));
  const mean = (n + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[i]! - mean, y[i]! - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/** Rank of each value from 1 up; equal values share the mean of theirs. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const found = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i + 1;
    while (end < order.length && values[order[end]!] === values[order[i]!]) end++;
    for (let k = i; k < end; k++) found[order[k]!] = (i + 1 + end) / 2;
    i = end;
  }
  return found;
}
