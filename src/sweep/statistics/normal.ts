import { power } from '../../core/metrics/power.ts';

/*
 * The normal distribution from + − × ÷ √ alone: `Math.exp` and `Math.log` may differ in the last bits between processors,
 * and a summary must be the same bytes on a laptop and in the cloud.
 */

const SQRT_2PI = 2.5066282746310002;
const SQRT_2 = Math.SQRT2;
const LN2 = Math.LN2;
/** Below this argument the series converges fast, above it the continued fraction does. */
const SERIES_TO = 3;
const FRACTION_TERMS = 80;

/** ln x with a relative error near 1e-15: m·2^k with m in [√½, √2], and 2·artanh((m − 1)/(m + 1)) by its series; NaN for x ≤ 0. */
export function naturalLog(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY)
    return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  let m = x;
  let k = 0;
  for (; m > SQRT_2; k++) m *= 0.5;
  for (; m < SQRT_2 / 2; k--) m *= 2;
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let tail = 0;
  for (let j = 27; j >= 3; j -= 2) tail = z * (tail + 1 / j);
  return k * LN2 + 2 * s * (1 + tail);
}

/** The standard normal density. */
export function normalDensity(x: number): number {
  return power(Math.E, -0.5 * x * x) / SQRT_2PI;
}

/**
 * Φ(x), the standard normal distribution, with a relative error below 1e-13 in both tails (below 1e-14 in the middle).
 *
 * Up to |x| = 3 by the series ½ + φ(x)(x + x³/3 + x⁵/(3·5) + …) (Marsaglia 2004), beyond by the continued fraction
 * φ(x)/(x + 1/(x + 2/(x + …))).
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < -SERIES_TO) return upperTail(-x);
  if (x > SERIES_TO) return 1 - upperTail(x);
  let term = x;
  let sum = x;
  for (let j = 3; j < 200; j += 2) {
    term *= (x * x) / j;
    if (sum + term === sum) break;
    sum += term;
  }
  return 0.5 + normalDensity(x) * sum;
}

function upperTail(x: number): number {
  if (x > 38) return 0;
  let fraction = x;
  for (let j = FRACTION_TERMS; j >= 1; j--) fraction = x + j / fraction;
  return normalDensity(x) / fraction;
}

/**
 * Φ⁻¹(p), the standard normal quantile: a start within 4.5e-4 (Abramowitz and Stegun 26.2.23), then four steps of Newton's
 * method with Halley's correction.
 *
 * For p near 1 give −Φ⁻¹(1 − p) instead, which loses no digits. ∓Infinity for 0 and 1, NaN outside [0, 1].
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * naturalLog(p));
  let x =
    -t + (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < 4; step++) {
    const density = normalDensity(x);
    if (density === 0) break;
    const error = (normalCdf(x) - p) / density;
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}
