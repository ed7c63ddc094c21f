import type { FillModel } from '../fill-model.ts';

/** Contiguous blocks of equal length (±1 bar) whose sums every row carries, for statistics over the whole grid. */
export const BLOCKS = 16;

/** Sums over the returns of one run; every sum ascends in t, the variance in two passes. */
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
  sumDeviations(equity, length, initialCash, drawdownFrom === 'first_value', returns, out);
  return out;
}

/** First pass: the returns, their mean and block sums. Of the other sums as many as the processor has registers for. */
function sumReturns(
  equity: Float64Array,
  length: number,
  initialCash: number,
  returns: Float64Array,
  out: ReturnStats,
): void {
  const { blockSum, blockSquares } = out;
  let previous = initialCash;
  let equitySum = 0;
  let sum = 0;
  let twiceGains = 0;
  let twiceLosses = 0;
  let downsideSquares4 = 0;
  let t = 0;
  for (let b = 0; b < BLOCKS; b++) {
    const blockEnd = blockBound(length, b + 1);
    let sumOfBlock = 0;
    let squaresOfBlock = 0;
    for (; t < blockEnd; t++) {
      const e = equity[t]!;
      const r = previous === 0 ? 0 : (e - previous) / Math.abs(previous);
      returns[t] = r;
      previous = e;
      equitySum += e;
      sum += r;
      sumOfBlock += r;
      squaresOfBlock += r * r;
      // |r| ± r is twice max(±r, 0) to the bit, without a branch that every other bar would mispredict.
      const size = Math.abs(r);
      const twiceLoss = size - r;
      twiceGains += size + r;
      twiceLosses += twiceLoss;
      downsideSquares4 += twiceLoss * twiceLoss;
    }
    blockSum[b] = sumOfBlock;
    blockSquares[b] = squaresOfBlock;
  }
  out.equitySum = equitySum;
  out.mean = length > 0 ? sum / length : 0;
  out.gains = twiceGains / 2;
  out.losses = twiceLosses / 2;
  out.downsideSquares = downsideSquares4 / 4;
}

/**
 * Second pass: moments, and the deepest drawdown, min over t of level_t / peak_t − 1.
 *
 * Under one peak the quotient is least at the lowest level, and rounding keeps that order; so one division for each
 * peak that was followed by a fall gives the same bits as one for each bar. Of equally deep drawdowns the first counts;
 * a peak that is only reached again counts from its last bar; the initial cash stands at bar −1.
 */
function sumDeviations(
  equity: Float64Array,
  length: number,
  initialCash: number,
  compounded: boolean,
  returns: Float64Array,
  out: ReturnStats,
): void {
  const mean = out.mean;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  let sumCubes = 0;
  let sumFourths = 0;
  let level = 1;
  let peak = compounded ? firstPeak(returns, length) : initialCash;
  let peakBar = -1;
  let trough = peak;
  let maxDrawdown = 0;
  let maxDrawdownBars = 0;
  for (let t = 0; t < length; t++) {
    const r = returns[t]!;
    const d = r - mean;
    const d2 = d * d;
    squares += d2;
    cubes += d2 * d;
    fourths += d2 * d2;
    const r2 = r * r;
    sumCubes += r2 * r;
    sumFourths += r2 * r2;
    level = compounded ? level * (1 + r) : equity[t]!;
    if (level >= peak) {
      if (trough < peak) {
        const drawdown = trough / peak - 1;
        if (drawdown < maxDrawdown) {
          maxDrawdown = drawdown;
          maxDrawdownBars = t - peakBar;
        }
      }
      peak = level;
      peakBar = t;
      trough = level;
    } else if (level < trough) {
      trough = level;
    }
  }
  const drawdown = trough / peak - 1;
  if (drawdown < maxDrawdown) {
    maxDrawdown = drawdown;
    maxDrawdownBars = length - 1 - peakBar;
  }
  out.squares = squares;
  out.cubes = cubes;
  out.fourths = fourths;
  out.sumCubes = sumCubes;
  out.sumFourths = sumFourths;
  out.maxDrawdown = maxDrawdown;
  out.maxDrawdownBars = maxDrawdownBars;
}

/** A run ruined on its first bar has no value to fall from but the initial cash, which compounds to 1. */
function firstPeak(returns: Float64Array, length: number): number {
  const first = length > 0 ? 1 + returns[0]! : 1;
  return first > 0 ? first : 1;
}
