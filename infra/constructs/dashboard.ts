import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC } from '../../lambdas/metric-names.ts';
import { FUNCTIONS, QUEUES } from '../access.ts';
import type { Settings } from '../settings.ts';
import type { Watched } from './alarms.ts';
import { counted } from './metrics.ts';

const PERIOD = Duration.minutes(1);

/** One page: what runs get done, what waits, what fails. */
export function dashboard(
  scope: Construct,
  { stage }: Settings,
  { handlers, queues, api }: Watched,
): Dashboard {
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8, height: 6 });
  const ofFunctions = (metric: 'metricErrors' | 'metricInvocations' | 'metricThrottles') =>
    FUNCTIONS.map((name) => handlers[name].fn[metric]({ label: name, period: PERIOD, statistic: 'Sum' }));
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `backsweep-${stage}`,
    widgets: [
      [
        graph('Runs', [
          counted('worker', METRIC.runsDone, stage, PERIOD),
          counted('worker', METRIC.runsFailed, stage, PERIOD),
        ]),
        graph('Sweeps finished', [counted('aggregator', METRIC.sweepsFinished, stage, PERIOD)]),
        graph('Shards given up, results that differ', [
          counted('dead-letters', METRIC.shardsGivenUp, stage, PERIOD),
          counted('worker', METRIC.nondeterministic, stage, PERIOD),
        ]),
      ],
      [
        graph(
          'Messages waiting',
          QUEUES.map((name) =>
            queues[name].queue.metricApproximateNumberOfMessagesVisible({ label: name, period: PERIOD }),
          ),
        ),
        graph(
          'Age of the oldest message, s',
          QUEUES.map((name) =>
            queues[name].queue.metricApproximateAgeOfOldestMessage({ label: name, period: PERIOD }),
          ),
        ),
        graph(
          'Dead letters',
          QUEUES.map((name) =>
            queues[name].deadLetters.metricApproximateNumberOfMessagesVisible({
              label: name,
              period: PERIOD,
            }),
          ),
        ),
      ],
      [
        graph('Invocations', ofFunctions('metricInvocations')),
        graph('Errors', ofFunctions('metricErrors')),
        graph('Throttles', ofFunctions('metricThrottles')),
      ],
      [
        graph('Duration of a shard, ms', [
          handlers.worker.fn.metricDuration({ label: 'median', statistic: 'p50', period: PERIOD }),
          handlers.worker.fn.metricDuration({ label: 'slowest 1 %', statistic: 'p99', period: PERIOD }),
        ]),
        graph('API requests and errors', [
          api.api.metricCount({ label: 'requests', period: PERIOD, statistic: 'Sum' }),
          api.api.metricClientError({ label: '4xx', period: PERIOD }),
          api.api.metricServerError({ label: '5xx', period: PERIOD }),
        ]),
        graph('API latency, ms', [
          api.api.metricLatency({ label: 'median', statistic: 'p50', period: PERIOD }),
          api.api.metricLatency({ label: 'slowest 1 %', statistic: 'p99', period: PERIOD }),
        ]),
      ],
    ],
  });
}
