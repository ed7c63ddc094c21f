import type { ReturnStats } from '../../core/metrics/return-stats.ts';
import type { ResultColumn } from '../../formats/results-parquet.ts';
import { type Annual, createSlices, isSliceMetric, type SlicedRun, sliceMetric } from './slice-metrics.ts';

/** The columns of the leaderboard about the holdout; null without one. */
export const HOLDOUT_COLUMNS: readonly ResultColumn[] = [
  { name: 'holdout_objective', type: 'DOUBLE', nullable: true },
  { name: 'holdout_total_return', type: 'DOUBLE', nullable: true },
  { name: 'holdout_sharpe', type: 'DOUBLE', nullable: true },
  { name: 'holdout_max_drawdown', type: 'DOUBLE', nullable: true },
  { name: 'holdout_looks_ahead', type: 'BOOLEAN', nullable: true },
];

/** What a leader did on the bars held back, by column of `HOLDOUT_COLUMNS`; NaN = undefined. */
export type HoldoutTest = Readonly<Record<string, number | boolean>>;

/**
 * Tests a run on the bars after those it was ranked by.
 *
 * Its simulation goes on from where the ranking left it, positions and stops included. Where its equity before the holdout
 * is not that of the ranked run bit for bit, the strategy has looked at later bars: then no figure is given.
 *
 * @param ranked equity of the run without the holdout, [T − H]
 * @param whole the run with it, [T]
 * @param objective NaN is given for a metric that returns do not tell
 */
export function testOnHoldout(
  ranked: Float64Array,
  whole: SlicedRun,
  objective: string,
  annual: Annual,
): HoldoutTest {
  const looksAhead = ranked.some((equity, t) => !Object.is(equity, whole.equity[t]));
  let stats: ReturnStats | null = null;
  if (!looksAhead) {
    const slices = createSlices([[[ranked.length, whole.returns.length]]]);
    slices.read(whole);
    stats = slices.of(0);
  }
  const value = (name: string) =>
    stats !== null && isSliceMetric(name) ? sliceMetric(name, annual)(stats) : Number.NaN;
  return {
    holdout_objective: value(objective),
    holdout_total_return: value('total_return'),
    holdout_sharpe: value('sharpe'),
    holdout_max_drawdown: value('max_drawdown'),
    holdout_looks_ahead: looksAhead,
  };
}
