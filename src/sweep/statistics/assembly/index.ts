/**
 * The inner loops of the statistics over blocks: leaf functions over memory that the host lays out; arguments are addresses.
 *
 * `plain-loops.ts` is the oracle: every operation stands in the same order there, and a test compares the bits.
 * Compiled by scripts/build-kernel.mjs.
 */

/** Σ of all subsets of eight numbers: subset m + size is subset m and one number more. */
export function subsetSums(values: usize, out: usize): void {
  const first = load<f64>(values);
  store<f64>(out, 0);
  store<f64>(out, 0 + first, 8);
  for (let bit = 1; bit < 8; bit++) {
    const one = v128.load64_splat(values + 8 * bit);
    const size: usize = 8 << bit;
    for (let m: usize = 0; m < size; m += 16) {
      v128.store(out + size + m, f64x2.add(v128.load(out + m), one));
    }
  }
}

/** Of 2^8 numbers of 8 bytes each. */
const TABLE: usize = 2048;

/** The sums of a half and of its complement, side by side: of its lower and of its upper eight blocks in two tables. */
// @ts-ignore: decorator
@inline
function halves(low: usize, high: usize, mask: u32): v128 {
  const l = <usize>(mask & 255) << 3;
  const h = <usize>(mask >> 8) << 3;
  const lower = v128.load64_lane(low + 2040 - l, v128.load64_zero(low + l), 1);
  const upper = v128.load64_lane(high + 2040 - h, v128.load64_zero(high + h), 1);
  return f64x2.add(lower, upper);
}

/** S·|S| of a half and of its complement. */
// @ts-ignore: decorator
@inline
function signedSquares(tables: usize, mask: u32): v128 {
  const s = halves(tables, tables + TABLE, mask);
  return f64x2.mul(s, f64x2.abs(s));
}

/** Σr² of a half and of its complement. */
// @ts-ignore: decorator
@inline
function squares(tables: usize, mask: u32): v128 {
  return halves(tables + 2 * TABLE, tables + 3 * TABLE, mask);
}

/** t of a half and of its complement: 0 where the returns of a half do not vary. */
// @ts-ignore: decorator
@inline
function flatOrT(tables: usize, mask: u32, limit: usize): v128 {
  const t = f64x2.div(signedSquares(tables, mask), squares(tables, mask));
  return v128.and(t, f64x2.le(f64x2.abs(t), v128.load(limit)));
}

/**
 * The first pair of halves from `from` on of which one is better than the best so far, or `pairs`.
 *
 * @param tables subset sums of Σr of the lower blocks, of the upper, then of Σr²
 * @param best t by half; a pair is two halves side by side
 */
export function betterPair(splits: usize, from: i32, pairs: i32, tables: usize, best: usize): i32 {
  for (let p = from; p < pairs; p++) {
    const mask = <u32>load<u16>(splits + (<usize>p << 1));
    const edge = f64x2.mul(v128.load(best + (<usize>p << 4)), squares(tables, mask));
    if (v128.any_true(f64x2.gt(signedSquares(tables, mask), edge))) return p;
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
    const t = signedSquares(tables, mask);
    const q = squares(tables, mask);
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
