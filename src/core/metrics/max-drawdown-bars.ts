import type { Metric } from './metric.ts';

/** Bars from the peak of the deepest drawdown until that peak is reached again, or to the last bar; 0 without one. */
export const maxDrawdownBars: Metric = {
  name: 'max_drawdown_bars',
  unit: 'bars',
  direction: 'lower',
  description: 'Bars from the peak before the deepest drawdown until it is regained, or to the end.',
  value: ({ returns }) => returns.maxDrawdownBars,
};
