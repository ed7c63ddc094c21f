import * as z from 'zod';

const count = z.int().min(0);
const figure = z.number().nullable();
const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);

/** Objective and metrics of a stretch of bars; null = undefined. */
const figures = z.strictObject({
  objective: figure,
  total_return: figure,
  cagr: figure,
  volatility: figure,
  sharpe: figure,
  max_drawdown: figure,
});

const fold = z.strictObject({
  trainFrom: z.string(),
  trainTo: z.string(),
  testFrom: z.string(),
  testTo: z.string(),
  run_id: z.string().nullable().describe('Of the run chosen; null where no run could be.'),
  axes: z.record(z.string(), scalar).describe('Its values by axis.'),
  trainObjective: figure,
  testObjective: figure,
  testPercentile: figure.describe('Share of all (sampled) runs that did worse in the test.'),
  rankCorrelation: figure.describe('Of training and test over the runs.'),
});

const walkForward = z.strictObject({
  folds: z
    .array(fold)
    .describe('What each window chose on its training data, and how that fared in its test.'),
  /** Means over the windows of the chosen runs' objective in training and in test, and of the rank correlations. */
  meanTrain: figure,
  meanTest: figure,
  meanRankCorrelation: figure,
  /** Runs over which rank correlations and percentiles were taken. */
  sampledRuns: count,
  /** Different runs chosen, and windows that chose another one than the window before. */
  distinctRuns: count,
  changes: count,
  axes: z.array(
    z.strictObject({
      axis: z.string(),
      changes: count,
      values: z.array(z.strictObject({ value: scalar, windows: count })),
    }),
  ),
  constraintsNotApplied: z
    .array(z.string())
    .describe('Those that only the leaderboard applies, since the returns of a window cannot tell them.'),
  stitched: figures
    .extend({ from: z.string(), to: z.string(), bars: count, switches: count, switchCost: z.number() })
    .nullable()
    .describe(
      'The account that followed every choice through its test; null where no window chose a run, or one could not be replayed.',
    ),
  hindsight: z
    .strictObject({ run_id: z.string(), objective: figure, total_return: figure })
    .nullable()
    .describe(
      'The run that leads over the whole period, which nobody knew beforehand, over the same test bars.',
    ),
});

const cpcv = z.strictObject({
  groups: count,
  testGroups: count,
  splits: count,
  paths: count,
  distinctRuns: count,
  /** Runs by the number of splits that chose them, the most frequent first; ten at most. */
  chosen: z.array(z.strictObject({ run_id: z.string(), splits: count })),
  meanTrain: figure,
  objectives: z
    .array(figure)
    .nullable()
    .describe(
      'Of every path, null where undefined; null as a whole where a chosen run could not be replayed.',
    ),
  /** Of those that are defined: quantiles by linear interpolation, std with ddof 1. */
  mean: figure,
  std: figure,
  min: figure,
  lowerQuartile: figure,
  median: figure,
  upperQuartile: figure,
  max: figure,
});

const holdout = z.strictObject({
  bars: count,
  from: z.string(),
  to: z.string(),
  best: z
    .strictObject({
      run_id: z.string(),
      objective: figure,
      total_return: figure,
      sharpe: figure,
      max_drawdown: figure,
      looksAhead: z.boolean(),
    })
    .nullable()
    .describe(
      'The run that leads without these bars, on them; null without a leader, or where it could not be replayed.',
    ),
  looksAhead: count.describe(
    'Leaders whose equity before the holdout changed with the bars after it: their strategy looks ahead.',
  ),
});

/** What the validation of a sweep came to. */
export const validationSummarySchema = z.strictObject({
  bars: count.describe('Bars that the runs were ranked by.'),
  walkForward: walkForward.nullable(),
  cpcv: cpcv.nullable(),
  holdout: holdout.nullable(),
});

export type ValidationSummary = z.infer<typeof validationSummarySchema>;
