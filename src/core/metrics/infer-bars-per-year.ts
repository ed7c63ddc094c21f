const DAY_MS = 86_400_000;
/** Periods longer than a day that have a name: weeks, fortnights, months, quarters, half-years, years. */
const NAMED_PERIODS_PER_YEAR = [52, 26, 12, 4, 2, 1];

/**
 * Bars per year, for annualising: 252 or 365 trading days times the bars of a day, or the count of the longer period.
 *
 * A year has 365 trading days where every day of the week (UTC) has bars, each on at least half as many dates as the
 * most frequent; else 252, as for stocks and foreign exchange, and also for less than a week of bars. A day has as many
 * bars as the median date that has any. Bars more than a day and a half apart (median) are weeks, months and so on, within
 * 10 %, or else 365 days over their distance. Few bars tell what they show: state the number for part of a day's session.
 *
 * @param times epoch milliseconds, ascending, [T]; fewer than 2 give 252
 */
export function inferBarsPerYear(times: Float64Array): number {
  if (times.length < 2) return 252;
  const spacingDays = median(times.subarray(1).map((time, t) => time - times[t]!)) / DAY_MS;
  if (spacingDays > 1.5) {
    const perYear = 365 / spacingDays;
    return NAMED_PERIODS_PER_YEAR.find((n) => Math.abs(perYear - n) <= 0.1 * n) ?? perYear;
  }
  const datesOfWeekday = [0, 0, 0, 0, 0, 0, 0];
  const barsOfDate: number[] = [];
  let current = Number.NaN;
  for (const time of times) {
    const date = Math.floor(time / DAY_MS);
    if (date !== current) {
      current = date;
      datesOfWeekday[((date % 7) + 7) % 7]!++;
      barsOfDate.push(0);
    }
    barsOfDate[barsOfDate.length - 1]!++;
  }
  const allWeek = Math.min(...datesOfWeekday) >= 0.5 * Math.max(...datesOfWeekday);
  return (allWeek ? 365 : 252) * median(Float64Array.from(barsOfDate));
}

/** The lower median, a value that occurs; sorts `values`, which must not be empty. */
function median(values: Float64Array): number {
  return values.sort()[Math.floor((values.length - 1) / 2)]!;
}
