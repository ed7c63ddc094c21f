import { MEMORY_METRICS_FIELDS, PARITY_METRICS_FIELDS } from '../src/formats/metrics-tables-parquet.ts';
import type { ResultColumn } from '../src/formats/results-parquet.ts';
import { FURTHER_TABLES } from '../src/sweep/further-tables.ts';
import { SWEEP_TABLES, type SweepTable as SweepTableName } from '../src/sweep/keys.ts';
import { leaderboardColumns } from '../src/sweep/leaderboard.ts';
import { SWEEPS_COLUMNS } from '../src/sweep/published-tables.ts';
import { resultColumns } from '../src/sweep/result-columns.ts';

/** A table of what sweeps leave behind: its columns in order, and the folder of its Parquet objects. */
export interface SweepTable {
  readonly name: string;
  readonly description: string;
  /** Key prefix without a slash at its end. */
  readonly prefix: string;
  /** Whether each sweep has a folder `sweep_id=…` of its own; the column `sweep_id` then comes from there. */
  readonly bySweep: boolean;
  readonly columns: readonly Pick<ResultColumn, 'name' | 'type'>[];
}

// The typed columns of a sweep's axes are the sweep's own: SQL over many sweeps reads them from `params`.
const RUNS = resultColumns({ axes: [] });

const fieldColumns = (fields: Readonly<Record<string, { readonly type: ResultColumn['type'] }>>) =>
  Object.entries(fields).map(([name, { type }]) => ({ name, type }));

const PUBLISHED: Readonly<Record<SweepTableName, Pick<SweepTable, 'description' | 'columns'>>> = {
  leaderboard: {
    description: 'The best runs of each published generation, best first.',
    columns: leaderboardColumns(RUNS),
  },
  parity_metrics: {
    description: 'Outcome of the parity checks by status and class of the dense mode.',
    columns: fieldColumns(PARITY_METRICS_FIELDS),
  },
  memory_metrics: {
    description: 'Memory of the instructions, sparse against dense.',
    columns: fieldColumns(MEMORY_METRICS_FIELDS),
  },
  ...FURTHER_TABLES,
};

/** Every table, with the very columns that are written. */
export const TABLES: readonly SweepTable[] = [
  {
    name: 'runs',
    description: 'One row per run: parameters, metrics, parity, memory.',
    prefix: 'results',
    bySweep: true,
    columns: RUNS,
  },
  ...SWEEP_TABLES.map((name) => ({ name, prefix: `tables/${name}`, bySweep: true, ...PUBLISHED[name] })),
  {
    name: 'sweeps',
    description: 'One row per published generation of every sweep.',
    prefix: 'tables/sweeps',
    bySweep: false,
    columns: SWEEPS_COLUMNS,
  },
];
