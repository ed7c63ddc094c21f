import type { Scalar } from '../contracts/axis.ts';
import type { Plan } from '../contracts/plan.ts';
import { type AxisColumn, axisCell } from '../contracts/result-row.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { Bars } from '../core/bars.ts';
import type { ParityCheck } from '../core/check-parity.ts';
import { denseBytes, sparseBytes } from '../core/instructions.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import { BLOCKS } from '../core/metrics/return-stats.ts';
import type { PlainTexts } from '../formats/plain-texts.ts';
import {
  encodeResults,
  type ResultColumn,
  type ResultTable,
  type ResultValues,
  resultWriter,
  tableRoom,
} from '../formats/results-parquet.ts';
import { axisTarget, type Grid, type GridIndex, type ParameterSet } from './grid.ts';
import type { runNames } from './ids.ts';
import { parityChosen, shardRange } from './plan.ts';
import type { ParityColumns, ShardRows } from './ports.ts';
import { indexReader } from './selection.ts';
import type { SimulatedRun, Simulator } from './simulate-run.ts';
import type { RunValidation } from './validation/run-validation.ts';

/** Longest message of a failed run that is kept. */
const MAX_ERROR = 1_000;

const METRIC_NAMES = METRICS.map(({ name }) => name);
const blockNames = (sum: string) =>
  Array.from({ length: BLOCKS }, (_, b) => `block_${sum}_${String(b).padStart(2, '0')}`);
const BLOCK_SUMS = blockNames('sum');
const BLOCK_SQUARES = blockNames('squares');

/** What one thread holds to compute the shards of a sweep. */
export interface ShardContext {
  readonly plan: Plan;
  readonly spec: SweepSpec;
  readonly grid: Grid;
  /** The parameter set at a grid index. */
  readonly read: (index: GridIndex) => ParameterSet;
  /** Memory for the rows of one shard after another. */
  readonly room: ShardRoom;
  readonly simulator: Simulator;
  /** null in a sweep without windows. */
  readonly validation: RunValidation | null;
  readonly bars: Bars;
  readonly nameOf: ReturnType<typeof runNames>;
}

/** Where the rows of one shard after another are put together and encoded. */
export interface ShardRoom {
  rows(count: number): Rows;
  /** Writes an object, into the memory given where that is large enough. */
  writer(into: ArrayBuffer | undefined): ReturnType<typeof resultWriter>;
}

/** Memory for the rows of the shards of a plan, one after the other. */
export function shardRoom(
  columns: readonly ResultColumn[],
  axes: readonly AxisColumn[],
  plan: Pick<Plan, 'shardRuns' | 'runs'>,
): ShardRoom {
  const most = Math.min(plan.shardRuns, plan.runs);
  const table = tableRoom(columns, most, ['run_id', 'params']);
  let latest: Rows | null = null;
  return {
    rows(count) {
      const empty = table(count);
      if (latest?.table !== empty) latest = openRows(empty, axes);
      return latest;
    },
    writer: (into) => resultWriter(columns, most, into),
  };
}

/** The table of a shard with the columns that every run fills looked up once: by name for each cell is dear. */
interface Rows {
  readonly table: ResultTable;
  readonly runIndex: ResultValues;
  readonly status: ResultValues;
  readonly parityStatus: ResultValues;
  readonly sumCubes: ResultValues;
  readonly sumFourths: ResultValues;
  readonly sparseBytes: ResultValues;
  readonly denseBytes: ResultValues;
  readonly memorySaving: ResultValues;
  readonly runIds: PlainTexts;
  readonly params: PlainTexts;
  readonly axes: readonly ((row: number, set: ParameterSet) => void)[];
  readonly metrics: readonly ResultValues[];
  readonly blockSums: readonly ResultValues[];
  readonly blockSquares: readonly ResultValues[];
  put(name: string, row: number, value: number | string | boolean | null): void;
}

/**
 * Runs one shard, in the order of the run index, and encodes exactly its rows as one Parquet object.
 *
 * A run that throws becomes a row with status `failed` and its message; the others are not touched by it.
 *
 * @param between is called before each run; what it throws ends the shard without rows
 * @param into memory that the object is put into, where that is large enough; else it is given in memory of its own
 */
export function runShard(
  context: ShardContext,
  shard: number,
  between?: () => void,
  into?: ArrayBuffer,
): ShardRows {
  const { plan, spec, grid, read, room } = context;
  const { first, count } = shardRange(plan, shard);
  const indexOf = indexReader(spec, grid, { first, count, start: plan.scanFrom?.[shard] });
  const rows = room.rows(count);
  (rows.table.values.get('shard') as Float64Array).fill(shard);
  (rows.status as string[]).fill('ok');
  (rows.parityStatus as string[]).fill('not_checked');
  let failedRuns = 0;
  for (let i = 0; i < count; i++) {
    between?.();
    rows.runIndex[i] = first + i;
    if (!fillRow(context, rows, i, first + i, read(indexOf(i)))) failedRuns++;
  }
  return { bytes: encode(rows.table, plan, shard, first, room.writer(into)), failedRuns };
}

