/** Bits of a digit, and the digits of a 32-bit key. */
const DIGIT = 11;
const SHIFTS = [0, DIGIT, 2 * DIGIT];

/**
 * The rows where a metric is defined, by ascending value; equal values in the order of the rows.
 *
 * A radix sort of the bits of single-precision numbers: one order serves every grouping of a million runs.
 */
export function ascendingRows(metric: Float32Array): Uint32Array {
  const bits = new Uint32Array(metric.buffer, metric.byteOffset, metric.length);
  let rows = new Uint32Array(metric.length);
  const keys = new Uint32Array(metric.length);
  let count = 0;
  for (let i = 0; i < metric.length; i++) {
    if (Number.isNaN(metric[i]!)) continue;
    const b = bits[i]!;
    // Negative numbers have the order of their bits turned round.
    keys[i] = b >>> 31 === 1 ? ~b : b | 0x80000000;
    rows[count++] = i;
  }
  rows = rows.subarray(0, count);
  let other = new Uint32Array(count);
  const next = new Uint32Array(1 << DIGIT);
  for (const shift of SHIFTS) {
    next.fill(0);
    const mask = next.length - 1;
    for (let k = 0; k < count; k++) next[(keys[rows[k]!]! >>> shift) & mask]!++;
    for (let d = 0, sum = 0; d < next.length; d++) {
      const rowsOfDigit = next[d]!;
      next[d] = sum;
      sum += rowsOfDigit;
    }
    for (let k = 0; k < count; k++) other[next[(keys[rows[k]!]! >>> shift) & mask]!++] = rows[k]!;
    [rows, other] = [other, rows];
  }
  return rows;
}
