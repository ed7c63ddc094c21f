/**
 * The inner loops of the statistics over blocks: leaf functions over memory that the host lays out; arguments are addresses.
 *
 * `plain-loops.ts` is the oracle: every operation stands in the same order there, and a test compares the bits.
 * Compiled by scripts/build-kernel.mjs.
 */

/** Σ of all subsets of eight pairs of numbers: subset m + size is subset m and one pair more. */
export function subsetSums(values: usize, out: usize): void {
  v128.store(out, f64x2.splat(0));
  for (let bit = 0; bit < 8; bit++) {
    const one = v128.load(values + (<usize>bit << 4));
    const size: usize = 16 << bit;
    for (let m: usize = 0; m < size; m += 16) {
      v128.store(out + size + m, f64x2.add(v128.load(out + m), one));
    }
  }
}

/** Of 2^8 pairs of numbers of 8 bytes each. */
const TABLE: usize = 4096;
/** The last of them. */
const ALL: usize = TABLE - 16;

/** Σr and Σr², side by side, of a half: those of its lower and of its upper eight blocks. */
// @ts-ignore: decorator
@inline
function half(tables: usize, mask: u32): v128 {
  const lower = v128.load(tables + (<usize>(mask & 255) << 4));
  return f64x2.add(lower, v128.load(tables + (<usize>(mask >> 8) << 4), TABLE));
}

/** The same of its complement. */
// @ts-ignore: decorator
@inline
function complement(tables: usize, mask: u32): v128 {
  const lower = v128.load(tables + ALL - (<usize>(mask & 255) << 4));
  return f64x2.add(lower, v128.load(tables + ALL - (<usize>(mask >> 8) << 4), TABLE));
}

/** S·|S| of a half and of its complement. */
// @ts-ignore: decorator
@inline
function signedSquares(one: v128, other: v128): v128 {
  const s = v128.shuffle<f64>(one, other, 0, 2);
  return f64x2.mul(s, f64x2.abs(s));
}

/** Σr² of a half and of its complement. */
// @ts-ignore: decorator
@inline
function squares(one: v128, other: v128): v128 {
  return v128.shuffle<f64>(one, other, 1, 3);
}

/** t of a half and of its complement: 0 where the returns of a half do not vary. */
// @ts-ignore: decorator
@inline
function flatOrT(tables: usize, mask: u32, limit: usize): v128 {
  const one = half(tables, mask);
  const other = complement(tables, mask);
  const t = f64x2.div(signedSquares(one, other), squares(one, other));
  return v128.and(t, f64x2.le(f64x2.abs(t), v128.load(limit)));
}

/**
 * The first pair of halves from `from` on of which one is better than the best so far, or `pairs`.
 *
 * @param tables subset sums of Σr and Σr² of the lower blocks, then of the upper
 * @param best t by half; a pair is two halves side by side
 */
export function betterPair(splits: usize, from: i32, pairs: i32, tables: usize, best: usize): i32 {
  for (let p = from; p < pairs; p++) {
    const mask = <u32>load<u16>(splits + (<usize>p << 1));
    const one = half(tables, mask);
    const other = complement(tables, mask);
    const edge = f64x2.mul(v128.load(best + (<usize>p << 4)), squares(one, other));
    if (v128.any_true(f64x2.gt(signedSquares(one, other), edge))) return p;
  }
  return pairs;
}

/** `betterPair` of a run that may not vary in a half: where |t| is beyond its `limit`. */
export function betterOrFlatPair(
  splits: usize,
  from: i32,
  pairs: i32,
  tables: usize,
  best: usize,
  limit: usize,
): i32 {
  for (let p = from; p < pairs; p++) {
    const mask = <u32>load<u16>(splits + (<usize>p << 1));
    const t = flatOrT(tables, mask, limit + (<usize>p << 4));
    if (v128.any_true(f64x2.gt(t, v128.load(best + (<usize>p << 4))))) return p;
  }
  return pairs;
}

/** Adds 1 at `at` in the lanes that are true. */
// @ts-ignore: decorator
@inline
function count(at: usize, lanes: v128): void {
  v128.store(at, f64x2.add(v128.load(at), v128.and(lanes, f64x2.splat(1))));
}

