import type { RunTotals } from '../execution/ledger.ts';
import type { RunConfig } from '../run-config.ts';
import type { ReturnStats } from './return-stats.ts';

/** What the statistics of one run are computed from. */
export interface MetricInput {
  readonly returns: ReturnStats;
  readonly totals: RunTotals;
  readonly config: RunConfig;
}

/** One statistic of a run. */
export interface Metric {
  /** Column name, snake_case. */
  readonly name: string;
  readonly unit: 'fraction' | 'fraction_per_year' | 'ratio' | 'money' | 'count' | 'bars' | 'per_year';
  /** Which end of the scale is better, for ranking. */
  readonly direction: 'higher' | 'lower' | 'none';
  /** One sentence for help texts and docs. */
  readonly description: string;
  /** NaN = undefined (null in a row); never ±Infinity. */
  value(input: MetricInput): number;
}
