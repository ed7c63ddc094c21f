import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from '../../lambdas/metric-names.ts';
import type { FunctionName } from '../access.ts';

/** The sum per period of a metric that a handler counts, by the dimensions that Powertools gives it. */
export function counted(service: FunctionName, metricName: string, stage: string, period: Duration): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service, stage },
    statistic: 'Sum',
    period,
  });
}
