import type { Metric } from '../core/metrics/metric.ts';

/** Digits of a run or sweep id that people are shown; enough to be unique, and accepted wherever an id is. */
const ID_DIGITS = 10;

/** A number with `decimals` digits after the point and commas between thousands; '' for null and NaN. No locale. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (Math.abs(value) >= 1e15) return String(value);
  const [whole, fraction] = value
    .toFixed(decimals)
    .replace(/^-(?=[0.]*$)/, '') // what rounds to zero has no sign
    .split('.');
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A whole number: 1,234,567. */
export const count = (value: number | null | undefined) => fixed(value, 0);

/** A fraction as per cent: 0.1234 → 12.34 %. */
export function percent(fraction: number | null | undefined, decimals = 2): string {
  const text = fixed(fraction === null || fraction === undefined ? null : fraction * 100, decimals);
  return text === '' ? '' : `${text} %`;
}

/** `1 run`, `2 runs`. */
export const plural = (value: number, noun: string) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Bytes in powers of 1,000: 980 B, 1.2 kB, 34.0 MB. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${fixed(size, unit === 0 ? 0 : 1)} ${units[unit]}`;
}

/** Seconds for people: 0.42 s, 12 s, 3 min 20 s, 2 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** The beginning of a run or sweep id. */
export const shortId = (id: string) => id.slice(0, ID_DIGITS);

const DECIMALS: Readonly<Record<Metric['unit'], number>> = {
  fraction: 2,
  fraction_per_year: 2,
  ratio: 3,
  money: 2,
  count: 0,
  bars: 0,
  per_year: 2,
};

/** The value of a metric in its unit; '' where it is undefined. */
export function metricText(unit: Metric['unit'], value: number | null): string {
  return unit.startsWith('fraction') ? percent(value, DECIMALS[unit]) : fixed(value, DECIMALS[unit]);
}
