import { required } from '../src/adapters/lambda/environment.ts';
import { telemetry } from '../src/adapters/lambda/telemetry.ts';
import { s3Client } from '../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../src/adapters/s3/s3-store.ts';
import { sqsClient, sqsQueue } from '../src/adapters/sqs/sqs-queue.ts';
import type { ShardMessage, SweepMessage } from '../src/contracts/message.ts';
import { activeSweeps } from '../src/sweep/active-marker.ts';
import { reconcileSweep } from '../src/sweep/reconcile.ts';
import { ENV } from './env.ts';

const { logger } = telemetry(required(ENV.stage));
const store = openS3Store(s3Client(), required(ENV.bucket));
const sqs = sqsClient();
const queues = {
  plans: sqsQueue<SweepMessage>(sqs, required(ENV.planQueueUrl)),
  shards: sqsQueue<ShardMessage>(sqs, required(ENV.shardQueueUrl)),
  ticks: sqsQueue<SweepMessage>(sqs, required(ENV.tickQueueUrl)),
};
const patienceMs = Number(required(ENV.shardVisibilitySeconds)) * 1_000;

/** Looks after every active sweep: see `reconcileSweep`. One that fails keeps none of the others waiting. */
export async function handler(): Promise<void> {
  const failures: unknown[] = [];
  for (const sweepId of await activeSweeps(store)) {
    try {
      const outcome = await reconcileSweep(store, queues, sweepId, store.timeMs(), patienceMs);
      if (outcome !== 'waiting') logger.info('reconciled', { sweepId, outcome });
    } catch (error) {
      logger.error('cannot look after a sweep', { sweepId, error });
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} sweeps could not be looked after`);
}
