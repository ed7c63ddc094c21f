import { NOISE } from './deviation.ts';
import type { Metric } from './metric.ts';

/**
 * mean(r − r_f/A) / √(mean over all n of min(r, 0)²)·√A (empyrical's `sortino_ratio`, whose downside is also over all n).
 *
 * The risk-free rate is taken from the mean as in the Sharpe ratio; a loss stays a return below 0.
 * NaN without a loss or for n < 2.
 */
export const sortino: Metric = {
  name: 'sortino',
  unit: 'ratio',
  direction: 'higher',
  description: 'Mean return above the risk-free rate over the downside deviation of returns, per year.',
  value: ({ returns, config }) => {
    const { n, mean, downsideSquares } = returns;
    const downside = Math.sqrt(downsideSquares / n);
    if (n < 2 || !(downside > NOISE)) return Number.NaN;
    const excess = mean - config.riskFreeRate / config.barsPerYear;
    return (excess / downside) * Math.sqrt(config.barsPerYear);
  },
};
