import { METRICS } from './catalog.ts';
import type { MetricInput } from './metric.ts';

/**
 * Every statistic of one run, in the order of `METRICS`.
 *
 * @param out filled, [METRICS.length]; NaN = undefined, never ±Infinity, never −0
 */
export function measure(input: MetricInput, out: Float64Array): void {
  for (let k = 0; k < METRICS.length; k++) {
    const value = METRICS[k]!.value(input);
    out[k] = Number.isFinite(value) ? value + 0 : Number.NaN;
  }
}
