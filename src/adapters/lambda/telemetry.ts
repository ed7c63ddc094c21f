import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** What a function tells: lines of JSON and counts, both through its standard output. */
export interface Telemetry {
  readonly logger: Logger;
  /** Publishes counts, but for zeros, by service and stage; the sweep is a property, since each value of a dimension is a metric that is paid for. */
  count(sweepId: string, counts: Readonly<Record<string, number>>): void;
}

/** Logger and metrics of a function; service, namespace and level come from the environment. */
export function telemetry(stage: string): Telemetry {
  const metrics = new Metrics({ defaultDimensions: { stage } });
  return {
    logger: new Logger({ persistentLogAttributes: { stage } }),
    count(sweepId, counts) {
      for (const [metric, value] of Object.entries(counts)) {
        if (value !== 0) metrics.addMetric(metric, MetricUnit.Count, value);
      }
      if (!metrics.hasStoredMetrics()) return;
      metrics.addMetadata('sweepId', sweepId);
      metrics.publishStoredMetrics();
    },
  };
}
