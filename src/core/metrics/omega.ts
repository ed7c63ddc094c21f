import { NOISE } from './deviation.ts';
import type { Metric } from './metric.ts';

/** Omega(0) = Σ max(r, 0) / Σ max(−r, 0) (empyrical's `omega_ratio` at a threshold of 0); NaN without losses. */
export const omega: Metric = {
  name: 'omega',
  unit: 'ratio',
  direction: 'higher',
  description: 'Sum of the gains over the sum of the losses of single bars.',
  value: ({ returns: { n, gains, losses } }) => (losses > NOISE * n ? gains / losses : Number.NaN),
};
