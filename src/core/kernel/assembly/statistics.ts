import { compoundsDrawdown, initialCash } from './config';
import { control, equity, length, returns } from './layout';

/** As in metrics/return-stats.ts, whose sums these are; a test compares the bits. */
const BLOCKS = 16;
const ZERO = f64x2.splat(0);

let mean: f64 = 0;
let maxDrawdown: f64 = 0;
let maxDrawdownBars: i32 = 0;

/** The statistics of the returns, in the order of the fields that kernel.ts reads, from byte 512 of the control block. */
export function measureReturns(): void {
  const at = control + 512;
  store<f64>(at, <f64>length);
  store<f64>(at, initialCash, 8);
  store<f64>(at, load<f64>(equity + <usize>(length - 1) * 8), 16);
  if (!compoundsDrawdown) findDrawdown();
  if (!compoundsDrawdown && maxDrawdown > -1) sumReturns(at, true);
  else sumReturns(at, false);
  sumDeviations(at);
  if (compoundsDrawdown) findDrawdown();
  store<f64>(at, maxDrawdown, 88);
  store<f64>(at, <f64>maxDrawdownBars, 96);
}

/**
 * First pass: the returns and their sums; the two halves of a block side by side.
 *
 * @param positive is all equity above 0? Then nothing asks for its size or for 0.
 */
@inline
function sumReturns(at: usize, positive: bool): void {
  const curve = equity;
  const to = returns;
  let sumOfRun: f64 = 0;
  let equityOfRun: f64 = 0;
  let gainsOfRun: f64 = 0;
  let lossesOfRun: f64 = 0;
  let downsideOfRun: f64 = 0;
  for (let b = 0; b < BLOCKS; b++) {
    const end = blockBound(b + 1);
    let values = ZERO;
    let sums = ZERO;
    let squares = ZERO;
    let gains = ZERO;
    let losses = ZERO;
    let downside = ZERO;
    let i = blockBound(b);
    for (; i + 8 < end; i += 16) {
      const e = v128.load(curve + i);
      const prior = v128.load(curve + i - 8);
      let r = f64x2.div(f64x2.sub(e, prior), positive ? prior : f64x2.abs(prior));
      if (!positive) r = v128.andnot(r, f64x2.eq(prior, ZERO));
      v128.store(to + i, r);
      const gain = f64x2.pmax(ZERO, r);
      const loss = f64x2.sub(gain, r);
      values = f64x2.add(values, e);
      sums = f64x2.add(sums, r);
      squares = f64x2.add(squares, f64x2.mul(r, r));
      gains = f64x2.add(gains, gain);
      losses = f64x2.add(losses, loss);
      downside = f64x2.add(downside, f64x2.mul(loss, loss));
    }
    if (i < end) {
      const e = load<f64>(curve + i);
      const prior = load<f64>(curve + i - 8);
      const r = prior === 0 ? 0 : (e - prior) / abs(prior);
      store<f64>(to + i, r);
      const gain = max<f64>(0, r);
      const loss = gain - r;
      values = plusFirst(values, e);
      sums = plusFirst(sums, r);
      squares = plusFirst(squares, r * r);
      gains = plusFirst(gains, gain);
      losses = plusFirst(losses, loss);
      downside = plusFirst(downside, loss * loss);
    }
    const sum = halves(sums);
    store<f64>(at + <usize>b * 8, sum, 120);
    store<f64>(at + <usize>b * 8, halves(squares), 248);
    sumOfRun += sum;
    equityOfRun += halves(values);
    gainsOfRun += halves(gains);
    lossesOfRun += halves(losses);
    downsideOfRun += halves(downside);
  }
  mean = sumOfRun / <f64>length;
  store<f64>(at, equityOfRun, 24);
  store<f64>(at, mean, 32);
  store<f64>(at, downsideOfRun, 64);
  store<f64>(at, gainsOfRun, 72);
  store<f64>(at, lossesOfRun, 80);
}

