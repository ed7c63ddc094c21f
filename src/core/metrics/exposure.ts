import type { Metric } from './metric.ts';

/** Share of the bars with a position at the close; NaN without bars. */
export const exposure: Metric = {
  name: 'exposure',
  unit: 'fraction',
  direction: 'none',
  description: 'Share of the bars with a position at the close.',
  value: ({ returns, totals }) => totals.barsExposed / returns.n,
};
