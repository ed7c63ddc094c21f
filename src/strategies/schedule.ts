import * as z from 'zod';

const DAY_MS = 86_400_000;

const PERIODS = ['once', 'day', 'week', 'month', 'quarter', 'year'] as const;

/** When a strategy decides: at each new calendar period (UTC), every N bars, or once. */
export type Rebalance = (typeof PERIODS)[number] | number;

/** The parameter `rebalance` of a strategy, with its default. */
export function rebalanceParam(fallback: Rebalance) {
  return z
    .union([z.enum(PERIODS), z.int().min(1)])
    .default(fallback)
    .describe(
      'Decides on the first bar of each new day, week, month, quarter or year, every N bars, or once',
    );
}

/**
 * The bars, ascending, on which a strategy decides, none before `first`.
 *
 * A period's decision bar is its *first* bar: whether a bar is the last of its period is only known when the next
 * one comes, and a decision may not look there. Periods are those of the UTC calendar, weeks begin on Monday. Every
 * N bars are the bars 0, N, 2N …: whatever a strategy's lookback, its runs share the same decision bars. `once` is
 * the bar `first` itself.
 *
 * @param times epoch milliseconds, ascending; [T]
 * @param first a bar; at or beyond T = no decision
 */
export function decisionBars(times: Float64Array, rebalance: Rebalance, first: number): number[] {
  const bars: number[] = [];
  if (rebalance === 'once') return first < times.length ? [first] : bars;
  if (typeof rebalance === 'number') {
    for (let t = Math.ceil(first / rebalance) * rebalance; t < times.length; t += rebalance) bars.push(t);
    return bars;
  }
  let day = Number.NaN;
  let period = Number.NaN;
  for (let t = Math.max(0, first - 1); t < times.length; t++) {
    const today = Math.floor(times[t]! / DAY_MS);
    if (today === day) continue;
    day = today;
    const next = periodOf(day, rebalance);
    if (next !== period && t >= first) bars.push(t);
    period = next;
  }
  return bars;
}

/** A number that is the same for all days of one period. 1970-01-01 was a Thursday. */
function periodOf(day: number, rebalance: Exclude<Rebalance, number>): number {
  if (rebalance === 'day') return day;
  if (rebalance === 'week') return Math.floor((day + 3) / 7);
  const date = new Date(day * DAY_MS);
  const year = date.getUTCFullYear();
  if (rebalance === 'year') return year;
  const month = date.getUTCMonth();
  return rebalance === 'quarter' ? year * 4 + Math.floor(month / 3) : year * 12 + month;
}
