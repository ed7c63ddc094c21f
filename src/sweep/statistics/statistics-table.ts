import { type ResultColumn, type ResultTable, resultTable } from '../../formats/results-parquet.ts';

/** One figure about a sweep as a whole. */
export interface StatisticRow {
  /** Which figure: `pbo`, `effective_trials`; see docs/statistics.md. */
  readonly name: string;
  /** What it is a figure of where there are several: an axis, a quantile; null else. */
  readonly item: string | null;
  /** Null where it is undefined, then `detail` says why. */
  readonly value: number | null;
  /** What else there is to know: of what it was taken, or why it is undefined. */
  readonly detail: string | null;
}

/** The columns of `statistics` in their order. */
export const STATISTICS_COLUMNS: readonly ResultColumn[] = [
  { name: 'generation', type: 'INT32', nullable: false },
  { name: 'name', type: 'UTF8', nullable: false },
  { name: 'item', type: 'UTF8', nullable: true },
  { name: 'value', type: 'DOUBLE', nullable: true },
  { name: 'detail', type: 'UTF8', nullable: true },
];

/** The table `statistics`: one row per figure, in the order given. */
export function statisticsTable(rows: readonly StatisticRow[], generation: number): ResultTable {
  const table = resultTable(STATISTICS_COLUMNS, rows.length);
  const put = (column: string, row: number, value: number | string | null) => {
    (table.values.get(column) as unknown[])[row] = value;
  };
  for (const [i, { name, item, value, detail }] of rows.entries()) {
    put('generation', i, generation);
    put('name', i, name);
    put('item', i, item);
    put('value', i, value ?? Number.NaN);
    put('detail', i, detail);
  }
  return table;
}
