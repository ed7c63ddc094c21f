/**
 * Powers from + − × ÷ alone: `Math.pow`, `exp` and `log` may differ in the last bits between processors and versions of
 * V8, and a sweep must give the same bytes on a laptop and in the cloud.
 */

/** ln 2 in two parts, the first with 21 trailing zero bits, so that its product with an exponent is exact (fdlibm). */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const SQRT_2 = Math.SQRT2;
/** Beyond these ln(x^y) the result is Infinity or 0. */
const OVERFLOW = 710;
const UNDERFLOW = -746;

/**
 * `base ** exponent` with a relative error below 3e-15 over the whole range, below 5e-16 where |ln result| < 10.
 *
 * x = m·2^k with m in [√½, √2]; ln m = 2·artanh((m − 1)/(m + 1)) by its series; the logarithm and its product with the
 * exponent are carried in two doubles, so that the exponential magnifies no rounding of theirs.
 *
 * @param base > 0 and finite, else NaN
 * @param exponent finite, else NaN
 */
export function power(base: number, exponent: number): number {
  if (!(base > 0 && base < Number.POSITIVE_INFINITY) || !Number.isFinite(exponent)) return Number.NaN;
  if (base === 1) return 1; // where an exponent of any size is fine
  let m = base;
  let k = 0;
  for (; m > SQRT_2; k++) m *= 0.5;
  for (; m < SQRT_2 / 2; k--) m *= 2;

  const difference = m - 1; // exact, since m lies between ½ and 2
  const sum = m + 1;
  const sumLow = m - (sum - 1);
  const s = difference / sum;
  const sLow = (difference - s * sum - productError(s, sum, s * sum) - s * sumLow) / sum;
  // The large parts first, then the small ones; the sum is split anew, or the exponential would meet a large `low`.
  const start = k * LN2_HIGH + 2 * s;
  const rest = sumError(k * LN2_HIGH, 2 * s, start) + (k * LN2_LOW + (2 * sLow + 2 * s * artanhTail(s * s)));
  const logHigh = start + rest;
  const logLow = sumError(start, rest, logHigh);

  const high = exponent * logHigh;
  if (!(high < OVERFLOW)) return Number.POSITIVE_INFINITY;
  if (!(high > UNDERFLOW)) return 0;
  return exponential(high, productError(exponent, logHigh, high) + exponent * logLow);
}

/** artanh(s)/s − 1 = z/3 + z²/5 + z³/7 + …, z = s² ≤ 0.0295. */
function artanhTail(z: number): number {
  let tail = 0;
  for (let k = 25; k >= 3; k -= 2) tail = z * (tail + 1 / k);
  return tail;
}

/** e^(high + low) for |low| far below |high|, by its series after taking out powers of two. */
function exponential(high: number, low: number): number {
  const k = Math.floor(high / (LN2_HIGH + LN2_LOW) + 0.5);
  const reduced = high - k * LN2_HIGH; // exact: both are close
  const rest = low - k * LN2_LOW;
  const r = reduced + rest;
  let tail = 0;
  for (let j = 15; j >= 3; j--) tail = (r / j) * (1 + tail);
  // 1 + r + r²/2·(1 + r/3·(1 + …)), where the rounding of r is put back.
  let result = 1 + (reduced + (rest + r * r * 0.5 * (1 + tail)));
  for (let j = 0; j < k; j++) result *= 2;
  for (let j = 0; j > k; j--) result *= 0.5;
  return result;
}

/** a + b − sum, exactly (Knuth's two-sum). */
function sumError(a: number, b: number, sum: number): number {
  const bRounded = sum - a;
  return a - (sum - bRounded) + (b - bRounded);
}

/** a·b − product, exactly (Dekker's two-product); the factors must be below 1e300. */
function productError(a: number, b: number, product: number): number {
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The upper 26 bits (Veltkamp's split). */
function upperHalf(x: number): number {
  const scaled = x * 134217729; // 2^27 + 1
  return scaled - (scaled - x);
}
