/** Highest of the last `window` values, missing ones passed over; see `rollingExtreme`. */
export function rollingMax(column: Float64Array, length: number, window: number): Float64Array {
  return rollingExtreme(column, length, window, 1);
}

/** Lowest of the last `window` values, missing ones passed over; see `rollingExtreme`. */
export function rollingMin(column: Float64Array, length: number, window: number): Float64Array {
  return rollingExtreme(column, length, window, -1);
}

/**
 * Extreme of the last `window` bars, at every bar of every asset, in O(N·T): the extreme of the end of one block of
 * `window` bars and the beginning of the next (van Herk).
 *
 * @param column N·T values, asset after asset, of T = `length` bars; NaN = missing
 * @param sign 1 for the highest, -1 for the lowest
 * @returns [N·T]; NaN until the asset is `window` bars old (counted from its first value), and where the whole window
 *   is missing
 */
function rollingExtreme(column: Float64Array, length: number, window: number, sign: 1 | -1): Float64Array {
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
      for (let m = 1; m < reach; m++) tail[m] = further(tail[m - 1]!, column[block - m]!, sign);
      let head = Number.NaN;
      for (let i = block; i < end && i < block + window; i++) {
        head = further(head, column[i]!, sign);
        if (i >= full) out[i] = further(head, tail[block + window - 1 - i]!, sign);
      }
    }
  }
  return out;
}

/** The further of two in the direction of `sign`, the other where one is NaN. */
function further(a: number, b: number, sign: 1 | -1): number {
  if (Number.isNaN(a)) return b;
  return sign * b > sign * a ? b : a;
}
