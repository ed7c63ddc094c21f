import * as z from 'zod';

const count = z.int().min(0);
const figure = z.number().nullable();

/**
 * How much of the best run of a sweep is chance, in the figures that a verdict is made of; docs/statistics.md says what each
 * means. Sharpe ratios are annual. Null where a figure is undefined; `gaps` says why.
 */
export const sweepStatisticsSchema = z.strictObject({
  /** Runs whose returns vary: those that are compared. */
  comparedRuns: count,
  /** Length of the backtest. */
  years: figure,
  /** Independent runs that the compared ones are worth. */
  effectiveTrials: figure,
  meanCorrelation: figure,
  leader: z
    .strictObject({
      sharpe: z.number(),
      /** Expected of the best of so many independent runs without skill. */
      luckiestSharpe: figure,
      psr: figure,
      deflatedSharpe: figure,
      minTrackRecordBars: figure,
      minBacktestYears: figure,
    })
    .nullable(),
  overfitting: z
    .strictObject({
      splits: count,
      probability: z.number(),
      slope: figure,
      lossProbability: z.number(),
      inSampleSharpe: z.number(),
      outOfSampleSharpe: z.number(),
    })
    .nullable(),
  superiorAbility: z
    .strictObject({
      benchmark: z.string(),
      draws: count,
      realityCheckP: z.number(),
      spaP: z.number(),
    })
    .nullable(),
  /** Around the first of the leaderboard. */
  plateau: z
    .strictObject({
      objective: z.number(),
      neighbours: count,
      missing: count,
      mean: figure,
      worst: figure,
      shareWithin: figure,
      /** Good runs that are connected with it, itself included; 0 where it is none of the largest clusters. */
      clusterSize: count,
      goodRuns: count,
      clusters: count,
    })
    .nullable(),
  /** Share of the variance of the objective that each axis explains alone, in the order of the grid. */
  axes: z.array(z.strictObject({ axis: z.string(), share: z.number() })),
  /** Why figures are missing, a sentence each. */
  gaps: z.array(z.string()),
});

export type SweepStatistics = z.infer<typeof sweepStatisticsSchema>;
