import { required } from '../src/adapters/lambda/environment.ts';
import { messageHandler } from '../src/adapters/lambda/message-handler.ts';
import { telemetry } from '../src/adapters/lambda/telemetry.ts';
import { s3Client } from '../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../src/adapters/s3/s3-store.ts';
import { sqsClient, sqsQueue } from '../src/adapters/sqs/sqs-queue.ts';
import { type SweepMessage, shardMessageSchema } from '../src/contracts/message.ts';
import { failShard, planOfMessage } from '../src/sweep/work-shard.ts';
import { ENV } from './env.ts';
import { METRIC } from './metric-names.ts';

const { logger, count } = telemetry(required(ENV.stage));
const store = openS3Store(s3Client(), required(ENV.bucket));
const sqs = sqsClient();
const ticks = sqsQueue<SweepMessage>(sqs, required(ENV.tickQueueUrl));

/** Gives up the shards whose messages failed too often, so that their sweep ends: see `failShard`. */
export const handler = messageHandler(shardMessageSchema, { sqs, logger }, async (message, { receives }) => {
  if ((await planOfMessage(store, message)) === null) {
    return logger.error('message dropped: no such shard', message);
  }
  const reason = 'its message was received too often without success';
  if (!(await failShard(store, ticks, message, reason, receives))) {
    return logger.warn('shard is there, though its message was received too often', message);
  }
  logger.error('shard given up', message);
  count(message.sweepId, { [METRIC.shardsGivenUp]: 1 });
});
