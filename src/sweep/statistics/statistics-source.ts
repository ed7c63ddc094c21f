import type { Plan } from '../../contracts/plan.ts';
import type { ResultColumn } from '../../formats/results-parquet.ts';
import type { Store } from '../ports.ts';

/** Where the rows of a sweep are. */
export interface StatisticsSource {
  readonly store: Store;
  readonly plan: Plan;
  /** The shards that are folded, ascending. */
  readonly shards: readonly number[];
  readonly columns: readonly ResultColumn[];
}
