import type { ResultColumn } from '../formats/results-parquet.ts';
import { PLATEAUS_COLUMNS } from './statistics/plateaus-table.ts';
import { STATISTICS_COLUMNS } from './statistics/statistics-table.ts';
import { WALK_FORWARD_COLUMNS, WALK_FORWARD_EQUITY_COLUMNS } from './validation/walk-forward-tables.ts';

/**
 * The tables that say more of a sweep than its leaders, parity and memory. The columns stand beside the code that
 * fills them; `aggregateSweep` publishes every one of them, with no rows where there is nothing to say.
 */
export const FURTHER_TABLES = {
  statistics: { columns: STATISTICS_COLUMNS },
  walk_forward: { columns: WALK_FORWARD_COLUMNS },
  walk_forward_equity: { columns: WALK_FORWARD_EQUITY_COLUMNS },
  plateaus: { columns: PLATEAUS_COLUMNS },
} as const satisfies Readonly<Record<string, { readonly columns: readonly ResultColumn[] }>>;

/** The name of such a table; also one of `SWEEP_TABLES`, which the compiler checks in `tableKey`. */
export type FurtherTable = keyof typeof FURTHER_TABLES;

/** Those of them that a validation fills, see `publishValidation`. */
export type ValidationTable = 'walk_forward' | 'walk_forward_equity';
