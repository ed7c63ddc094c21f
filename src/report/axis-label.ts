import type { Scalar } from '../contracts/axis.ts';

/** Groups whose values are fractions of a price or an amount. */
const FRACTIONS = new Set([
  'stops.stopLoss',
  'stops.trailingStop',
  'stops.takeProfit',
  'portfolio.feeRate',
  'portfolio.slippage',
]);

/** A value of an axis as a page shows it: `10 %`, `none`. */
export function axisLabel(path: string, value: Scalar): string {
  if (value === null) return path.startsWith('stops.') ? 'none' : 'null';
  if (typeof value === 'number') {
    return FRACTIONS.has(path) ? `${Number((value * 100).toPrecision(12))} %` : String(value);
  }
  const text = String(value);
  return /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 10) : text;
}
