import type { Metric } from './metric.ts';
import { power } from './power.ts';

/**
 * Compound annual growth rate, (end / initial cash)^(A / n) − 1 with A bars per year (empyrical's `cagr`, vectorbt's
 * `annualized_return`).
 *
 * NaN where the end is ≤ 0, for no bars, and where the power of a short run exceeds a double.
 */
export const cagr: Metric = {
  name: 'cagr',
  unit: 'fraction_per_year',
  direction: 'higher',
  description: 'Compound annual growth rate of the equity; null where the equity ends at or below 0.',
  value: ({ returns, config }) => power(returns.end / returns.start, config.barsPerYear / returns.n) - 1,
};
