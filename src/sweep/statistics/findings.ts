import type { SweepStatistics } from '../../contracts/sweep-statistics.ts';
import type { AxisImportance } from './axis-importance.ts';
import type { BlockStatistics } from './block-statistics.ts';
import type { RunLuck } from './leader-luck.ts';
import type { Plateaus } from './plateau-clusters.ts';
import type { PlateauRow } from './plateaus-table.ts';

/** Everything that was found out about the runs of a sweep as a whole; null where undefined. */
export interface Findings {
  readonly okRuns: number;
  readonly bars: number;
  readonly barsPerYear: number | null;
  /** What the runs were compared with, in words. */
  readonly benchmark: string;
  /** The objective of every run, NaN where undefined. */
  readonly objective: Float64Array;
  readonly blocks: BlockStatistics | null;
  readonly leaderLuck: RunLuck | null;
  readonly leaders: readonly PlateauRow[];
  readonly plateaus: Plateaus;
  /** Paths of the axes in the order of the grid. */
  readonly axes: readonly string[];
  readonly importance: AxisImportance | null;
  /** Why figures are missing, a sentence each. */
  readonly gaps: readonly string[];
}

/** The figures of the summary. */
export function summaryStatistics(findings: Findings): SweepStatistics {
  const { blocks, barsPerYear, bars, plateaus, axes, importance, gaps } = findings;
  const annual = Math.sqrt(barsPerYear ?? Number.NaN);
  const overfitting = blocks?.overfitting ?? null;
  const ability = blocks?.superiorAbility ?? null;
  const luck = findings.leaderLuck;
  const [leader] = findings.leaders;
  return {
    comparedRuns: blocks?.runs ?? 0,
    years: barsPerYear === null ? null : bars / barsPerYear,
    effectiveTrials: blocks?.trials?.trials ?? null,
    meanCorrelation: blocks?.trials?.meanCorrelation ?? null,
    leader: luck && {
      sharpe: luck.sample.sharpe * annual,
      luckiestSharpe: luck.luckiest === null ? null : luck.luckiest * annual,
      psr: luck.psr,
      deflatedSharpe: luck.deflatedSharpe,
      minTrackRecordBars: luck.minTrackRecordBars,
      minBacktestYears: luck.minBacktestYears,
    },
    overfitting: overfitting && {
      splits: overfitting.splits,
      probability: overfitting.probability,
      slope: Number.isFinite(overfitting.slope) ? overfitting.slope : null,
      lossProbability: overfitting.lossProbability,
      inSampleSharpe: overfitting.inSample * annual,
      outOfSampleSharpe: overfitting.outOfSample * annual,
    },
    superiorAbility: ability && {
      benchmark: findings.benchmark,
      draws: ability.draws,
      realityCheckP: ability.realityCheckP,
      spaP: ability.consistentP,
    },
    plateau: leader
      ? {
          objective: leader.objective,
          neighbours: leader.neighbours,
          missing: leader.missing,
          mean: leader.mean,
          worst: leader.worst,
          shareWithin: leader.shareWithin,
          clusterSize: leader.cluster === null ? 0 : plateaus.largest[leader.cluster - 1]!.size,
          goodRuns: plateaus.goodRuns,
          clusters: plateaus.count,
        }
      : null,
    axes: importance === null ? [] : axes.map((axis, k) => ({ axis, share: importance.main[k]! })),
    gaps: [...gaps],
  };
}
