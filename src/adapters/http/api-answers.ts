import * as z from 'zod';
import { sweepIdSchema } from '../../contracts/message.ts';
import { summarySchema } from '../../contracts/summary.ts';

const count = z.int().min(0);
const amount = z.number();
const generation = count.max(999);

const bound = z.object({
  wallSeconds: amount,
  computeUsd: amount,
  barLoadingUsd: amount,
  requestsUsd: amount,
  totalUsd: amount,
});

const costEstimate = z.object({
  pricesAsOf: z.string(),
  expected: bound,
  worst: bound,
  resultBytes: amount,
  storageUsdPerMonth: amount,
});

/** What the API answers to `POST /plan`. */
export const plannedAnswer = z.object({
  sweepId: sweepIdSchema,
  runs: count,
  shards: count,
  shardRuns: count,
  assets: count,
  bars: count,
  cost: costEstimate,
  maxCostUsd: amount,
});

/** To `POST /sweeps`. */
export const submittedAnswer = plannedAnswer.extend({ generation });

/** To `GET /sweeps`. */
export const listAnswer = z.object({
  sweeps: z.array(
    z.object({
      sweepId: sweepIdSchema,
      name: z.string(),
      submittedMs: amount,
      active: z.boolean(),
      published: count,
    }),
  ),
});

/** To `GET /sweeps/{id}`. */
export const statusAnswer = z.object({
  sweepId: sweepIdSchema,
  generation,
  state: z.enum([
    'submitted',
    'refused',
    'running',
    'cancelling',
    'complete',
    'complete_with_failures',
    'cancelled',
  ]),
  refusal: z.string().nullable(),
  runs: count,
  shards: count,
  doneShards: count,
  failedShards: count,
  missingShards: z.string(),
  summary: summarySchema.nullable(),
  usage: z.object({ attempts: count, workerSeconds: amount, peakMb: amount }),
  cost: z.object({ measuredUsd: amount, planned: costEstimate.nullable() }),
});

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** To `GET /sweeps/{id}/leaderboard`. */
export const leaderboardAnswer = z.object({
  sweepId: sweepIdSchema,
  generation,
  rows: z.array(z.record(z.string(), cell)),
});

/** To `POST /sweeps/{id}/cancel`. */
export const cancelledAnswer = z.object({
  sweepId: sweepIdSchema,
  outcome: z.enum(['cancelled', 'finished']),
});

/** To `POST /sweeps/{id}/resume`. */
export const resumedAnswer = z.object({
  sweepId: sweepIdSchema,
  generation,
  outcome: z.enum(['started', 'continued', 'complete']),
});

/** What the API says of a failure (RFC 9457); API Gateway itself says only `message`. */
export const problemAnswer = z.object({ detail: z.string().optional(), message: z.string().optional() });

export type Planned = z.infer<typeof plannedAnswer>;
export type Submitted = z.infer<typeof submittedAnswer>;
export type CloudSweep = z.infer<typeof listAnswer>['sweeps'][number];
export type CloudStatus = z.infer<typeof statusAnswer>;
export type CloudLeaders = z.infer<typeof leaderboardAnswer>;
