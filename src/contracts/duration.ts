import * as z from 'zod';

/** A number of bars, or a length of calendar time such as `3y`, `6mo`, `2w`, `20d`, `12h`. */
export type Duration = number | string;

const PATTERN = /^([1-9]\d{0,4})(y|mo|w|d|h)$/;
const EXPECTED = 'a number of bars, or a duration such as 3y, 6mo, 2w, 20d or 12h';
const UNIT_MS: Readonly<Record<string, number>> = { w: 7 * 86_400_000, d: 86_400_000, h: 3_600_000 };

const calendar = z.string().regex(PATTERN, { error: EXPECTED });

/** A length of time above 0. */
export const duration = z.union([z.int().min(1).max(10_000_000), calendar], { error: EXPECTED });

/** A length of time that may be no bars at all. */
export const gap = z.union([z.int().min(0).max(10_000_000), calendar], { error: EXPECTED });

/** Whether a duration counts bars; the others are calendar time. */
export const isBars = (value: Duration): value is number => typeof value === 'number';

/**
 * The instant `times` calendar durations after an instant (before it, where `times` is negative); epoch milliseconds.
 *
 * Years and months are those of the UTC calendar: the same day and time of the month reached, or that month's last day
 * where it has no such day (31 January + 1mo = 28 or 29 February). Multiples are taken at once, so days do not drift.
 */
export function addDuration(epochMs: number, value: string, times = 1): number {
  const [, digits = '', unit = ''] = PATTERN.exec(value) ?? [];
  const count = Number(digits) * times;
  const unitMs = UNIT_MS[unit];
  if (unitMs !== undefined) return epochMs + count * unitMs;
  const date = new Date(epochMs);
  const month = date.getUTCMonth() + (unit === 'y' ? 12 * count : count);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(date.getUTCFullYear(), month, day) + (((epochMs % 86_400_000) + 86_400_000) % 86_400_000);
}