function openRows(table: ResultTable, axes: readonly AxisColumn[]): Rows {
  const column = (name: string) => table.values.get(name)!;
  const columns = Object.fromEntries(table.values);
  return {
    table,
    runIndex: column('run_index'),
    status: column('status'),
    parityStatus: column('parity_status'),
    sumCubes: column('sum_cubes'),
    sumFourths: column('sum_fourths'),
    sparseBytes: column('sparse_bytes'),
    denseBytes: column('dense_bytes'),
    memorySaving: column('memory_saving'),
    runIds: table.texts!.get('run_id')!,
    params: table.texts!.get('params')!,
    axes: axes.map((axis) => axisWriter(axis, column(axis.column))),
    metrics: METRIC_NAMES.map(column),
    blockSums: BLOCK_SUMS.map(column),
    blockSquares: BLOCK_SQUARES.map(column),
    put(name, row, value) {
      (columns[name] as unknown[])[row] = value;
    },
  };
}

function encode(
  table: ResultTable,
  plan: Plan,
  shard: number,
  first: number,
  writer: ReturnType<ShardRoom['writer']>,
): Uint8Array {
  const metadata = {
    sweep_id: plan.sweepId,
    engine: plan.engine,
    shard: String(shard),
    first: String(first),
    count: String(table.rows),
  };
  return encodeResults(table, metadata, writer);
}

/** Whether the run succeeded. */
function fillRow(
  context: ShardContext,
  rows: Rows,
  row: number,
  runIndex: number,
  set: ParameterSet,
): boolean {
  const { plan, simulator, nameOf } = context;
  const { id, params } = nameOf(set, simulator.paramsJson(set.params));
  rows.runIds.add(id);
  rows.params.addBytes(params);
  for (const write of rows.axes) write(row, set);
  try {
    const run = simulator.run(set, parityChosen(runIndex, plan.parityShare));
    fillMeasures(context.bars, rows, row, run);
    if (context.validation) fillValidation(context.validation, rows, row, run);
    return true;
  } catch (error) {
    rows.put('status', row, 'failed');
    rows.put('error', row, messageOf(error));
    return false;
  }
}

function fillMeasures(
  bars: Bars,
  rows: Rows,
  row: number,
  { matrix, metrics, stats, parity }: SimulatedRun,
): void {
  for (let k = 0; k < metrics.length; k++) rows.metrics[k]![row] = metrics[k]!;
  for (let b = 0; b < BLOCKS; b++) {
    rows.blockSums[b]![row] = stats.blockSum[b]!;
    rows.blockSquares[b]![row] = stats.blockSquares[b]!;
  }
  rows.sumCubes[row] = stats.sumCubes;
  rows.sumFourths[row] = stats.sumFourths;
  const sparse = sparseBytes(matrix);
  const dense = denseBytes(bars.length, bars.symbols.length);
  rows.sparseBytes[row] = sparse;
  rows.denseBytes[row] = dense;
  rows.memorySaving[row] = 1 - sparse / dense;
  if (parity) for (const [name, value] of Object.entries(parityColumns(parity))) rows.put(name, row, value);
}

function fillValidation(
  { columns, measure }: RunValidation,
  rows: Rows,
  row: number,
  run: SimulatedRun,
): void {
  const values = measure({ returns: run.returns, equity: run.equity, start: run.stats.start });
  for (let k = 0; k < columns.length; k++) rows.put(columns[k]!.name, row, values[k]!);
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

/** Writes the value of an axis into its column. */
function axisWriter({ axis, type }: AxisColumn, values: ResultValues): Rows['axes'][number] {
  const [group, field] = axisTarget(axis);
  const cell = (value: Scalar) => (value === null && type === 'DOUBLE' ? Number.NaN : axisCell(type, value));
  return axis.path === 'fill.preset'
    ? (row, set) => {
        (values as unknown[])[row] = cell(set.fillPreset);
      }
    : (row, set) => {
        (values as unknown[])[row] = cell((set[group] as Readonly<Record<string, Scalar>>)[field]!);
      };
}

/** What was thrown, in one piece of text: a strategy may throw anything. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.length <= MAX_ERROR ? message : `${message.slice(0, MAX_ERROR - 1)}…`;
}
