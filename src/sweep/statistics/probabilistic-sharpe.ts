import { normalCdf, normalQuantile } from './normal.ts';

const EULER_MASCHERONI = 0.5772156649015329;

/** The Sharpe ratio of a bar, and the shape of the returns that it was estimated from. */
export interface SharpeSample {
  /** Bars. */
  readonly n: number;
  /** Mean excess return over standard deviation, of a bar (not annual). */
  readonly sharpe: number;
  /** m3 / m2^1.5 */
  readonly skewness: number;
  /** m4 / m2², 3 for a normal distribution. */
  readonly kurtosis: number;
}

/**
 * Shape of the returns of a run from Σr, Σr², Σr³, Σr⁴ over n bars: central moments by expansion, the Sharpe ratio with
 * ddof 1 after `riskFree`, the rate of a bar.
 *
 * Null where the returns do not vary or n < 4.
 */
export function sharpeSample(
  n: number,
  sums: readonly [sum: number, squares: number, cubes: number, fourths: number],
  riskFree: number,
): SharpeSample | null {
  if (n < 4 || !sums.every(Number.isFinite)) return null;
  const [mean, second, third, fourth] = sums.map((sum) => sum / n) as [number, number, number, number];
  const m2 = second - mean * mean;
  if (!(m2 > 1e-12 * second)) return null;
  const m3 = third - 3 * mean * second + 2 * mean * mean * mean;
  const m4 = fourth - 4 * mean * third + 6 * mean * mean * second - 3 * mean * mean * mean * mean;
  return {
    n,
    sharpe: (mean - riskFree) / Math.sqrt((m2 * n) / (n - 1)),
    skewness: m3 / (m2 * Math.sqrt(m2)),
    kurtosis: m4 / (m2 * m2),
  };
}

/** 1 − γ3·SR + (γ4 − 1)/4·SR²: n times the variance of an estimated Sharpe ratio (Mertens 2002); NaN where not above 0. */
function spread({ sharpe, skewness, kurtosis }: SharpeSample): number {
  const value = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  return value > 0 ? value : Number.NaN;
}

/**
 * PSR(SR*), the probability that the true Sharpe ratio is above `threshold`:
 * Φ((SR − SR*)·√(n − 1) / √(1 − γ3·SR + (γ4 − 1)/4·SR²)) (Bailey and López de Prado 2012).
 *
 * @param threshold of a bar, as the sample's
 */
export function probabilisticSharpe(sample: SharpeSample, threshold: number): number {
  return normalCdf(((sample.sharpe - threshold) * Math.sqrt(sample.n - 1)) / Math.sqrt(spread(sample)));
}

/**
 * The largest of `trials` independent standard normal numbers, on average:
 * (1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)), γ = 0.5772… (Bailey and López de Prado 2014, after Gumbel).
 *
 * @returns 0 for at most one trial
 */
export function expectedMaximum(trials: number): number {
  if (!(trials > 1)) return 0;
  const quantile = (tail: number) => -normalQuantile(tail);
  const maximum =
    (1 - EULER_MASCHERONI) * quantile(1 / trials) + EULER_MASCHERONI * quantile(1 / (trials * Math.E));
  return Math.max(0, maximum);
}

/**
 * SR0, the Sharpe ratio to be expected of the luckiest of `trials` independent runs without any skill, of a bar. The
 * deflated Sharpe ratio is `probabilisticSharpe` with this threshold.
 *
 * @param variance of the Sharpe ratios (of a bar) across the trials
 */
export function luckiestSharpe(trials: number, variance: number): number {
  return Math.sqrt(variance) * expectedMaximum(trials);
}

/**
 * MinTRL, the bars that a record needs for `probabilisticSharpe` to reach `confidence`:
 * 1 + (1 − γ3·SR + (γ4 − 1)/4·SR²)·(Φ⁻¹(confidence) / (SR − SR*))² (Bailey and López de Prado 2012).
 *
 * @returns Infinity where the ratio is not above the threshold
 */
export function minimumTrackRecord(sample: SharpeSample, threshold: number, confidence: number): number {
  const above = sample.sharpe - threshold;
  if (!(above > 0)) return Number.POSITIVE_INFINITY;
  const z = normalQuantile(confidence) / above;
  return 1 + spread(sample) * z * z;
}

/**
 * MinBTL in years: a backtest shorter than this is expected to show `annualSharpe` in the luckiest of `trials` runs without
 * skill: (E[max_N] / SR)² (Bailey, Borwein, López de Prado and Zhu 2014, their eq. 6 before the bound).
 *
 * @returns Infinity where the ratio is not above 0
 */
export function minimumBacktestYears(trials: number, annualSharpe: number): number {
  if (!(annualSharpe > 0)) return Number.POSITIVE_INFINITY;
  const ratio = expectedMaximum(trials) / annualSharpe;
  return ratio * ratio;
}
