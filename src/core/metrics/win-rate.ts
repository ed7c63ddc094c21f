import type { Metric } from './metric.ts';

/** Share of the round trips whose result after fees is above 0; NaN without round trips. */
export const winRate: Metric = {
  name: 'win_rate',
  unit: 'fraction',
  direction: 'higher',
  description: 'Share of the round trips that won, after fees.',
  value: ({ totals }) => (totals.roundTrips > 0 ? totals.wins / totals.roundTrips : Number.NaN),
};
