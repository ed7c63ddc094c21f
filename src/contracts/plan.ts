import * as z from 'zod';
import { sweepIdSchema } from './message.ts';
import { validationLayoutSchema } from './validation-layout.ts';

const count = z.int().min(1);

/**
 * How a sweep is cut into shards: a pure function of its spec, of the numbers of bars and assets (with a validation, of
 * the times of the bars too), and of constants of the version. Shard i holds the runs from i·shardRuns up to the next shard's, the last one up to `runs`.
 */
export const planSchema = z.strictObject({
  v: z.literal(1),
  sweepId: sweepIdSchema,
  engine: z.string().regex(/^[0-9a-f]{64}$/),
  runs: count.max(10_000_000),
  /** T, bars of the period without those of a holdout. */
  bars: count,
  /** N, assets of the universe. */
  assets: count,
  shardRuns: count,
  shards: count.max(10_000),
  /** Share of the runs, drawn by their index, on which both engines and the dense hold form run; 0 to 1. */
  parityShare: z.number().min(0).max(1),
  /** How many of the best runs are checked besides. */
  parityLeaders: z.int().min(0).max(1_000),
  /** Grid index of the first run of each shard, where conditions leave gaps; null where arithmetic or the sample tells. */
  scanFrom: z.array(z.int().min(0)).nullable(),
  /** Which bars train and test, where the sweep file asks for a validation. */
  validation: validationLayoutSchema.optional(),
});

export type Plan = z.infer<typeof planSchema>;