/** Second pass: sums of powers of the distance from the mean, and from them those of the returns themselves. */
function sumDeviations(at: usize): void {
  const center = f64x2.splat(mean);
  const from = returns;
  let squaresOfRun: f64 = 0;
  let cubesOfRun: f64 = 0;
  let fourthsOfRun: f64 = 0;
  for (let b = 0; b < BLOCKS; b++) {
    const end = blockBound(b + 1);
    let squares = ZERO;
    let cubes = ZERO;
    let fourths = ZERO;
    let i = blockBound(b);
    for (; i + 8 < end; i += 16) {
      const d = f64x2.sub(v128.load(from + i), center);
      const d2 = f64x2.mul(d, d);
      squares = f64x2.add(squares, d2);
      cubes = f64x2.add(cubes, f64x2.mul(d2, d));
      fourths = f64x2.add(fourths, f64x2.mul(d2, d2));
    }
    if (i < end) {
      const d = load<f64>(from + i) - mean;
      const d2 = d * d;
      squares = plusFirst(squares, d2);
      cubes = plusFirst(cubes, d2 * d);
      fourths = plusFirst(fourths, d2 * d2);
    }
    squaresOfRun += halves(squares);
    cubesOfRun += halves(cubes);
    fourthsOfRun += halves(fourths);
  }
  store<f64>(at, squaresOfRun, 40);
  store<f64>(at, cubesOfRun, 48);
  store<f64>(at, fourthsOfRun, 56);
  const n = <f64>length;
  const m2 = mean * mean;
  store<f64>(at, cubesOfRun + 3 * mean * squaresOfRun + n * (m2 * mean), 104);
  store<f64>(at, fourthsOfRun + 4 * mean * cubesOfRun + 6 * m2 * squaresOfRun + n * (m2 * m2), 112);
}

/** Where block b begins, in bytes from the first bar. */
function blockBound(b: i32): usize {
  return <usize>((<i64>b * <i64>length) / BLOCKS) * 8;
}

/** Adds the last bar of an odd number to the first half. */
@inline
function plusFirst(sums: v128, x: f64): v128 {
  return f64x2.add(sums, f64x2.replace_lane(ZERO, 0, x));
}

@inline
function halves(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The deepest drawdown; eight bars between peak and trough are told apart at once. */
function findDrawdown(): void {
  maxDrawdown = 0;
  maxDrawdownBars = 0;
  let peak = initialCash;
  let level: f64 = 1;
  if (compoundsDrawdown) {
    const first = 1 + load<f64>(returns);
    peak = first > 0 ? first : 1;
  }
  let peakBar = -1;
  let trough = peak;
  for (let t = 0; t < length; ) {
    if (!compoundsDrawdown) {
      // Far from the peak many bars pass at once.
      while (t + 8 <= length && liesBetween(equity + <usize>t * 8, trough, peak)) t += 8;
      if (t === length) break;
    }
    const stop = min(t + 8, length);
    for (; t < stop; t++) {
      level = compoundsDrawdown
        ? level * (1 + load<f64>(returns + <usize>t * 8))
        : load<f64>(equity + <usize>t * 8);
      if (level >= peak) {
        if (trough < peak) endDrawdown(trough / peak - 1, t - peakBar);
        peak = level;
        peakBar = t;
        trough = level;
      } else if (level < trough) trough = level;
    }
  }
  endDrawdown(trough / peak - 1, length - 1 - peakBar);
}

@inline
function liesBetween(at: usize, trough: f64, peak: f64): bool {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  const low = f64x2.pmin(f64x2.pmin(a, b), f64x2.pmin(c, d));
  const high = f64x2.pmax(f64x2.pmax(a, b), f64x2.pmax(c, d));
  return !v128.any_true(v128.or(f64x2.lt(low, f64x2.splat(trough)), f64x2.ge(high, f64x2.splat(peak))));
}

function endDrawdown(drawdown: f64, bars: i32): void {
  if (!(drawdown < maxDrawdown)) return;
  maxDrawdown = drawdown;
  maxDrawdownBars = bars;
}
