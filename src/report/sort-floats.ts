/** Below so many values the sort of the language is as fast. */
const FEW = 512;
const BITS = 11;
const BUCKETS = 1 << BITS;
const MASK = BUCKETS - 1;
const COUNTS = [new Uint32Array(BUCKETS), new Uint32Array(BUCKETS), new Uint32Array(BUCKETS)] as const;
let scratch = new Uint32Array(0); // kept: cells are sorted by the hundred thousand

/**
 * Sorts floats in place, ascending, -0 before 0, none of them NaN: what `Float32Array.sort` gives, in time that grows with
 * their number alone (radix sort by 11 bits). A report of a million runs sorts them once for each pair of axes and metric.
 */
export function sortFloats(values: Float32Array): Float32Array {
  const n = values.length;
  if (n < FEW) return values.sort();
  const bits = new Uint32Array(values.buffer, values.byteOffset, n);
  const [low, middle, high] = COUNTS;
  for (const counts of COUNTS) counts.fill(0);
  for (let i = 0; i < n; i++) {
    const key = keyOf(bits[i]!);
    bits[i] = key;
    low[key & MASK]!++;
    middle[(key >>> BITS) & MASK]!++;
    high[(key >>> (2 * BITS)) & MASK]!++;
  }
  if (scratch.length < n) scratch = new Uint32Array(n);
  const other = scratch.subarray(0, n);
  scatter(bits, other, low, 0);
  scatter(other, bits, middle, BITS);
  scatter(bits, other, high, 2 * BITS);
  for (let i = 0; i < n; i++) bits[i] = other[i]! >>> 31 === 1 ? other[i]! ^ 0x80000000 : ~other[i]!;
  return values;
}

/** The bits of a float as an unsigned number in the order of the floats: of negative ones all turn over, of others the sign. */
const keyOf = (bits: number) => bits ^ ((bits | 0) >> 31) ^ (bits >>> 31 === 0 ? 0x80000000 : 0);

/** Memory to put so many rows in order. */
export interface RowRoom {
  readonly keys: Uint32Array;
  readonly rows: Uint32Array;
  readonly other: Uint32Array;
}

/** The rows whose value is not NaN, by ascending value, equal ones in their order; they stand in `room` [values]. */
export function ascendingRows(values: Float32Array, { keys, rows, other }: RowRoom): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const [low, middle, high] = COUNTS;
  for (const counts of COUNTS) counts.fill(0);
  let n = 0;
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row]!)) continue;
    const key = keyOf(bits[row]!);
    keys[row] = key;
    rows[n++] = row;
    low[key & MASK]!++;
    middle[(key >>> BITS) & MASK]!++;
    high[(key >>> (2 * BITS)) & MASK]!++;
  }
  scatterRows(keys, rows, other, n, low, 0);
  scatterRows(keys, other, rows, n, middle, BITS);
  scatterRows(keys, rows, other, n, high, 2 * BITS);
  return other.subarray(0, n);
}

function scatterRows(
  keys: Uint32Array,
  from: Uint32Array,
  to: Uint32Array,
  n: number,
  counts: Uint32Array,
  shift: number,
): void {
  startsOf(counts);
  for (let i = 0; i < n; i++) {
    const row = from[i]!;
    to[counts[(keys[row]! >>> shift) & MASK]!++] = row;
  }
}

/** Counts become where each begins. */
function startsOf(counts: Uint32Array): void {
  let start = 0;
  for (let b = 0; b < BUCKETS; b++) {
    const count = counts[b]!;
    counts[b] = start;
    start += count;
  }
}

/** Moves keys to where those of their 11 bits begin, in their order. */
function scatter(from: Uint32Array, to: Uint32Array, counts: Uint32Array, shift: number): void {
  startsOf(counts);
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    to[counts[(key >>> shift) & MASK]!++] = key;
  }
}
