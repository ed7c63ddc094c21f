import { deviation } from './deviation.ts';
import type { Metric } from './metric.ts';

/** std(r, ddof 1)·√A (empyrical's `annual_volatility`): 0 where no return differs, NaN for n < 2. */
export const volatility: Metric = {
  name: 'volatility',
  unit: 'fraction_per_year',
  direction: 'lower',
  description: 'Standard deviation of the returns of a bar, times the square root of the bars per year.',
  value: ({ returns, config }) => deviation(returns) * Math.sqrt(config.barsPerYear),
};
