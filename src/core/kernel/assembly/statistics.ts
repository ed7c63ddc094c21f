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
  sumReturns(at);
  sumDeviations(at);
  sumDrawdown();
  store<f64>(at, maxDrawdown, 88);
  store<f64>(at, <f64>maxDrawdownBars, 96);
}

/**
 * First pass: the returns, their mean and the sums of the blocks.
 *
 * Two bars at a time up to the sums, which take one bar after the other, two sums side by side.
 */
function sumReturns(at: usize): void {
  let sums = ZERO; // Σ r, Σ equity
  let sizes = ZERO; // twice the gains and the losses
  let down = ZERO; // four times the squares of losses, Σ r of the block
  let squares: f64 = 0; // of the block
  let t = 0;
  for (let b = 0; b < BLOCKS; b++) {
    const end = <i32>((<i64>(b + 1) * <i64>length) / BLOCKS);
    down = f64x2.replace_lane(down, 1, 0);
    squares = 0;
    for (; t < end; t += 2) {
      const i = <usize>t * 8;
      const e = v128.load(equity + i);
      const prior = v128.load(equity + i - 8);
      const r = v128.andnot(f64x2.div(f64x2.sub(e, prior), f64x2.abs(prior)), f64x2.eq(prior, ZERO));
      v128.store(returns + i, r);
      const size = f64x2.abs(r);
      const gain = f64x2.add(size, r);
      const loss = f64x2.sub(size, r);
      const lossSquares = f64x2.mul(loss, loss);
      const rSquares = f64x2.mul(r, r);
      sums = f64x2.add(sums, v128.shuffle<f64>(r, e, 0, 2));
      sizes = f64x2.add(sizes, v128.shuffle<f64>(gain, loss, 0, 2));
      down = f64x2.add(down, v128.shuffle<f64>(lossSquares, r, 0, 2));
      squares += f64x2.extract_lane(rSquares, 0);
      if (t + 1 === end) {
        t++;
        break;
      }
      sums = f64x2.add(sums, v128.shuffle<f64>(r, e, 1, 3));
      sizes = f64x2.add(sizes, v128.shuffle<f64>(gain, loss, 1, 3));
      down = f64x2.add(down, v128.shuffle<f64>(lossSquares, r, 1, 3));
      squares += f64x2.extract_lane(rSquares, 1);
    }
    store<f64>(at + <usize>b * 8, f64x2.extract_lane(down, 1), 120);
    store<f64>(at + <usize>b * 8, squares, 248);
  }
  mean = f64x2.extract_lane(sums, 0) / <f64>length;
  store<f64>(at, f64x2.extract_lane(sums, 1), 24);
  store<f64>(at, mean, 32);
  store<f64>(at, f64x2.extract_lane(down, 0) / 4, 64);
  store<f64>(at, f64x2.extract_lane(sizes, 0) / 2, 72);
  store<f64>(at, f64x2.extract_lane(sizes, 1) / 2, 80);
}

/** Second pass: sums of powers, of the returns and of their distance from the mean. */
function sumDeviations(at: usize): void {
  const center = f64x2.splat(mean);
  let low = ZERO; // Σ d², Σ d³
  let high = ZERO; // Σ d⁴, Σ r³
  let fourths: f64 = 0; // Σ r⁴
  const end = <usize>length * 8;
  for (let i: usize = 0; i < end; i += 16) {
    const r = v128.load(returns + i);
    const d = f64x2.sub(r, center);
    const d2 = f64x2.mul(d, d);
    const d3 = f64x2.mul(d2, d);
    const d4 = f64x2.mul(d2, d2);
    const r2 = f64x2.mul(r, r);
    const r3 = f64x2.mul(r2, r);
    const r4 = f64x2.mul(r2, r2);
    low = f64x2.add(low, v128.shuffle<f64>(d2, d3, 0, 2));
    high = f64x2.add(high, v128.shuffle<f64>(d4, r3, 0, 2));
    fourths += f64x2.extract_lane(r4, 0);
    if (i + 8 === end) break;
    low = f64x2.add(low, v128.shuffle<f64>(d2, d3, 1, 3));
    high = f64x2.add(high, v128.shuffle<f64>(d4, r3, 1, 3));
    fourths += f64x2.extract_lane(r4, 1);
  }
  store<f64>(at, f64x2.extract_lane(low, 0), 40);
  store<f64>(at, f64x2.extract_lane(low, 1), 48);
  store<f64>(at, f64x2.extract_lane(high, 0), 56);
  store<f64>(at, f64x2.extract_lane(high, 1), 104);
  store<f64>(at, fourths, 112);
}

/** The deepest drawdown; eight bars between peak and trough are told apart at once. */
function sumDrawdown(): void {
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
    if (!compoundsDrawdown && t + 8 <= length && liesBetween(equity + <usize>t * 8, trough, peak)) {
      t += 8;
      continue;
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
  const low = f64x2.splat(trough);
  const high = f64x2.splat(peak);
  const out = v128.or(
    v128.or(v128.or(f64x2.lt(a, low), f64x2.ge(a, high)), v128.or(f64x2.lt(b, low), f64x2.ge(b, high))),
    v128.or(v128.or(f64x2.lt(c, low), f64x2.ge(c, high)), v128.or(f64x2.lt(d, low), f64x2.ge(d, high))),
  );
  return !v128.any_true(out);
}

function endDrawdown(drawdown: f64, bars: i32): void {
  if (!(drawdown < maxDrawdown)) return;
  maxDrawdown = drawdown;
  maxDrawdownBars = bars;
}
