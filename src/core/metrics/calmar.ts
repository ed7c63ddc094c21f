import { cagr } from './cagr.ts';
import { NOISE } from './deviation.ts';
import type { Metric } from './metric.ts';

/** CAGR / |max drawdown| (empyrical's `calmar_ratio`); NaN without a drawdown or without a CAGR. */
export const calmar: Metric = {
  name: 'calmar',
  unit: 'ratio',
  direction: 'higher',
  description: 'Compound annual growth rate over the size of the deepest drawdown.',
  value: (input) => {
    const drawdown = -input.returns.maxDrawdown;
    return drawdown > NOISE ? cagr.value(input) / drawdown : Number.NaN;
  },
};
