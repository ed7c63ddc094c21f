import { deviation } from './deviation.ts';
import type { Metric } from './metric.ts';

/**
 * Sample excess kurtosis G2 = (n − 1)/((n − 2)(n − 3)) · ((n + 1)(m4/m2² − 3) + 6) with m_k = Σ(r − mean)^k / n:
 * corrected for bias, as pandas' `kurt`, which vectorbt reports; a normal distribution has 0.
 *
 * NaN where no return differs or n < 4.
 */
export const excessKurtosis: Metric = {
  name: 'excess_kurtosis',
  unit: 'ratio',
  direction: 'lower',
  description: 'Kurtosis of the returns above that of a normal distribution, corrected for bias.',
  value: ({ returns }) => {
    const { n, squares, fourths } = returns;
    if (n < 4 || !(deviation(returns) > 0)) return Number.NaN;
    const m2 = squares / n;
    const excess = fourths / n / (m2 * m2) - 3;
    return ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * excess + 6);
  },
};
