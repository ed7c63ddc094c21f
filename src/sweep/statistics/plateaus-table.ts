import { type ResultColumn, type ResultTable, resultTable } from '../../formats/results-parquet.ts';
import type { Neighbourhood } from './neighbourhood.ts';

/** A leader: what stands around it on the grid, and how much of its Sharpe ratio is luck. Null where undefined. */
export interface PlateauRow extends Neighbourhood {
  readonly rank: number;
  readonly runIndex: number;
  readonly runId: string;
  /** The metric of the objective, of the run alone. */
  readonly objective: number;
  /** Number of its cluster, as in `statistics`. */
  readonly cluster: number | null;
  readonly psr: number | null;
  readonly deflatedSharpe: number | null;
  readonly minTrackRecordBars: number | null;
}

/** The columns of `plateaus` in their order. */
export const PLATEAUS_COLUMNS: readonly ResultColumn[] = [
  { name: 'generation', type: 'INT32', nullable: false },
  { name: 'rank', type: 'INT32', nullable: false },
  { name: 'run_index', type: 'INT32', nullable: false },
  { name: 'run_id', type: 'UTF8', nullable: false },
  { name: 'objective', type: 'DOUBLE', nullable: false },
  { name: 'robust_objective', type: 'DOUBLE', nullable: true },
  { name: 'neighbours', type: 'INT32', nullable: false },
  { name: 'missing_neighbours', type: 'INT32', nullable: false },
  { name: 'neighbour_mean', type: 'DOUBLE', nullable: true },
  { name: 'neighbour_worst', type: 'DOUBLE', nullable: true },
  { name: 'share_within_10_percent', type: 'DOUBLE', nullable: true },
  { name: 'cluster', type: 'INT32', nullable: true },
  { name: 'psr', type: 'DOUBLE', nullable: true },
  { name: 'deflated_sharpe', type: 'DOUBLE', nullable: true },
  { name: 'min_track_record_bars', type: 'DOUBLE', nullable: true },
];

/** The table `plateaus`: one row per leader, best first. */
export function plateausTable(rows: readonly PlateauRow[], generation: number): ResultTable {
  const table = resultTable(PLATEAUS_COLUMNS, rows.length);
  for (const [i, row] of rows.entries()) {
    const cells: (number | string | null)[] = [
      generation,
      row.rank,
      row.runIndex,
      row.runId,
      row.objective,
      row.robust,
      row.neighbours,
      row.missing,
      row.mean,
      row.worst,
      row.shareWithin,
      row.cluster,
      row.psr,
      row.deflatedSharpe,
      row.minTrackRecordBars,
    ];
    for (const [k, { name, type }] of PLATEAUS_COLUMNS.entries()) {
      const undefinedCell = type === 'UTF8' ? null : Number.NaN;
      (table.values.get(name) as unknown[])[i] = cells[k] ?? undefinedCell;
    }
  }
  return table;
}
