import { deployedStrategies } from '../src/adapters/lambda/deployed-strategies.ts';
import { functionMemoryMb, required } from '../src/adapters/lambda/environment.ts';
import { messageHandler } from '../src/adapters/lambda/message-handler.ts';
import { telemetry } from '../src/adapters/lambda/telemetry.ts';
import { measureProcess } from '../src/adapters/process/measure-process.ts';
import { processRunner } from '../src/adapters/process/process-runner.ts';
import { s3Client } from '../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../src/adapters/s3/s3-store.ts';
import { sqsClient, sqsQueue } from '../src/adapters/sqs/sqs-queue.ts';
import { type SweepMessage, shardMessageSchema } from '../src/contracts/message.ts';
import { shardRange } from '../src/sweep/plan.ts';
import { storedSweeps } from '../src/sweep/stored-sweeps.ts';
import { noteUsage } from '../src/sweep/usage.ts';
import { planOfMessage, workShard } from '../src/sweep/work-shard.ts';
import { ENV, STRATEGIES_FOLDER } from './env.ts';
import { METRIC } from './metric-names.ts';

const { logger, count } = telemetry(required(ENV.stage));
const store = openS3Store(s3Client(), required(ENV.bucket));
const sqs = sqsClient();
const ticks = sqsQueue<SweepMessage>(sqs, required(ENV.tickQueueUrl));
const modules = await deployedStrategies(new URL(`./${STRATEGIES_FOLDER}/`, import.meta.url));
const sweeps = storedSweeps(store, modules, functionMemoryMb());

/** Runs one shard: see `workShard`. */
export const handler = messageHandler(shardMessageSchema, { sqs, logger }, async (message, delivered) => {
  const plan = await planOfMessage(store, message);
  if (plan === null) return logger.error('message dropped: no such shard', message);
  const usage = measureProcess(delivered);
  const runner = processRunner(() => sweeps.engine(plan), delivered);
  const outcome = await workShard(store, ticks, runner, message);
  logger.info('shard', { ...message, ...outcome });
  count(message.sweepId, {
    [METRIC.nondeterministic]: Number(outcome.kind === 'nondeterministic'),
    [METRIC.shardsGivenUp]: Number(outcome.kind === 'given-up'),
    [METRIC.runsDone]: outcome.kind === 'created' ? shardRange(plan, message.shard).count : 0,
    [METRIC.runsFailed]: 'failedRuns' in outcome ? outcome.failedRuns : 0,
  });
  if (outcome.kind !== 'there' && outcome.kind !== 'cancelled') await noteUsage(store, message, usage());
});
