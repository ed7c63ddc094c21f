import { apiHandler } from '../src/adapters/lambda/api-handler.ts';
import { deployedStrategies } from '../src/adapters/lambda/deployed-strategies.ts';
import { required } from '../src/adapters/lambda/environment.ts';
import { sweepRoutes } from '../src/adapters/lambda/sweep-routes.ts';
import { telemetry } from '../src/adapters/lambda/telemetry.ts';
import { s3Client } from '../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../src/adapters/s3/s3-store.ts';
import { sqsClient, sqsQueue } from '../src/adapters/sqs/sqs-queue.ts';
import type { SweepMessage } from '../src/contracts/message.ts';
import { ENV, STRATEGIES_FOLDER } from './env.ts';

const bucket = required(ENV.bucket);
const sqs = sqsClient();
const { logger } = telemetry(required(ENV.stage));

/** Answers the HTTP API: see `sweepRoutes`. */
export const handler = apiHandler(
  logger,
  sweepRoutes({
    store: openS3Store(s3Client(), bucket),
    plans: sqsQueue<SweepMessage>(sqs, required(ENV.planQueueUrl)),
    ticks: sqsQueue<SweepMessage>(sqs, required(ENV.tickQueueUrl)),
    target: {
      bucket,
      modules: await deployedStrategies(new URL(`./${STRATEGIES_FOLDER}/`, import.meta.url)),
      maxConcurrency: Number(required(ENV.maxConcurrency)),
      workerMemoryMb: Number(required(ENV.workerMemoryMb)),
    },
  }),
);
