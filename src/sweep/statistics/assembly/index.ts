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

/** The sum of x [16] over the blocks of every draw: even and odd blocks in the two lanes. */
export function drawSums(counts: usize, draws: i32, x: usize, out: usize): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x, 16);
  const x2 = v128.load(x, 32);
  const x3 = v128.load(x, 48);
  const x4 = v128.load(x, 64);
  const x5 = v128.load(x, 80);
  const x6 = v128.load(x, 96);
  const x7 = v128.load(x, 112);
  const end = out + (<usize>draws << 3);
  for (; out < end; out += 8, counts += 128) {
    let sum = f64x2.add(f64x2.splat(0), f64x2.mul(v128.load(counts), x0));
    sum = f64x2.add(sum, f64x2.mul(v128.load(counts, 16), x1));
    sum = f64x2.add(sum, f64x2.mul(v128.load(counts, 32), x2));
    sum = f64x2.add(sum, f64x2.mul(v128.load(counts, 48), x3));
    sum = f64x2.add(sum, f64x2.mul(v128.load(counts, 64), x4));
    sum = f64x2.add(sum, f64x2.mul(v128.load(counts, 80), x5));
    sum = f64x2.add(sum, f64x2.mul(v128.load(counts, 96), x6));
    sum = f64x2.add(sum, f64x2.mul(v128.load(counts, 112), x7));
    store<f64>(out, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  }
}

/** The greater of two vectors, lane by lane; the first where they are equal or one is NaN. */
// @ts-ignore: decorator
@inline
function raise(at: usize, value: v128): void {
  v128.store(at, f64x2.pmax(v128.load(at), value));
}

/** Raises four maxima a draw by one run; of an odd number of draws the arrays have room for one more. */
export function raiseMaxima(
  sums: usize,
  draws: i32,
  upper: usize,
  consistent: usize,
  lower: usize,
  reality: usize,
  factor: f64,
  hopeless: f64,
  worse: f64,
  deviation: f64,
): void {
  const f = f64x2.splat(factor);
  const h = f64x2.splat(hopeless);
  const w = f64x2.splat(worse);
  const d = f64x2.splat(deviation);
  const end = <usize>draws << 3;
  for (let i: usize = 0; i < end; i += 16) {
    const v = f64x2.mul(v128.load(sums + i), f);
    raise(upper + i, v);
    raise(consistent + i, f64x2.add(v, h));
    raise(lower + i, f64x2.add(v, w));
    raise(reality + i, f64x2.mul(v, d));
  }
}
