import type { Metric } from './metric.ts';

/**
 * The deepest fall from a peak, min over t of level_t / peak_t − 1; ≤ 0, and below −1 where equity went below 0.
 *
 * Which level and which first peak is the fill model's `drawdownFrom`; see `returnStats`.
 */
export const maxDrawdown: Metric = {
  name: 'max_drawdown',
  unit: 'fraction',
  direction: 'higher',
  description: 'Deepest fall of the equity from an earlier peak, as a negative fraction of that peak.',
  value: ({ returns }) => returns.maxDrawdown,
};
