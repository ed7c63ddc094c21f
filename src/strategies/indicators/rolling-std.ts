/**
 * Standard deviation (ddof 1) of the last `window` values, at every bar of every asset, in O(N·T).
 *
 * Blocks and differences from their first bar as in `rollingMean`. That bar lies in the window, so the sum of squares
 * is of the size of the variance and nothing cancels; equal values have deviation exactly 0.
 *
 * @param column N·T values, asset after asset, of T = `length` bars
 * @param window at least 2
 * @returns [N·T]; NaN where the window is not full or holds a NaN
 */
export function rollingStd(column: Float64Array, length: number, window: number): Float64Array {
  const out = new Float64Array(column.length).fill(Number.NaN);
  if (window > length) return out;
  const tail = new Float64Array(window);
  const tailSquares = new Float64Array(window);
  for (let start = 0; start < column.length; start += length) {
    const end = start + length;
    for (let block = start; block < end; block += window) {
      const pivot = column[block]!;
      const reach = block === start ? 1 : window;
      for (let m = 1; m < reach; m++) {
        const d = column[block - m]! - pivot;
        tail[m] = tail[m - 1]! + d;
        tailSquares[m] = tailSquares[m - 1]! + d * d;
      }
      let head = 0;
      let headSquares = 0;
      for (let i = block; i < end && i < block + window; i++) {
        const d = column[i]! - pivot;
        head += d;
        headSquares += d * d;
        const before = block + window - 1 - i;
        if (before >= reach) continue;
        const sum = head + tail[before]!;
        const squares = headSquares + tailSquares[before]!;
        out[i] = Math.sqrt((squares - (sum * sum) / window) / (window - 1));
      }
    }
  }
  return out;
}
