import type { Interval } from '../../contracts/validation-layout.ts';

/** The first bar at or after an instant; T where there is none. */
export function firstBarAt(times: Float64Array, instant: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is left of ascending, disjoint intervals without the bars of another; empty pieces are dropped. */
export function without(intervals: readonly Interval[], [from, to]: Interval): Interval[] {
  if (to <= from) return [...intervals];
  return intervals
    .flatMap(([a, b]): Interval[] => [
      [a, Math.min(b, from)],
      [Math.max(a, to), b],
    ])
    .filter(([a, b]) => a < b);
}

/** Number of bars in disjoint intervals. */
export function barsIn(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, [from, to]) => sum + to - from, 0);
}
