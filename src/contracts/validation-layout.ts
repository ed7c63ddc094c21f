import * as z from 'zod';

const bar = z.int().min(0);

/** Bars from the first up to, not including, the second. */
const interval = z.tuple([bar, bar]);

/**
 * Which bars train and which test, as a plan states it: a pure function of the sweep file and of the times of the bars.
 *
 * Bars are counted from the first of the period; those of the holdout come after all others. Times are ISO, UTC.
 */
export const validationLayoutSchema = z.strictObject({
  /** Bars that the runs are simulated on and ranked by. */
  bars: z.int().min(1),
  /** Bars after them that only the leaders are tested on, the first and the last of them; null without a holdout. */
  holdout: z.strictObject({ bars: z.int().min(1), from: z.string(), to: z.string() }).nullable(),
  /** What the metrics of a window are annualised with. */
  barsPerYear: z.number().gt(0),
  riskFreeRate: z.number(),
  /** Training and test bars of each window of a walk-forward, by ascending test; empty without one. */
  windows: z.array(
    z.strictObject({
      train: z.array(interval),
      test: interval,
      /** Times of the first and the last bar of each. */
      trainFrom: z.string(),
      trainTo: z.string(),
      testFrom: z.string(),
      testTo: z.string(),
    }),
  ),
  /** null without cross-validation. */
  cpcv: z
    .strictObject({
      /** Group g holds the bars from `bounds[g]` up to `bounds[g + 1]`. */
      bounds: z.array(bar),
      /** Every choice of test groups in lexicographic order, and the bars that train then. */
      splits: z.array(z.strictObject({ test: z.array(bar), train: z.array(interval) })),
    })
    .nullable(),
});

export type ValidationLayout = z.infer<typeof validationLayoutSchema>;
export type Interval = readonly [from: number, to: number];
