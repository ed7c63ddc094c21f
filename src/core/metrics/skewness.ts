import { deviation } from './deviation.ts';
import type { Metric } from './metric.ts';

/**
 * Sample skewness G1 = √(n(n − 1))/(n − 2) · m3/m2^1.5 with m_k = Σ(r − mean)^k / n: corrected for bias, as pandas'
 * `skew`, which vectorbt reports.
 *
 * NaN where no return differs or n < 3.
 */
export const skewness: Metric = {
  name: 'skewness',
  unit: 'ratio',
  direction: 'higher',
  description: 'Skewness of the returns, corrected for bias.',
  value: ({ returns }) => {
    const { n, squares, cubes } = returns;
    if (n < 3 || !(deviation(returns) > 0)) return Number.NaN;
    const m2 = squares / n;
    return ((Math.sqrt(n * (n - 1)) / (n - 2)) * (cubes / n)) / (m2 * Math.sqrt(m2));
  },
};
