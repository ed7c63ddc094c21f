import { NOISE } from './deviation.ts';
import type { Metric } from './metric.ts';

/** Money won by the round trips that won over money lost by those that lost, after fees; NaN without a loss. */
export const profitFactor: Metric = {
  name: 'profit_factor',
  unit: 'ratio',
  direction: 'higher',
  description: 'Results of the round trips that won over those of the round trips that lost, after fees.',
  value: ({ totals, config }) =>
    totals.grossLoss > NOISE * config.cash ? totals.grossProfit / totals.grossLoss : Number.NaN,
};
