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
    countDigits(key);
  }
  if (scratch.length < n) scratch = new Uint32Array(n);
  const other = scratch.subarray(0, n);
  scatter(bits, other, low, 0);
  scatter(other, bits, middle, BITS);
  scatter(bits, other, high, 2 * BITS);
  bits.set(other);
  restore(bits, n);
  return values;
}

/** Keys become the bits of their floats again. */
function restore(keys: Uint32Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    keys[i] = key >>> 31 === 1 ? key ^ 0x80000000 : ~key;
  }
}

/** The bits of a float as an unsigned number in the order of the floats: of negative ones all turn over, of others the sign. */
const keyOf = (bits: number) => bits ^ ((bits | 0) >> 31) ^ (bits >>> 31 === 0 ? 0x80000000 : 0);

/** Memory to put so many rows in order: each with its key, and room to move both. */
export interface RowRoom {
  readonly keys: Uint32Array;
  readonly rows: Uint32Array;
  readonly otherKeys: Uint32Array;
  readonly otherRows: Uint32Array;
}

/** Memory for `rows` rows. */
export function rowRoom(rows: number): RowRoom {
  const numbers = () => new Uint32Array(rows);
  return { keys: numbers(), rows: numbers(), otherKeys: numbers(), otherRows: numbers() };
}

/** Rows in the order of their values. */
export interface AscendingRows {
  /** Their values. */
  readonly values: Float32Array;
  readonly rows: Uint32Array;
  /** As long, and free until the next sort. */
  readonly spare: Float32Array;
}

/** The rows whose value is not NaN, by ascending value, -0 before 0, equal ones in their order; all stands in `room` [values]. */
export function ascendingRows(values: Float32Array, room: RowRoom): AscendingRows {
  for (const counts of COUNTS) counts.fill(0);
  const n = countKeys(values, room.keys, room.rows);
  let [keys, rows, toKeys, toRows] = [room.keys, room.rows, room.otherKeys, room.otherRows];
  for (const [k, counts] of COUNTS.entries()) {
    if (n === 0 || counts[(keys[0]! >>> (k * BITS)) & MASK] === n) continue; // the same bits in all
    startsOf(counts);
    scatterRows(keys, rows, toKeys, toRows, n, counts, k * BITS);
    [keys, rows, toKeys, toRows] = [toKeys, toRows, keys, rows];
  }
  restore(keys, n);
  const floats = ({ buffer, byteOffset }: Uint32Array) => new Float32Array(buffer, byteOffset, n);
  return { values: floats(keys), rows: rows.subarray(0, n), spare: floats(toKeys) };
}

/** Lists rows that have a value and their keys, and counts the three digits of these; gives their number. */
function countKeys(values: Float32Array, keys: Uint32Array, rows: Uint32Array): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let n = 0;
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row]!)) continue;
    const key = keyOf(bits[row]!);
    keys[n] = key;
    rows[n++] = row;
    countDigits(key);
  }
  return n;
}

function countDigits(key: number): void {
  const [low, middle, high] = COUNTS;
  low[key & MASK]!++;
  middle[(key >>> BITS) & MASK]!++;
  high[(key >>> (2 * BITS)) & MASK]!++;
}

function scatterRows(
  keys: Uint32Array,
  rows: Uint32Array,
  toKeys: Uint32Array,
  toRows: Uint32Array,
  n: number,
  counts: Uint32Array,
  shift: number,
): void {
  for (let i = 0; i < n; i++) {
    const key = keys[i]!;
    const at = counts[(key >>> shift) & MASK]!++;
    toKeys[at] = key;
    toRows[at] = rows[i]!;
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
