/**
 * Mean of the last `window` values, at every bar of every asset, in O(N·T).
 *
 * The column is cut into blocks of `window` bars, and a window is the end of one block and the beginning of the next
 * (van Herk): sums grow from the block's first bar in both directions, nothing is ever subtracted again, so that no
 * rounding error drifts along. They are sums of differences from that bar, which makes the mean of equal values
 * exactly that value.
 *
 * @param column N·T values, asset after asset, of T = `length` bars
 * @returns [N·T]; NaN where the window is not full or holds a NaN
 */
export function rollingMean(column: Float64Array, length: number, window: number): Float64Array {
  const out = new Float64Array(column.length).fill(Number.NaN);
  if (window > length) return out;
  const tail = new Float64Array(window);
  for (let start = 0; start < column.length; start += length) {
    const end = start + length;
    for (let block = start; block < end; block += window) {
      const pivot = column[block]!;
      const reach = block === start ? 1 : window;
      for (let m = 1; m < reach; m++) tail[m] = tail[m - 1]! + (column[block - m]! - pivot);
      let head = 0;
      for (let i = block; i < end && i < block + window; i++) {
        head += column[i]! - pivot;
        const before = block + window - 1 - i;
        if (before < reach) out[i] = pivot + (head + tail[before]!) / window;
      }
    }
  }
  return out;
}
