import * as z from 'zod';
import { sweepIdSchema } from './message.ts';
import { sweepStatisticsSchema } from './sweep-statistics.ts';
import { validationSummarySchema } from './validation-summary.ts';

const count = z.int().min(0);

/** What a generation of a sweep ended with: a pure function of spec, bars, code and the shards folded. */
export const summarySchema = z.strictObject({
  v: z.literal(1),
  sweepId: sweepIdSchema,
  generation: count,
  engine: z.string(),
  status: z.enum(['complete', 'complete_with_failures', 'cancelled']),
  runs: count,
  okRuns: count,
  /** Rows with status `failed`. */
  failedRuns: count,
  /** Runs of shards that have no result. */
  missingRuns: count,
  /** Runs that placed no order. */
  zeroTradeRuns: count,
  shards: count,
  /** Shards without a result, as ranges: "3", "10-12". */
  missingShards: z.string(),
  objective: z.strictObject({
    metric: z.string(),
    direction: z.enum(['higher', 'lower']),
    /** Ranked by the mean of a run and its neighbours; `best.value` is that mean. */
    robust: z.boolean(),
  }),
  /** Runs whose objective is defined and which meet the constraints. */
  acceptedRuns: count,
  best: z
    .strictObject({ run_index: count, run_id: z.string(), value: z.number(), params: z.string() })
    .nullable(),
  parity: z.strictObject({
    identical: count,
    diverged: count,
    notChecked: count,
    firstDiverged: z.strictObject({ run_id: z.string(), detail: z.string().nullable() }).nullable(),
  }),
  memory: z.strictObject({
    sparseBytes: z.number(),
    denseBytes: z.number(),
    saving: z.number().nullable(),
  }),
  /** Entries after a stop and before the next instruction: of the sparse runs (0 by the semantics), and of the legacy
   * dense mode over the checked runs, which is what the sparse ones were spared. */
  reentries: count,
  reentriesDense: z.number(),
  /** How much of the best run is chance: figures, and what they mean in plain sentences. */
  statistics: sweepStatisticsSchema,
  verdict: z.array(z.string()),
  validation: validationSummarySchema.optional().describe('Where the sweep file asks for one.'),
  /** sha256 of each table published with this summary, by key. */
  tables: z.record(z.string(), z.string()),
});

/**
 * What a generation of a sweep ended with: runs, best run, parity, memory, re-entries.
 *
 * @useDeclaredType
 */
export type Summary = z.infer<typeof summarySchema>;
