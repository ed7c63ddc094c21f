import type { PublishedTable } from '../../contracts/review-sql.ts';
import type { Summary } from '../../contracts/summary.ts';
import type { SweepStatistics } from '../../contracts/sweep-statistics.ts';
import type { ResultColumn } from '../../formats/results-parquet.ts';
import type { Store } from '../ports.ts';
import { readTable } from '../read-table.ts';
import { PLATEAUS_COLUMNS } from './plateaus-table.ts';
import { STATISTICS_COLUMNS, type StatisticRow } from './statistics-table.ts';

/** All that was published of how much of the best run of a sweep is chance. */
export interface PublishedStatistics {
  readonly statistics: SweepStatistics;
  /** Plain sentences, the judgement first. */
  readonly verdict: readonly string[];
  /** Every row of the table `statistics`, in its order. */
  readonly rows: readonly StatisticRow[];
  /** The rows of the table `plateaus`, best first, by column; null where undefined. */
  readonly plateaus: readonly Readonly<Record<string, number | string | null>>[];
}

/** Reads what a summary was published with; OutsideError where a table is damaged. */
export async function readStatistics(store: Store, summary: Summary): Promise<PublishedStatistics> {
  const read = async (table: PublishedTable, columns: readonly ResultColumn[]) => {
    const { rows, values } = await readTable(store, summary, table, columns);
    return Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(
        columns.map(({ name }) => {
          const value = values.get(name)![row] as number | string | null;
          return [name, typeof value === 'number' && Number.isNaN(value) ? null : value];
        }),
      ),
    );
  };
  const rows = await read('statistics', STATISTICS_COLUMNS);
  return {
    statistics: summary.statistics,
    verdict: summary.verdict,
    rows: rows.map(({ name, item, value, detail }) => ({ name, item, value, detail }) as StatisticRow),
    plateaus: await read('plateaus', PLATEAUS_COLUMNS),
  };
}
