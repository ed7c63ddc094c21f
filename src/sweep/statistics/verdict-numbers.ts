import { metricByName } from '../../core/metrics/catalog.ts';

const grouped = (text: string) => text.replace(/\B(?=(\d{3})+$)/g, ',');

/** A whole number: 1,234. */
export const count = (value: number) => grouped(value.toFixed(0));
/** `1 run`, `2 runs`. */
export const plural = (value: number, noun: string) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
/** Two decimals; none from a thousand on. */
export const number = (value: number) => (Math.abs(value) >= 1000 ? count(value) : value.toFixed(2));
/** A share without decimals: 0.123 → 12 %. */
export const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
/** A return or drawdown with one decimal: 0.1234 → 12.3 %. */
export const fraction = (value: number) => `${(100 * value).toFixed(1)} %`;
/** Two digits; an estimate is no more exact. */
export const significant = (value: number) =>
  value < 10 ? value.toFixed(1) : count(Number(value.toPrecision(2)));

/** Never 0.00 or 1.00, which no estimate is. */
export function probability(p: number): string {
  if (p > 0 && p < 0.005) return p < 0.001 ? 'below 0.001' : p.toFixed(3);
  if (p < 1 && p > 0.995) return p > 0.999 ? 'above 0.999' : p.toFixed(3);
  return p.toFixed(2);
}

/** The value of a metric by its unit: a fraction as per cent. */
export function metricValue(metric: string, value: number): string {
  return metricByName(metric)!.unit.startsWith('fraction') ? fraction(value) : number(value);
}
