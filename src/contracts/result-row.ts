import { BLOCKS } from '../core/metrics/return-stats.ts';
import type { Axis, Scalar } from './axis.ts';

/** Types of a column of a result table; whole numbers beyond 32 bits are DOUBLE. */
type ColumnType = 'INT32' | 'DOUBLE' | 'UTF8' | 'BOOLEAN';

/** A column of the table `runs`. */
export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  /** One sentence for docs and schemas. */
  readonly description: string;
}

const required = (name: string, type: ColumnType, description: string): Column => ({
  name,
  type,
  nullable: false,
  description,
});
const optional = (name: string, type: ColumnType, description: string): Column => ({
  ...required(name, type, description),
  nullable: true,
});

/** What identifies a run: the first columns of `runs`; the typed axis columns and the metrics follow. */
export const IDENTITY_COLUMNS: readonly Column[] = [
  required('run_index', 'INT32', 'Position of the run in its sweep, from 0.'),
  required('run_id', 'UTF8', 'Hash of everything that decides the run; the same in every sweep.'),
  required('shard', 'INT32', 'The shard that ran it.'),
  required('status', 'UTF8', 'ok, or failed: then every metric is null.'),
  optional('error', 'UTF8', 'Why the run failed.'),
  required('params', 'UTF8', 'The parameters of the run as canonical JSON: params, stops, portfolio, fill.'),
];

const blocks = Array.from({ length: BLOCKS }, (_, i) => String(i).padStart(2, '0'));

/** What was checked and measured beside the metrics: the last columns of `runs`. */
export const CHECK_COLUMNS: readonly Column[] = [
  required(
    'parity_status',
    'UTF8',
    'identical, diverged or not_checked: whether both engines agree bit for bit.',
  ),
  optional('parity_detail', 'UTF8', 'The first bar, asset and field where they differ.'),
  optional('sparse_bytes', 'DOUBLE', 'Size of the sparse instruction matrix.'),
  optional('dense_bytes', 'DOUBLE', 'Size of the dense matrix with the same content.'),
  optional('memory_saving', 'DOUBLE', '1 - sparse_bytes / dense_bytes.'),
  optional(
    'dense_class',
    'UTF8',
    'Class of parity with the legacy dense mode, P1 to P5; null unless checked.',
  ),
  optional('reentries_dense', 'INT32', 'Re-entries after a stop in the dense mode; null unless checked.'),
  optional(
    'drift_turnover',
    'DOUBLE',
    'Turnover per year that dense rows add by trading drift; null unless checked.',
  ),
  optional(
    'drift_fees',
    'DOUBLE',
    'Fees that dense rows add by trading drift, in money; null unless checked.',
  ),
  ...blocks.map((i) => optional(`block_sum_${i}`, 'DOUBLE', 'Sum of the returns of this block of bars.')),
  ...blocks.map((i) =>
    optional(`block_squares_${i}`, 'DOUBLE', 'Sum of the squared returns of this block of bars.'),
  ),
  optional('sum_cubes', 'DOUBLE', 'Sum of the cubed returns of the run.'),
  optional('sum_fourths', 'DOUBLE', 'Sum of the fourth powers of the returns of the run.'),
];

/** What windows of a walk-forward tell of a run; null without one. */
export const VALIDATION_COLUMNS: readonly Column[] = [
  optional(
    'in_sample_objective',
    'DOUBLE',
    'Mean of the objective over the training windows where it is defined.',
  ),
  optional('out_of_sample_objective', 'DOUBLE', 'Objective over all test bars, which follow one another.'),
  optional('out_of_sample_total_return', 'DOUBLE', 'Total return over all test bars.'),
  optional('out_of_sample_sharpe', 'DOUBLE', 'Sharpe ratio over all test bars.'),
  optional('out_of_sample_max_drawdown', 'DOUBLE', 'Deepest drawdown within the test bars.'),
];

/** An axis of the grid as a typed column of `runs`. */
export interface AxisColumn {
  readonly axis: Axis;
  readonly column: string;
  readonly type: 'DOUBLE' | 'UTF8' | 'BOOLEAN';
}

/**
 * The typed columns of a grid's axes, in their order: `p_` and the last part of the path (`p_lookback`, `p_stopLoss`).
 *
 * SQL ignores case, so where two would be equal without it the later carries its group (`p_stops_stopLoss`), then a
 * number; characters other than letters, digits and _ become _. Numbers are DOUBLE, nulls allowed; mixed lists UTF8.
 */
export function axisColumns(grid: { readonly axes: readonly Axis[] }): AxisColumn[] {
  const taken = new Set<string>();
  return grid.axes.map((axis) => {
    const plain = axis.path.replace(/[^A-Za-z0-9_.]/g, '_');
    const field = `p_${plain.slice(plain.indexOf('.') + 1)}`;
    const full = `p_${plain.replaceAll('.', '_')}`;
    let column = field;
    for (let n = 1; taken.has(column.toLowerCase()); n++) column = n === 1 ? full : `${full}_${n}`;
    taken.add(column.toLowerCase());
    return { axis, column, type: columnType(axis.values) };
  });
}

function columnType(values: readonly Scalar[]): AxisColumn['type'] {
  const all = (type: string) => values.every((value) => value === null || typeof value === type);
  if (all('number')) return 'DOUBLE';
  return all('boolean') ? 'BOOLEAN' : 'UTF8';
}

/** A value of an axis as a cell of its column: in a UTF8 column text stays itself, the rest is written as JSON. */
export function axisCell(type: AxisColumn['type'], value: Scalar): Scalar {
  return type === 'UTF8' && value !== null && typeof value !== 'string' ? JSON.stringify(value) : value;
}
