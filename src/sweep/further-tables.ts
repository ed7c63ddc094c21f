import type { ResultColumn } from '../formats/results-parquet.ts';
import { PLATEAUS_COLUMNS } from './statistics/plateaus-table.ts';
import { STATISTICS_COLUMNS } from './statistics/statistics-table.ts';
import { WALK_FORWARD_COLUMNS, WALK_FORWARD_EQUITY_COLUMNS } from './validation/walk-forward-tables.ts';

/**
 * The tables that say more of a sweep than its leaders, parity and memory. The columns stand beside the code that
 * fills them; `aggregateSweep` publishes every one of them, with no rows where there is nothing to say.
 */
export const FURTHER_TABLES = {
  statistics: {
    description: 'How much of the best run is chance: one row per statistic over all runs.',
    columns: STATISTICS_COLUMNS,
  },
  walk_forward: {
    description: 'What each window of a walk-forward chose, and how that fared in its test.',
    columns: WALK_FORWARD_COLUMNS,
  },
  walk_forward_equity: {
    description: 'The account that followed every choice of a walk-forward, bar by bar.',
    columns: WALK_FORWARD_EQUITY_COLUMNS,
  },
  plateaus: {
    description: 'What stands around each leader on the grid, and how much of its Sharpe ratio is luck.',
    columns: PLATEAUS_COLUMNS,
  },
} as const satisfies Readonly<
  Record<string, { readonly description: string; readonly columns: readonly ResultColumn[] }>
>;

/** The name of such a table; also one of `SWEEP_TABLES`, which the compiler checks in `tableKey`. */
export type FurtherTable = keyof typeof FURTHER_TABLES;

/** Those of them that a validation fills, see `publishValidation`. */
export type ValidationTable = 'walk_forward' | 'walk_forward_equity';
