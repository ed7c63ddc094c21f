import { deployedStrategies } from '../src/adapters/lambda/deployed-strategies.ts';
import { required } from '../src/adapters/lambda/environment.ts';
import { messageHandler } from '../src/adapters/lambda/message-handler.ts';
import { telemetry } from '../src/adapters/lambda/telemetry.ts';
import { s3Client } from '../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../src/adapters/s3/s3-store.ts';
import { sqsClient, sqsQueue } from '../src/adapters/sqs/sqs-queue.ts';
import { type ShardMessage, type SweepMessage, sweepMessageSchema } from '../src/contracts/message.ts';
import { planSweep } from '../src/sweep/plan-sweep.ts';
import { storedSweeps } from '../src/sweep/stored-sweeps.ts';
import { ENV, STRATEGIES_FOLDER } from './env.ts';

const { logger } = telemetry(required(ENV.stage));
const store = openS3Store(s3Client(), required(ENV.bucket));
const sqs = sqsClient();
const queues = {
  shards: sqsQueue<ShardMessage>(sqs, required(ENV.shardQueueUrl)),
  ticks: sqsQueue<SweepMessage>(sqs, required(ENV.tickQueueUrl)),
};
const modules = await deployedStrategies(new URL(`./${STRATEGIES_FOLDER}/`, import.meta.url));
const sweeps = storedSweeps(store, modules, Number(required(ENV.workerMemoryMb)));

/** Plans a sweep and sends its shards: see `planSweep`. */
export const handler = messageHandler(sweepMessageSchema, { sqs, logger }, async (message) => {
  const outcome = await planSweep(store, queues, message, () => sweeps.plan(message.sweepId));
  logger.info('plan', { ...message, ...outcome });
});
