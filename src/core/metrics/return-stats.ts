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
