import type { Plan } from '../contracts/plan.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { ResultColumn } from '../formats/results-parquet.ts';
import type { Ranking } from './fold-shards.ts';
import type { Grid } from './grid.ts';
import type { ShardRunner } from './ports.ts';
import type { BarFacts } from './statistics/bar-facts.ts';
import type { WindowRanking } from './validation/window-ranking.ts';

/** What the statistics over the whole grid must know besides the rows. */
export interface StatisticsInput {
  readonly spec: SweepSpec;
  readonly grid: Grid;
  /** Null where this version cannot read the bars of the sweep. */
  barFacts(): Promise<BarFacts | null>;
}

/** What the aggregator must know of a sweep besides its results. */
export interface AggregateInput {
  readonly plan: Plan;
  /** Canonical JSON, for the table of sweeps. */
  readonly spec: string;
  readonly name: string | null;
  readonly columns: readonly ResultColumn[];
  readonly ranking: Ranking;
  /** What the statistics over the whole grid need. */
  readonly statistics: StatisticsInput;
  /** How windows are ranked, where the sweep has any. */
  readonly windowRanking?: WindowRanking | undefined;
  /** Replays the leaders, and what windows chose. */
  readonly runner: Pick<ShardRunner, 'concurrency' | 'replay' | 'follow'>;
}
