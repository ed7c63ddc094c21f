import { addDuration, type Duration, isBars } from '../../contracts/duration.ts';
import { firstBarAt } from './intervals.ts';

/**
 * The first bar that is purged before a test: n bars before its first bar `test`, or the first bar whose time is at
 * most the duration before that of `test`.
 */
export function purgedFrom(times: Float64Array, test: number, purge: Duration): number {
  if (isBars(purge)) return Math.max(0, test - purge);
  return firstBarAt(times, addDuration(times[test]!, purge, -1));
}

/**
 * The bar at which an embargo ends: n bars from `end`, the first bar after a test, or the first bar whose time is more
 * than the duration after that of the last bar of the test.
 */
export function embargoedTo(times: Float64Array, end: number, embargo: Duration): number {
  if (isBars(embargo)) return Math.min(times.length, end + embargo);
  const last = addDuration(times[end - 1]!, embargo);
  const bar = firstBarAt(times, last);
  return Math.max(end, times[bar] === last ? bar + 1 : bar);
}