/** Adds 1 to `below` and `notAbove` of every half in which the run is below the low edge, and not above the high one. */
export function countRanks(
  splits: usize,
  pairs: i32,
  tables: usize,
  lowEdge: usize,
  highEdge: usize,
  below: usize,
  notAbove: usize,
): void {
  const end = <usize>pairs << 4;
  for (let h: usize = 0, p = splits; h < end; h += 16, p += 2) {
    const mask = <u32>load<u16>(p);
    const one = half(tables, mask);
    const other = complement(tables, mask);
    const t = signedSquares(one, other);
    const q = squares(one, other);
    count(below + h, f64x2.lt(t, f64x2.mul(v128.load(lowEdge + h), q)));
    count(notAbove + h, f64x2.le(t, f64x2.mul(v128.load(highEdge + h), q)));
  }
}

/** `countRanks` of a run that may not vary in a half: where |t| is beyond its `limit`. */
export function countFlatRanks(
  splits: usize,
  pairs: i32,
  tables: usize,
  lowEdge: usize,
  highEdge: usize,
  below: usize,
  notAbove: usize,
  limit: usize,
): void {
  const end = <usize>pairs << 4;
  for (let h: usize = 0, p = splits; h < end; h += 16, p += 2) {
    const t = flatOrT(tables, <u32>load<u16>(p), limit + h);
    count(below + h, f64x2.lt(t, v128.load(lowEdge + h)));
    count(notAbove + h, f64x2.le(t, v128.load(highEdge + h)));
  }
}

/**
 * Where the host leaves room for the sums of all pairs of blocks, [16][16][4], and where in it those of runs 2 and 3 begin: constants, which
 * an access adds for nothing.
 */
const PAIR_SUMS: usize = 1024;
const PAIR_SUMS_OF_LATTER: usize = 1040;

/** The sums of a pair of blocks, by its place in bytes, of runs 0 and 1. */
// @ts-ignore: decorator
@inline
function former(place: usize): v128 {
  return v128.load(place, PAIR_SUMS);
}

/** Of runs 2 and 3. */
// @ts-ignore: decorator
@inline
function latter(place: usize): v128 {
  return v128.load(place, PAIR_SUMS_OF_LATTER);
}

/** The greatest of three vectors, lane by lane; the first where they are equal or another is NaN. */
// @ts-ignore: decorator
@inline
function raise(at: usize, one: v128, other: v128): void {
  v128.store(at, f64x2.pmax(f64x2.pmax(v128.load(at), one), other));
}

/**
 * Raises four maxima a draw by four runs. A draw is 16 blocks of 16: eight sums of two out of a table that a first-level cache
 * holds, in place of sixteen products with counts that it does not.
 */
export function raiseMaxima(
  units: usize,
  scales: usize,
  pairs: usize,
  draws: i32,
  upper: usize,
  consistent: usize,
  lower: usize,
  reality: usize,
): void {
  for (let one: usize = 0; one < 512; one += 32) {
    const x = v128.load(units + one);
    const y = v128.load(units + one, 16);
    for (let other: usize = 0; other < 512; other += 32) {
      const at = (one << 4) + other;
      v128.store(at, f64x2.add(x, v128.load(units + other)), PAIR_SUMS);
      v128.store(at, f64x2.add(y, v128.load(units + other, 16)), PAIR_SUMS_OF_LATTER);
    }
  }
  const end = <usize>draws << 4;
  for (let d: usize = 0, p = pairs; d < end; d += 16, p += 16) {
    const first = <usize>load<u16>(p);
    const second = <usize>load<u16>(p, 2);
    let even0 = former(first);
    let even1 = latter(first);
    let odd0 = former(second);
    let odd1 = latter(second);
    for (let k: usize = 4; k < 16; k += 4) {
      const even = <usize>load<u16>(p + k);
      const odd = <usize>load<u16>(p + k, 2);
      even0 = f64x2.add(even0, former(even));
      even1 = f64x2.add(even1, latter(even));
      odd0 = f64x2.add(odd0, former(odd));
      odd1 = f64x2.add(odd1, latter(odd));
    }
    const v = f64x2.mul(f64x2.add(even0, odd0), v128.load(scales));
    const w = f64x2.mul(f64x2.add(even1, odd1), v128.load(scales, 16));
    raise(upper + d, v, w);
    raise(consistent + d, f64x2.add(v, v128.load(scales, 32)), f64x2.add(w, v128.load(scales, 48)));
    raise(lower + d, f64x2.add(v, v128.load(scales, 64)), f64x2.add(w, v128.load(scales, 80)));
    raise(reality + d, f64x2.mul(v, v128.load(scales, 96)), f64x2.mul(w, v128.load(scales, 112)));
  }
}
