import { deviation } from './deviation.ts';
import type { Metric } from './metric.ts';

/**
 * mean(r − r_f/A) / std(r, ddof 1)·√A (empyrical's `sharpe_ratio`), r_f the risk-free rate per year.
 *
 * NaN where no return differs or n < 2.
 */
export const sharpe: Metric = {
  name: 'sharpe',
  unit: 'ratio',
  direction: 'higher',
  description: 'Mean return above the risk-free rate over the standard deviation of returns, per year.',
  value: ({ returns, config }) => {
    const std = deviation(returns);
    if (!(std > 0)) return Number.NaN;
    const excess = returns.mean - config.riskFreeRate / config.barsPerYear;
    return (excess / std) * Math.sqrt(config.barsPerYear);
  },
};
