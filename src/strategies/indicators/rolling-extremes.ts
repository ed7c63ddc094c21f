/**
 * Highest of the last `window` bars, missing values passed over, at every bar of every asset, in O(N·T): the higher of
 * the end of one block of `window` bars and the beginning of the next (van Herk).
 *
 * @param column N·T values, asset after asset, of T = `length` bars; NaN = missing
 * @returns [N·T]; NaN until the asset is `window` bars old (counted from its first value), and where the whole window
 *   is missing
 */
export function rollingMax(column: Float64Array, length: number, window: number): Float64Array {
  const out = new Float64Array(column.length).fill(Number.NaN);
  if (window > length) return out;
  const tail = new Float64Array(window);
  for (let start = 0; start < column.length; start += length) {
    const end = start + length;
    let full = start;
    while (full < end && Number.isNaN(column[full])) full++;
    full += window - 1;
    for (let block = start; block < end; block += window) {
      const reach = block === start ? 1 : window;
      tail[0] = Number.NaN;
      for (let m = 1; m < reach; m++) tail[m] = higher(tail[m - 1]!, column[block - m]!);
      let head = Number.NaN;
      const blockEnd = Math.min(end, block + window);
      for (let i = block; i < blockEnd; i++) {
        head = higher(head, column[i]!);
        if (i >= full) out[i] = higher(head, tail[block + window - 1 - i]!);
      }
    }
  }
  return out;
}

/** Lowest of the last `window` bars; all else as `rollingMax`. */
export function rollingMin(column: Float64Array, length: number, window: number): Float64Array {
  const negative = column.map((x) => -x);
  const lowest = rollingMax(negative, length, window);
  for (let i = 0; i < lowest.length; i++) lowest[i] = -lowest[i]!;
  return lowest;
}

/** The higher of two, the other where one is NaN. */
function higher(a: number, b: number): number {
  return b > a || Number.isNaN(a) ? b : a;
}
