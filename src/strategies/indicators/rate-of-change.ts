/**
 * Relative change against `lag` bars before, at every bar of every asset: x[t] / x[t − lag] − 1.
 *
 * @param column N·T values, asset after asset, of T = `length` bars
 * @returns [N·T]; NaN in the first `lag` bars and where either value is NaN
 */
export function rateOfChange(column: Float64Array, length: number, lag: number): Float64Array {
  const out = new Float64Array(column.length).fill(Number.NaN);
  for (let start = 0; start < column.length; start += length) {
    for (let i = start + lag; i < start + length; i++) out[i] = column[i]! / column[i - lag]! - 1;
  }
  return out;
}
