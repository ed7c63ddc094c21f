import type { FillModel } from '../fill-model.ts';

/** Contiguous blocks of equal length (±1 bar) whose sums every row carries, for statistics over the whole grid. */
export const BLOCKS = 16;

/**
 * Sums over the returns of one run, the variance in two passes.
 *
 * A block is added up in two halves, of its first, third … and of its second, fourth … bar; a run is the sum of its blocks,
 * ascending: sums that do not wait for each other, and that round less than a long one (decision 11).
 */
export interface ReturnStats {
  /** Bars, T. */
  n: number;
  /** Initial cash. */
  start: number;
  /** Equity at the last close. */
  end: number;
  /** Σ equity over the bars, for its mean. */
  equitySum: number;
  /** Mean return of a bar. */
  mean: number;
  /** Σ (r − mean)^k, k = 2, 3, 4. */
  squares: number;
  cubes: number;
  fourths: number;
  /** Σ min(r, 0)² */
  downsideSquares: number;
  /** Σ max(r, 0) and Σ max(−r, 0), for Omega(0). */
  gains: number;
  losses: number;
  /** ≤ 0. */
  maxDrawdown: number;
  /** Bars from the peak of the deepest drawdown until it is regained, or to the end. */
  maxDrawdownBars: number;
  /** Σ r and Σ r² of each block; [BLOCKS] */
  readonly blockSum: Float64Array;
  readonly blockSquares: Float64Array;
  /** Σ r³ and Σ r⁴ over the run. */
  sumCubes: number;
  sumFourths: number;
}

/** Return stats of nothing, for `returnStats` to fill again and again. */
export function createReturnStats(): ReturnStats {
  return {
    n: 0,
    start: 0,
    end: 0,
    equitySum: 0,
    mean: 0,
    squares: 0,
    cubes: 0,
    fourths: 0,
    downsideSquares: 0,
    gains: 0,
    losses: 0,
    maxDrawdown: 0,
    maxDrawdownBars: 0,
    blockSum: new Float64Array(BLOCKS),
    blockSquares: new Float64Array(BLOCKS),
    sumCubes: 0,
    sumFourths: 0,
  };
}

/** Block b is the bars from `bounds[b]` up to, not including, `bounds[b + 1]`; [BLOCKS + 1]. */
export function blockBounds(length: number): Int32Array {
  return Int32Array.from({ length: BLOCKS + 1 }, (_, b) => blockBound(length, b));
}

function blockBound(length: number, b: number): number {
  return Math.floor((b * length) / BLOCKS);
}

/**
 * Everything the metrics of one run need to know of its equity curve, in two passes and without allocating.
 *
 * r_t = (e_t − e_{t−1}) / |e_{t−1}|, 0 where e_{t−1} is 0, e_{−1} = initial cash; so ruined equity (≤ 0) is defined too.
 * Powers are r·r, (r·r)·r and (r·r)·(r·r). Of fewer than 16 bars some blocks are empty, with sums of 0.
 *
 * @param equity at each close, [≥ length]; finite, and 0 or far enough from it that the 4th power of a return is a double
 * @param length T; 0 leaves every sum 0 and the end at the initial cash
 * @param initialCash > 0
 * @param drawdownFrom `initial_cash`: of equity, from a peak that includes the initial cash; `first_value` (vectorbt):
 *   of the compounded returns Π(1 + r), from a peak that starts at the first of them, or at 1 if that is not positive
 * @param returns filled with r_t, [≥ length]
 * @param out filled and returned
 */
export function returnStats(
  equity: Float64Array,
  length: number,
  initialCash: number,
  drawdownFrom: FillModel['drawdownFrom'],
  returns: Float64Array,
  out: ReturnStats,
): ReturnStats {
  out.n = length;
  out.start = initialCash;
  out.end = length > 0 ? equity[length - 1]! : initialCash;
  sumReturns(equity, length, initialCash, returns, out);
  sumDeviations(length, returns, out);
  findDrawdown(equity, length, initialCash, drawdownFrom === 'first_value', returns, out);
  return out;
}

