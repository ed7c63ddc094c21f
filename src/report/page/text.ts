import { fixed, metricText } from '../../cli/format.ts';
import type { ReportMetric } from '../report-data.ts';

export { bytes, count, duration, fixed, percent, plural, shortId } from '../../cli/format.ts';

/** A value of a metric as the terminal shows it; an en dash where it is undefined. */
export function valueText({ unit }: Pick<ReportMetric, 'unit'>, value: number | null): string {
  const text = metricText(unit, value);
  return text === '' ? '–' : text.replace(/^-/, '−');
}

/** The same with fewer digits, for the labels of an axis. */
export function tickText({ unit }: Pick<ReportMetric, 'unit'>, value: number): string {
  if (unit.startsWith('fraction')) return `${trimmed(value * 100)} %`;
  if (unit === 'money') return amountText(value);
  return trimmed(value);
}

/** The same with as many decimals in every cell of a heatmap. */
export function cellText(metric: Pick<ReportMetric, 'unit'>, value: number): string {
  if (metric.unit.startsWith('fraction')) {
    return `${fixed(value * 100, Math.abs(value) < 0.9995 ? 1 : 0).replace(/^-/, '−')} %`;
  }
  return metric.unit === 'ratio' ? fixed(value, 2).replace(/^-/, '−') : tickText(metric, value);
}

/** A sentence as it is set: no line begins with a %, and numbers below zero have a minus instead of a hyphen. */
export const typographic = (sentence: string) =>
  sentence.replaceAll(' %', '\u00a0%').replace(/(?<![\w.])-(?=\d)/g, '−');

/** 12.5k, 3.2M: money on an axis. */
export function amountText(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${trimmed(value / 1e6)}M`;
  if (size >= 1_000) return `${trimmed(value / 1e3)}k`;
  return trimmed(value);
}

const trimmed = (value: number) =>
  (Math.abs(value) >= 100 ? fixed(value, 0) : String(Number(value.toPrecision(3)))).replace(/^-/, '−');

/** `max_drawdown` → `max drawdown`. */
export const plain = (name: string) => name.replaceAll('_', ' ');

/** A day, UTC, and the time where it is not midnight. */
export function timeText(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

/** A probability; never 0 or 1 where that is only rounding; null where it is undefined. */
export function probabilityText(p: number | null | undefined): string | null {
  if (p === null || p === undefined || Number.isNaN(p)) return null;
  if (p > 0 && p < 0.001) return '< 0.001';
  if (p < 1 && p > 0.999) return '> 0.999';
  return fixed(p, p < 0.01 || p > 0.99 ? 3 : 2);
}
