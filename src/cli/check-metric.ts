import { InvalidInputError } from '../contracts/errors.ts';
import { suggestName } from '../contracts/nearest.ts';
import { METRICS, metricByName } from '../core/metrics/catalog.ts';
import type { Metric } from '../core/metrics/metric.ts';

/** The metric that `--by` names; InvalidInputError with the nearest name where there is none. */
export function checkMetric(name: string): Metric {
  const metric = metricByName(name);
  if (metric) return metric;
  const names = METRICS.map((each) => each.name);
  throw new InvalidInputError(
    `--by: expected a metric, found ${JSON.stringify(name)}; ${suggestName(name, names)}`,
  );
}
