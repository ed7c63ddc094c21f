import { deployedStrategies } from '../src/adapters/lambda/deployed-strategies.ts';
import { functionMemoryMb, required } from '../src/adapters/lambda/environment.ts';
import { messageHandler } from '../src/adapters/lambda/message-handler.ts';
import { telemetry } from '../src/adapters/lambda/telemetry.ts';
import { processRunner } from '../src/adapters/process/process-runner.ts';
import { s3Client } from '../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../src/adapters/s3/s3-store.ts';
import { sqsClient } from '../src/adapters/sqs/sqs-queue.ts';
import { sweepMessageSchema } from '../src/contracts/message.ts';
import { finishSweep } from '../src/sweep/finish.ts';
import { storedSweeps } from '../src/sweep/stored-sweeps.ts';
import { ENV, STRATEGIES_FOLDER } from './env.ts';
import { METRIC } from './metric-names.ts';

const { logger, count } = telemetry(required(ENV.stage));
const store = openS3Store(s3Client(), required(ENV.bucket));
const modules = await deployedStrategies(new URL(`./${STRATEGIES_FOLDER}/`, import.meta.url));
const sweeps = storedSweeps(store, modules, functionMemoryMb());

/** Publishes a sweep once it is complete or cancelled: see `finishSweep`. */
export const handler = messageHandler(sweepMessageSchema, { sqs: sqsClient(), logger }, async (message) => {
  let published = false;
  const summary = await finishSweep(store, message, async (plan) => {
    published = true;
    return { ...(await sweeps.aggregate(plan)), runner: processRunner(() => sweeps.engine(plan)) };
  });
  if (!published || summary === null) return;
  count(message.sweepId, { [METRIC.sweepsFinished]: 1 });
  logger.info('published', { ...message, status: summary.status });
});
