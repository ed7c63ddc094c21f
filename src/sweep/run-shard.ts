import type { Scalar } from '../contracts/axis.ts';
import type { Plan } from '../contracts/plan.ts';
import { type AxisColumn, axisCell } from '../contracts/result-row.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { Bars } from '../core/bars.ts';
import type { ParityCheck } from '../core/check-parity.ts';
import { denseBytes, sparseBytes } from '../core/instructions.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import { BLOCKS } from '../core/metrics/return-stats.ts';
import {
  encodeResults,
  type ResultColumn,
  type ResultTable,
  resultTable,
} from '../formats/results-parquet.ts';
import { axisTarget, type Grid, type ParameterSet, parametersAt } from './grid.ts';
import { parityChosen, shardRange } from './plan.ts';
import type { ParityColumns, ShardRows } from './ports.ts';
import { runIndices } from './selection.ts';
import type { SimulatedRun, Simulator } from './simulate-run.ts';
import type { RunValidation } from './validation/run-validation.ts';

/** Longest message of a failed run that is kept. */
const MAX_ERROR = 1_000;

const BLOCK_NAMES = Array.from({ length: BLOCKS }, (_, b) => String(b).padStart(2, '0'));

/** What one thread holds to compute the shards of a sweep. */
export interface ShardContext {
  readonly plan: Plan;
  readonly spec: SweepSpec;
  readonly grid: Grid;
  readonly columns: readonly ResultColumn[];
  readonly axes: readonly AxisColumn[];
  readonly simulator: Simulator;
  /** null in a sweep without windows. */
  readonly validation: RunValidation | null;
  readonly bars: Bars;
  /** Id of a run by the spelling of its parameters. */
  readonly runId: (params: string) => string;
  readonly spell: (set: ParameterSet, params: string) => string;
}

type Put = (name: string, value: number | string | boolean | null) => void;

/**
 * Runs one shard, in the order of the run index, and encodes exactly its rows as one Parquet object.
 *
 * A run that throws becomes a row with status `failed` and its message; the others are not touched by it.
 *
 * @param between is called before each run; what it throws ends the shard without rows
 */
export function runShard(context: ShardContext, shard: number, between?: () => void): ShardRows {
  const { plan, spec, grid, columns } = context;
  const { first, count } = shardRange(plan, shard);
  const indices = runIndices(spec, grid, { first, count, start: plan.scanFrom?.[shard] });
  const table = resultTable(columns, count);
  let failedRuns = 0;
  for (let i = 0; i < count; i++) {
    between?.();
    const put: Put = (name, value) => {
      (table.values.get(name) as unknown[])[i] = value;
    };
    put('run_index', first + i);
    put('shard', shard);
    if (!fillRow(context, put, first + i, parametersAt(grid, indices[i]!))) failedRuns++;
  }
  return { bytes: encode(table, plan, shard, first), failedRuns };
}

function encode(table: ResultTable, plan: Plan, shard: number, first: number): Uint8Array {
  return encodeResults(table, {
    sweep_id: plan.sweepId,
    engine: plan.engine,
    shard: String(shard),
    first: String(first),
    count: String(table.rows),
  });
}

/** Whether the run succeeded. */
function fillRow(context: ShardContext, put: Put, runIndex: number, set: ParameterSet): boolean {
  const { plan, simulator, spell, runId, axes } = context;
  const params = spell(set, simulator.paramsJson(set.params));
  put('run_id', runId(params));
  put('params', params);
  for (const column of axes) put(column.column, axisValue(column, set));
  put('parity_status', 'not_checked');
  try {
    const run = simulator.run(set, parityChosen(runIndex, plan.parityShare));
    put('status', 'ok');
    fillMeasures(context.bars, put, run);
    if (context.validation) fillValidation(context.validation, put, run);
    return true;
  } catch (error) {
    put('status', 'failed');
    put('error', messageOf(error));
    return false;
  }
}

function fillMeasures(bars: Bars, put: Put, { matrix, metrics, stats, parity }: SimulatedRun): void {
  for (let k = 0; k < METRICS.length; k++) put(METRICS[k]!.name, metrics[k]!);
  for (let b = 0; b < BLOCKS; b++) {
    put(`block_sum_${BLOCK_NAMES[b]}`, stats.blockSum[b]!);
    put(`block_squares_${BLOCK_NAMES[b]}`, stats.blockSquares[b]!);
  }
  put('sum_cubes', stats.sumCubes);
  put('sum_fourths', stats.sumFourths);
  const sparse = sparseBytes(matrix);
  const dense = denseBytes(bars.length, bars.symbols.length);
  put('sparse_bytes', sparse);
  put('dense_bytes', dense);
  put('memory_saving', 1 - sparse / dense);
  if (parity) for (const [name, value] of Object.entries(parityColumns(parity))) put(name, value);
}

function fillValidation({ columns, measure }: RunValidation, put: Put, run: SimulatedRun): void {
  const values = measure({ returns: run.returns, equity: run.equity, start: run.stats.start });
  for (let k = 0; k < columns.length; k++) put(columns[k]!.name, values[k]!);
}

/** The parity columns of a row from its check. */
export function parityColumns(check: ParityCheck): ParityColumns {
  return {
    parity_status: check.status,
    parity_detail: check.detail,
    dense_class: check.denseClass,
    reentries_dense: check.reentriesDense,
    drift_turnover: check.driftTurnover,
    drift_fees: check.driftFees,
  };
}

function axisValue({ axis, type }: AxisColumn, set: ParameterSet): number | string | boolean | null {
  const [group, field] = axisTarget(axis);
  const values: Readonly<Record<string, unknown>> = { ...set[group] };
  const value = axis.path === 'fill.preset' ? set.fillPreset : (values[field] as Scalar);
  return value === null && type === 'DOUBLE' ? Number.NaN : axisCell(type, value);
}

/** What was thrown, in one piece of text: a strategy may throw anything. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.length <= MAX_ERROR ? message : `${message.slice(0, MAX_ERROR - 1)}…`;
}
