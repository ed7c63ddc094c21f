import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { METRIC } from '../../lambdas/metric-names.ts';
import { FUNCTIONS, type FunctionName, QUEUES, type QueueName } from '../access.ts';
import type { Settings } from '../settings.ts';
import type { Handler } from './handler.ts';
import type { SweepApi } from './http-api.ts';
import { counted } from './metrics.ts';
import { RECONCILER_MINUTES } from './reconciler-schedule.ts';
import type { WorkQueue } from './work-queue.ts';

/** The parts of the stack that alarms and dashboard watch. */
export interface Watched {
  readonly handlers: Readonly<Record<FunctionName, Handler>>;
  readonly queues: Readonly<Record<QueueName, WorkQueue>>;
  readonly api: SweepApi;
}

/** When the oldest message of a queue says that something repeats: two visibility timeouts, or half a day of shards. */
const OLDEST_MINUTES: Readonly<Record<QueueName, number>> = { plan: 24, shard: 720, tick: 180 };

const PERIOD = Duration.minutes(5);

/** An alarm in words: `anchor` is the section of the runbook that says what to do. */
interface Watch {
  readonly id: string;
  readonly anchor: string;
  readonly says: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly periods?: number;
  /** An alarm on too little, whose missing data is the worst case. */
  readonly atLeast?: boolean;
}

/** Alarms on what does not heal by itself; each says what it means and where the runbook goes on. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, settings: Settings, watched: Watched) {
    super(scope, id);
    const topics = topicsOf(this, settings);
    for (const watch of watches(watched, settings)) {
      const alarm = new Alarm(this, watch.id, {
        alarmName: `backsweep-${settings.stage}-${watch.id}`,
        alarmDescription: `${watch.says} What to do: ${settings.runbookUrl}#${watch.anchor}`,
        metric: watch.metric,
        threshold: watch.threshold,
        evaluationPeriods: watch.periods ?? 1,
        comparisonOperator: watch.atLeast
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: watch.atLeast ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
      });
      for (const topic of topics) alarm.addAlarmAction(new SnsAction(topic));
    }
  }
}

function topicsOf(scope: Construct, { alarmEmail, alarmTopicArn }: Settings): ITopic[] {
  const topics: ITopic[] = [];
  if (alarmTopicArn !== undefined) topics.push(Topic.fromTopicArn(scope, 'GivenTopic', alarmTopicArn));
  if (alarmEmail !== undefined) {
    const topic = new Topic(scope, 'Topic', { enforceSSL: true });
    topic.applyRemovalPolicy(RemovalPolicy.DESTROY);
    topic.addSubscription(new EmailSubscription(alarmEmail));
    topics.push(topic);
  }
  return topics;
}

function watches({ handlers, queues, api }: Watched, { stage }: Settings): Watch[] {
  return [
    ...QUEUES.map((name) => ({
      id: `${name}-dead-letters`,
      anchor: 'dead-letters',
      says: `Messages lie among the dead letters of the ${name} queue.`,
      // Of messages that lie there now: NumberOfMessagesSent does not count those that SQS moves.
      metric: queues[name].deadLetters.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: 'Maximum',
      }),
      threshold: 1,
      // Those of shards are taken by a function within minutes.
      periods: name === 'shard' ? 3 : 1,
    })),
    ...QUEUES.map((name) => ({
      id: `${name}-oldest-message`,
      anchor: 'oldest-message',
      says: `A message of the ${name} queue is older than ${OLDEST_MINUTES[name]} minutes.`,
      metric: queues[name].queue.metricApproximateAgeOfOldestMessage({
        period: PERIOD,
        statistic: 'Maximum',
      }),
      threshold: OLDEST_MINUTES[name] * 60,
    })),
    ...FUNCTIONS.map((name) => ({
      id: `${name}-errors`,
      anchor: 'function-errors',
      says: `The function ${name} ended with an error or at its time limit.`,
      metric: handlers[name].fn.metricErrors({ period: PERIOD, statistic: 'Sum' }),
      threshold: 1,
    })),
    {
      id: 'nondeterministic-result',
      anchor: 'nondeterministic-result',
      says: 'A shard that ran twice gave other bytes the second time; the first ones were kept.',
      metric: counted('worker', METRIC.nondeterministic, stage, PERIOD),
      threshold: 1,
    },
    {
      id: 'shards-given-up',
      anchor: 'shards-given-up',
      says: 'Shards were given up after repeated failures; their sweeps end as complete_with_failures.',
      metric: counted('dead-letters', METRIC.shardsGivenUp, stage, PERIOD),
      threshold: 1,
    },
    {
      id: 'api-server-errors',
      anchor: 'api-server-errors',
      says: 'The API answered with a status of 500 or above.',
      metric: api.api.metricServerError({ period: PERIOD, statistic: 'Sum' }),
      threshold: 1,
    },
    {
      id: 'reconciler-silent',
      anchor: 'reconciler-silent',
      says: `The reconciler, due every ${RECONCILER_MINUTES} minutes, was not invoked for 15: sweeps may hang.`,
      metric: handlers.reconciler.fn.metricInvocations({ period: PERIOD, statistic: 'Sum' }),
      threshold: 1,
      periods: 3,
      atLeast: true,
    },
  ];
}
