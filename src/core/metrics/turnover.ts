import type { Metric } from './metric.ts';

/**
 * Σ|quantity · fill price| / 2 ÷ mean equity over the bars ÷ years, with years = n / A.
 *
 * NaN where the mean equity is ≤ 0 or without bars.
 */
export const turnover: Metric = {
  name: 'turnover',
  unit: 'per_year',
  direction: 'lower',
  description: 'How often a year the portfolio was exchanged: half of the traded value over the mean equity.',
  value: ({ returns: { n, equitySum }, totals, config }) => {
    const meanEquity = equitySum / n;
    return meanEquity > 0 ? totals.tradedValue / 2 / meanEquity / (n / config.barsPerYear) : Number.NaN;
  },
};