/** First pass: the returns and their sums. */
function sumReturns(
  equity: Float64Array,
  length: number,
  initialCash: number,
  returns: Float64Array,
  out: ReturnStats,
): void {
  let equitySum = 0;
  let sum = 0;
  let gains = 0;
  let losses = 0;
  let downsideSquares = 0;
  for (let b = 0; b < BLOCKS; b++) {
    const start = blockBound(length, b);
    const end = blockBound(length, b + 1);
    let [ofEquity, ofReturns, ofSquares, ofGains, ofLosses, ofDownside] = [0, 0, 0, 0, 0, 0];
    for (let half = 0; half < 2; half++) {
      let [e1, r1, r2, gain, loss, down] = [0, 0, 0, 0, 0, 0];
      for (let t = start + half; t < end; t += 2) {
        const e = equity[t]!;
        const previous = t > 0 ? equity[t - 1]! : initialCash;
        const r = previous === 0 ? 0 : (e - previous) / Math.abs(previous);
        returns[t] = r;
        e1 += e;
        r1 += r;
        r2 += r * r;
        const gained = Math.max(0, r);
        const lost = gained - r;
        gain += gained;
        loss += lost;
        down += lost * lost;
      }
      ofEquity += e1;
      ofReturns += r1;
      ofSquares += r2;
      ofGains += gain;
      ofLosses += loss;
      ofDownside += down;
    }
    out.blockSum[b] = ofReturns;
    out.blockSquares[b] = ofSquares;
    equitySum += ofEquity;
    sum += ofReturns;
    gains += ofGains;
    losses += ofLosses;
    downsideSquares += ofDownside;
  }
  out.equitySum = equitySum;
  out.mean = length > 0 ? sum / length : 0;
  out.gains = gains;
  out.losses = losses;
  out.downsideSquares = downsideSquares;
}

/** Second pass: moments about the mean, and from them those about 0, Σ(d + m)^k, where Σd = 0. */
function sumDeviations(length: number, returns: Float64Array, out: ReturnStats): void {
  const mean = out.mean;
  out.squares = out.cubes = out.fourths = 0;
  for (let b = 0; b < BLOCKS; b++) {
    const start = blockBound(length, b);
    const end = blockBound(length, b + 1);
    let [squares, cubes, fourths] = [0, 0, 0];
    for (let half = 0; half < 2; half++) {
      let [d2s, d3s, d4s] = [0, 0, 0];
      for (let t = start + half; t < end; t += 2) {
        const d = returns[t]! - mean;
        const d2 = d * d;
        d2s += d2;
        d3s += d2 * d;
        d4s += d2 * d2;
      }
      squares += d2s;
      cubes += d3s;
      fourths += d4s;
    }
    out.squares += squares;
    out.cubes += cubes;
    out.fourths += fourths;
  }
  const m2 = mean * mean;
  out.sumCubes = out.cubes + 3 * mean * out.squares + length * (m2 * mean);
  out.sumFourths = out.fourths + 4 * mean * out.cubes + 6 * m2 * out.squares + length * (m2 * m2);
}

/**
 * The deepest drawdown, min over t of level_t / peak_t − 1.
 *
 * Under one peak the quotient is least at the lowest level, and rounding keeps that order; so one division for each
 * peak that was followed by a fall gives the same bits as one for each bar. Of equally deep drawdowns the first counts;
 * a peak that is only reached again counts from its last bar; the initial cash stands at bar −1.
 */
function findDrawdown(
  equity: Float64Array,
  length: number,
  initialCash: number,
  compounded: boolean,
  returns: Float64Array,
  out: ReturnStats,
): void {
  let level = 1;
  let peak = compounded ? firstPeak(returns, length) : initialCash;
  let peakBar = -1;
  let trough = peak;
  out.maxDrawdown = out.maxDrawdownBars = 0;
  for (let t = 0; t < length; t++) {
    level = compounded ? level * (1 + returns[t]!) : equity[t]!;
    if (level >= peak) {
      if (trough < peak) endDrawdown(trough / peak - 1, t - peakBar, out);
      peak = level;
      peakBar = t;
      trough = level;
    } else if (level < trough) {
      trough = level;
    }
  }
  endDrawdown(trough / peak - 1, length - 1 - peakBar, out);
}

function endDrawdown(drawdown: number, bars: number, out: ReturnStats): void {
  if (!(drawdown < out.maxDrawdown)) return;
  out.maxDrawdown = drawdown;
  out.maxDrawdownBars = bars;
}

/** A run ruined on its first bar has no value to fall from but the initial cash, which compounds to 1. */
function firstPeak(returns: Float64Array, length: number): number {
  const first = length > 0 ? 1 + returns[0]! : 1;
  return first > 0 ? first : 1;
}
