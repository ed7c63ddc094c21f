import type { Metric } from './metric.ts';

/** (end − initial cash) / initial cash, as vectorbt's `total_return`. */
export const totalReturn: Metric = {
  name: 'total_return',
  unit: 'fraction',
  direction: 'higher',
  description: 'Equity at the last close relative to the initial cash, less 1.',
  value: ({ returns }) => (returns.end - returns.start) / returns.start,
};
