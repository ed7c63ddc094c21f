import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { ENV } from '../lambdas/env.ts';
import { Alarms } from './constructs/alarms.ts';
import { consumer } from './constructs/consumer.ts';
import { dashboard } from './constructs/dashboard.ts';
import { dataBucket } from './constructs/data-bucket.ts';
import { Handler, type HandlerProps, type Sources } from './constructs/handler.ts';
import { SweepApi } from './constructs/http-api.ts';
import { reconcilerSchedule } from './constructs/reconciler-schedule.ts';
import { Review } from './constructs/review.ts';
import { Tables } from './constructs/tables.ts';
import { WorkQueue } from './constructs/work-queue.ts';
import type { Route } from './routes.ts';
import type { Settings } from './settings.ts';

/** parquetjs-lite, which writes two tables, and all it needs. */
const PARQUETJS = ['parquetjs-lite', 'int53', 'node-int64', 'snappyjs', 'varint'];

const SHARD_VISIBILITY = 1_800;

/** What the stack is made from besides its settings. */
export interface SweepStackProps {
  readonly settings: Settings;
  readonly sources: Sources;
  readonly routes: readonly Route[];
}

/**
 * Everything that a stage has in the account:
 *
 *     API ─▶ plan ─▶ planner ─▶ shard ─▶ worker ─▶ tick ─▶ aggregator ─▶ tables ─▶ Athena
 *                                 └▶ dead letters ─▶ dead-letters ─▶ tick
 *     every 5 minutes ─▶ reconciler ─▶ plan, shard, tick
 *
 * The bucket alone is true; queues carry hints.
 */
export class SweepStack extends Stack {
  constructor(scope: Construct, id: string, { settings, sources, routes }: SweepStackProps) {
    const { account, region, stage, removal } = settings;
    super(scope, id, {
      description: `backsweep ${stage}: parameter sweeps of portfolio backtests`,
      env: { ...(account && { account }), ...(region && { region }) },
      terminationProtection: removal === 'retain',
    });
    Tags.of(this).add('project', 'backsweep');
    Tags.of(this).add('stage', stage);
    for (const [name, value] of Object.entries(settings.tags)) Tags.of(this).add(name, value);

    const key = settings.kmsKeyArn ? Key.fromKeyArn(this, 'Key', settings.kmsKeyArn) : null;
    const bucket = dataBucket(this, settings, key);
    const queues = {
      plan: new WorkQueue(this, 'Plan', { visibilitySeconds: 720, maxReceiveCount: 5 }),
      // A new account has little concurrency: throttled deliveries count as receives.
      shard: new WorkQueue(this, 'Shard', {
        visibilitySeconds: SHARD_VISIBILITY,
        maxReceiveCount: 20,
        deadLetterVisibilitySeconds: 360,
      }),
      tick: new WorkQueue(this, 'Tick', { visibilitySeconds: 5_400, maxReceiveCount: 20 }),
    };
    const urls: Readonly<Record<string, string>> = {
      [ENV.planQueueUrl]: queues.plan.queue.queueUrl,
      [ENV.shardQueueUrl]: queues.shard.queue.queueUrl,
      [ENV.tickQueueUrl]: queues.tick.queue.queueUrl,
    };
    const pick = (...names: string[]) => Object.fromEntries(names.map((name) => [name, urls[name]!]));
    const memory = { [ENV.workerMemoryMb]: String(settings.workerMemoryMb) };

    const resources = {
      bucket,
      key,
      queues: {
        plan: queues.plan.queue,
        shard: queues.shard.queue,
        tick: queues.tick.queue,
        'shard dead letters': queues.shard.deadLetters,
      },
    };
    const handler = (handlerId: string, props: HandlerProps) =>
      new Handler(this, handlerId, settings, sources, resources, props);
    const handlers = {
      api: handler('Api', {
        name: 'api',
        timeoutSeconds: 29, // the gateway gives up after 30
        memoryMb: 1_769,
        strategies: true,
        environment: {
          ...pick(ENV.planQueueUrl, ENV.tickQueueUrl),
          ...memory,
          [ENV.maxConcurrency]: String(settings.maxConcurrency),
        },
      }),
      planner: handler('Planner', {
        name: 'planner',
        timeoutSeconds: 120,
        memoryMb: settings.workerMemoryMb,
        strategies: true,
        environment: { ...pick(ENV.shardQueueUrl, ENV.tickQueueUrl), ...memory },
      }),
      worker: handler('Worker', {
        name: 'worker',
        timeoutSeconds: 300,
        memoryMb: settings.workerMemoryMb,
        strategies: true,
        environment: pick(ENV.tickQueueUrl),
      }),
      aggregator: handler('Aggregator', {
        name: 'aggregator',
        timeoutSeconds: 900,
        memoryMb: settings.workerMemoryMb,
        strategies: true,
        packagesBeside: PARQUETJS,
      }),
      'dead-letters': handler('DeadLetters', {
        name: 'dead-letters',
        timeoutSeconds: 60,
        memoryMb: 256,
        environment: pick(ENV.tickQueueUrl),
      }),
      reconciler: handler('Reconciler', {
        name: 'reconciler',
        timeoutSeconds: 240, // ends before the next one begins
        memoryMb: 512,
        environment: { ...urls, [ENV.shardVisibilitySeconds]: String(SHARD_VISIBILITY) },
      }),
    };

    consumer(handlers.planner, queues.plan.queue, { batchSize: 1, maxConcurrency: 2 });
    consumer(handlers.worker, queues.shard.queue, { batchSize: 1, maxConcurrency: settings.maxConcurrency });
    consumer(handlers.aggregator, queues.tick.queue, {
      batchSize: 1_000,
      windowSeconds: 10,
      maxConcurrency: 2,
    });
    consumer(handlers['dead-letters'], queues.shard.deadLetters, { batchSize: 10, maxConcurrency: 2 });
    reconcilerSchedule(handlers.reconciler);

    const api = new SweepApi(this, 'SweepApi', settings, routes, handlers.api.fn);
    const tables = new Tables(this, 'Tables', settings, bucket);
    const review = new Review(this, 'Review', settings, bucket, key, tables);
    const watched = { handlers, queues, api };
    new Alarms(this, 'Alarms', settings, watched);
    dashboard(this, settings, watched);

    new CfnOutput(this, 'ApiUrl', { value: api.api.apiEndpoint, description: 'For backsweep --api' });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName, description: 'For backsweep bars push' });
    new CfnOutput(this, 'WorkGroup', { value: review.workGroupName, description: 'Of Athena' });
    new CfnOutput(this, 'Database', { value: tables.databaseName, description: 'Of Glue and Athena' });
  }
}
