import { PurgeQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { ACCESS } from '../../infra/access.ts';
import { ENV } from '../../lambdas/env.ts';
import { s3Client } from '../../src/adapters/s3/s3-client.ts';
import { openS3Store, type S3Store } from '../../src/adapters/s3/s3-store.ts';
import { sqsClient } from '../../src/adapters/sqs/sqs-queue.ts';
import type { FunctionName } from './bundle-handlers.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import type { Policy } from './emulator-proxy.ts';
import { type CloudFunction, cloudFunction } from './functions.ts';
import { type Pump, startPump } from './pump.ts';

/** What the API answered. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON that a test looks into
  readonly body: any;
}

/** The whole stack on loopback: emulator, functions in processes of their own, mappings between them. */
export interface EmulatedCloud {
  readonly emulator: Emulator;
  readonly store: S3Store;
  readonly functions: Readonly<Record<FunctionName, CloudFunction>>;
  readonly pumps: Readonly<Record<'planner' | 'worker' | 'aggregator' | 'deadLetters', Pump>>;
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answered>;
  /** Sends any text to the shard queue, or to that of ticks. */
  send(queue: 'shard' | 'tick', text: string): Promise<void>;
  /** How many messages of a queue wait or are being handled. */
  queued(queue: 'plan' | 'shard' | 'tick'): number;
  /** Runs the reconciler when nothing has happened for longer than its patience, by the clock of S3. */
  reconcileLater(): Promise<void>;
  /** Loses every message of a queue. */
  purge(queue: 'plan' | 'shard' | 'tick'): Promise<void>;
  /** Asks until `done` says so; rejects after two minutes. */
  until<T>(ask: () => Promise<T>, done: (value: T) => boolean): Promise<T>;
  stop(): Promise<void>;
}

const MEMORY_MB = '1769';
/** No function takes so long, however loaded the machine is; six times as long a message is hidden, as in the stack. */
const TIMEOUT_MS = 300_000;
const VISIBILITY_SECONDS = 1_800;

/** What the table of the stack admits; callers that are no function, as the tests are, may do all. */
const admits: Policy = (caller, { operation, key }) => {
  if (!(caller in ACCESS)) return true;
  const { get, put, delete: remove, list, send, consume } = ACCESS[caller as FunctionName];
  const patterns = { GET: get, HEAD: get, PUT: put, DELETE: remove, LIST: list }[operation];
  if (patterns) {
    return patterns.some((pattern) => {
      const parts = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
      return new RegExp(`^${parts.join('.*')}$`).test(key);
    });
  }
  if (operation.startsWith('SendMessage')) return send.some((name) => name === key);
  return operation.startsWith('ChangeMessageVisibility') && key === consume?.replaceAll(' ', '-');
};

/** Starts a cloud over bundled handlers, in which nothing waits for a clock: see `startPump` and `reconcileLater`. */
export async function startCloud(files: Record<FunctionName, string>): Promise<EmulatedCloud> {
  const emulator = await startEmulator();
  for (const [name, value] of Object.entries(emulator.environment)) process.env[name] = value;
  emulator.server.createBucket('data');
  emulator.policy.admits = admits;
  const VisibilityTimeout = String(VISIBILITY_SECONDS);
  const queue = (name: string, receives: number) => {
    const letters = emulator.createQueue(`${name}-dead-letters`, { VisibilityTimeout });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: letters.arn, maxReceiveCount: receives });
    return { ...emulator.createQueue(name, { VisibilityTimeout, RedrivePolicy }), letters };
  };
  const queues = { plan: queue('plan', 5), shard: queue('shard', 3), tick: queue('tick', 20) };
  const environment = {
    ...emulator.environment,
    [ENV.bucket]: 'data',
    [ENV.stage]: 'test',
    [ENV.planQueueUrl]: queues.plan.url,
    [ENV.shardQueueUrl]: queues.shard.url,
    [ENV.tickQueueUrl]: queues.tick.url,
    [ENV.shardVisibilitySeconds]: VisibilityTimeout,
    [ENV.workerMemoryMb]: MEMORY_MB,
    [ENV.maxConcurrency]: '100',
    [ENV.metricsNamespace]: 'backsweep',
    [ENV.logLevel]: 'INFO',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: MEMORY_MB,
  };
  const functions = Object.fromEntries(
    Object.entries(files).map(([name, file]) => [
      name,
      cloudFunction(file, { ...environment, [ENV.service]: name, AWS_ACCESS_KEY_ID: name }, TIMEOUT_MS),
    ]),
  ) as Record<FunctionName, CloudFunction>;
  const client = sqsClient();
  const { planner, worker, aggregator } = functions;
  const pumps = {
    planner: startPump(client, { queue: queues.plan, fn: planner, batchSize: 1, concurrency: 1 }),
    worker: startPump(client, { queue: queues.shard, fn: worker, batchSize: 1, concurrency: 2 }),
    aggregator: startPump(client, {
      queue: queues.tick,
      fn: aggregator,
      batchSize: 1_000,
      windowMs: 200,
      concurrency: 1,
    }),
    deadLetters: startPump(client, {
      queue: queues.shard.letters,
      fn: functions['dead-letters'],
      batchSize: 10,
      concurrency: 1,
    }),
  };
  return {
    emulator,
    store: openS3Store(s3Client(), 'data'),
    functions,
    pumps,
    async call(method, path, body) {
      const url = new URL(path, 'https://api');
      const answer = (await functions.api.invoke({
        version: '2.0',
        rawPath: url.pathname,
        headers: { 'Content-Type': 'application/json' },
        queryStringParameters: Object.fromEntries(url.searchParams),
        requestContext: { http: { method, path: url.pathname } },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        isBase64Encoded: false,
      })) as { statusCode: number; headers: Record<string, string>; body: string };
      return {
        status: answer.statusCode,
        type: answer.headers['content-type']!,
        body: JSON.parse(answer.body),
      };
    },
    async send(name, text) {
      // The client of the protocol sends JSON only; a poisoned message is any text.
      await client.send(new SendMessageCommand({ QueueUrl: queues[name].url, MessageBody: text }));
    },
    queued(name) {
      const { ready, delayed, inflight } = emulator.server.inspectQueue(name)!.messages;
      return ready.length + delayed.length + inflight.length;
    },
    async reconcileLater() {
      emulator.clock.aheadMs = 2 * VISIBILITY_SECONDS * 1_000;
      await functions.reconciler.invoke({});
      emulator.clock.aheadMs = 0;
    },
    async purge(name) {
      await client.send(new PurgeQueueCommand({ QueueUrl: queues[name].url }));
    },
    async until(ask, done) {
      const end = performance.now() + 120_000;
      for (;;) {
        const value = await ask();
        if (done(value)) return value;
        if (performance.now() > end)
          throw new Error(`not in two minutes; at the end: ${JSON.stringify(value)}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async stop() {
      for (const pump of Object.values(pumps)) await pump.stop();
      for (const fn of Object.values(functions)) await fn.stop();
      await emulator.stop();
    },
  };
}
