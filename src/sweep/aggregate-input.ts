import type { Plan } from '../contracts/plan.ts';
import type { ResultColumn } from '../formats/results-parquet.ts';
import type { Ranking } from './fold-shards.ts';
import type { ShardRunner } from './ports.ts';
import type { WindowRanking } from './validation/window-ranking.ts';

/** What the aggregator must know of a sweep besides its results. */
export interface AggregateInput {
  readonly plan: Plan;
  /** Canonical JSON, for the table of sweeps. */
  readonly spec: string;
  readonly name: string | null;
  readonly columns: readonly ResultColumn[];
  readonly ranking: Ranking;
  /** How windows are ranked, where the sweep has any. */
  readonly windowRanking?: WindowRanking | undefined;
  /** Replays the leaders, and what windows chose. */
  readonly runner: Pick<ShardRunner, 'concurrency' | 'replay' | 'follow'>;
}
