import { axisColumns, CHECK_COLUMNS, IDENTITY_COLUMNS, VALIDATION_COLUMNS } from '../contracts/result-row.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import type { ResultColumn } from '../formats/results-parquet.ts';
import type { Grid } from './grid.ts';

/** The metrics of the catalog as columns: what counts is an integer. */
const METRIC_COLUMNS: readonly ResultColumn[] = METRICS.map(({ name, unit }) => ({
  name,
  type: unit === 'count' || unit === 'bars' ? 'INT32' : 'DOUBLE',
  nullable: true,
}));

/** The columns of the results of a sweep in their order: what a run is, its axes, every metric, what was checked and validated. */
export function resultColumns(grid: Pick<Grid, 'axes'>): readonly ResultColumn[] {
  const axes = axisColumns(grid).map(({ column, type }) => ({ name: column, type, nullable: true }));
  return [...IDENTITY_COLUMNS, ...axes, ...METRIC_COLUMNS, ...CHECK_COLUMNS, ...VALIDATION_COLUMNS];
}
