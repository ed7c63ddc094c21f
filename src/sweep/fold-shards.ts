import type { Plan } from '../contracts/plan.ts';
import type { ResultColumn, ResultValues } from '../formats/results-parquet.ts';
import { shardRange } from './plan.ts';
import type { Store } from './ports.ts';
import { type Ranked, rankedList } from './ranked-list.ts';
import { type ReadMemory, shardReader } from './read-shard.ts';

/** How rows are ranked and filtered; what the sweep file says of results. */
export interface Ranking {
  readonly metric: string;
  readonly direction: 'higher' | 'lower';
  /** Whether runs rank by the mean of themselves and their neighbours. */
  readonly robust: boolean;
  /** The columns that `accept` looks at. */
  readonly constraintColumns: readonly string[];
  /** Whether a row meets the constraints; null stands for an undefined metric. */
  accept(row: Readonly<Record<string, number | null>>): boolean;
}

/** Parity of the runs of one status and dense class. */
export interface ParityGroup {
  readonly status: string;
  readonly denseClass: string | null;
  runs: number;
  reentriesDense: number;
  driftTurnover: number;
  driftFees: number;
}

/** What one pass over the rows of a sweep adds up, in the order of the runs. */
export interface Fold {
  okRuns: number;
  failedRuns: number;
  zeroTradeRuns: number;
  acceptedRuns: number;
  reentries: number;
  sparseBytes: number;
  denseBytes: number;
  leastSaving: number;
  mostSaving: number;
  /** By `status/class`. */
  readonly parity: Map<string, ParityGroup>;
  /** Rows where the engines diverged, the first of them. */
  firstDiverged: { readonly shard: number; readonly row: number } | null;
  /** The best runs by themselves, best first. */
  readonly leaders: readonly Ranked[];
  /** The metric of the objective of every run, NaN where undefined; [runs] */
  readonly objective: Float64Array;
  /** 1 for the runs that may lead: their objective is defined and they meet the constraints; [runs] */
  readonly accepted: Uint8Array;
}

/** Sees the rows of every shard while they are folded. */
export interface RowObserver {
  /** The columns that it wants besides. */
  readonly columns: readonly string[];
  /** The rows hold until the next shard. */
  observe(shard: number, rows: ReadonlyMap<string, ResultValues>, count: number): void;
}

const FOLDED = [
  'run_index',
  'status',
  'orders',
  'reentries',
  'parity_status',
  'dense_class',
  'reentries_dense',
  'drift_turnover',
  'drift_fees',
  'sparse_bytes',
  'dense_bytes',
];

/** Hears of every shard that was folded, and the best objective of those up to then; null before there is one. */
export type FoldListener = (best: number | null) => void;

/**
 * Reads the rows of the shards in the order given, one shard at a time, and adds them up in the order of the runs, so
 * that sums are the same whoever folds them.
 */
export async function foldShards(
  store: Store,
  plan: Plan,
  shards: readonly number[],
  columns: readonly ResultColumn[],
  ranking: Ranking,
  limit: number,
  observers: readonly RowObserver[],
  onShard: FoldListener,
  memory?: ReadMemory,
): Promise<Fold> {
  const wanted = new Set([
    ...FOLDED,
    ranking.metric,
    ...ranking.constraintColumns,
    ...observers.flatMap((observer) => observer.columns),
  ]);
  const read = columns.filter(({ name }) => wanted.has(name));
  const readRows = shardReader(store, plan, read, memory);
  const leaders = rankedList(limit, ranking.direction);
  const fold: Fold & { leaders: readonly Ranked[] } = {
    okRuns: 0,
    failedRuns: 0,
    zeroTradeRuns: 0,
    acceptedRuns: 0,
    reentries: 0,
    sparseBytes: 0,
    denseBytes: 0,
    leastSaving: Number.NaN,
    mostSaving: Number.NaN,
    parity: new Map(),
    firstDiverged: null,
    leaders: [],
    objective: new Float64Array(plan.runs).fill(Number.NaN),
    accepted: new Uint8Array(plan.runs),
  };
  for (const shard of shards) {
    const rows = await readRows(shard);
    const { count } = shardRange(plan, shard);
    const seen = foldedColumns(rows, ranking);
    for (let row = 0; row < count; row++) foldRow(fold, seen, shard, row, ranking, leaders.offer);
    for (const observer of observers) observer.observe(shard, rows, count);
    onShard(leaders.top()?.value ?? null);
  }
  return { ...fold, leaders: leaders.best() };
}

/** The columns that `foldRow` looks at: looked up once a shard, since by name for each cell is dear. */
interface FoldedColumns {
  readonly runIndex: ResultValues;
  readonly status: ResultValues;
  readonly orders: ResultValues;
  readonly reentries: ResultValues;
  readonly sparseBytes: ResultValues;
  readonly denseBytes: ResultValues;
  readonly parityStatus: ResultValues;
  readonly denseClass: ResultValues;
  readonly reentriesDense: ResultValues;
  readonly driftTurnover: ResultValues;
  readonly driftFees: ResultValues;
  readonly objective: ResultValues;
  readonly constrained: readonly (readonly [name: string, values: ResultValues])[];
  /** That of the run before, which is mostly that of the next; null before the first. */
  parity: ParityGroup | null;
}

const NO_CONSTRAINTS: Readonly<Record<string, number | null>> = {};

function foldedColumns(rows: ReadonlyMap<string, ResultValues>, ranking: Ranking): FoldedColumns {
  const column = (name: string) => rows.get(name)!;
  return {
    runIndex: column('run_index'),
    status: column('status'),
    orders: column('orders'),
    reentries: column('reentries'),
    sparseBytes: column('sparse_bytes'),
    denseBytes: column('dense_bytes'),
    parityStatus: column('parity_status'),
    denseClass: column('dense_class'),
    reentriesDense: column('reentries_dense'),
    driftTurnover: column('drift_turnover'),
    driftFees: column('drift_fees'),
    objective: column(ranking.metric),
    constrained: ranking.constraintColumns.map((name) => [name, column(name)] as const),
    parity: null,
  };
}

function foldRow(
  fold: Fold,
  columns: FoldedColumns,
  shard: number,
  row: number,
  ranking: Ranking,
  offer: ReturnType<typeof rankedList>['offer'],
): void {
  if (columns.status[row] !== 'ok') {
    fold.failedRuns++;
    return;
  }
  fold.okRuns++;
  if (columns.orders[row] === 0) fold.zeroTradeRuns++;
  fold.reentries += columns.reentries[row] as number;
  const sparse = columns.sparseBytes[row] as number;
  const dense = columns.denseBytes[row] as number;
  fold.sparseBytes += sparse;
  fold.denseBytes += dense;
  const saving = 1 - sparse / dense;
  if (!(saving >= fold.leastSaving)) fold.leastSaving = saving;
  if (!(saving <= fold.mostSaving)) fold.mostSaving = saving;
  foldParity(fold, columns, shard, row);
  const value = columns.objective[row] as number;
  if (Number.isNaN(value)) return;
  const runIndex = columns.runIndex[row] as number;
  fold.objective[runIndex] = value;
  if (!ranking.accept(columns.constrained.length === 0 ? NO_CONSTRAINTS : constrainedCells(columns, row)))
    return;
  fold.acceptedRuns++;
  fold.accepted[runIndex] = 1;
  offer(value, runIndex, shard, row);
}

function constrainedCells({ constrained }: FoldedColumns, row: number): Record<string, number | null> {
  const cells: Record<string, number | null> = {};
  for (const [name, values] of constrained) {
    const number = values[row] as number;
    cells[name] = Number.isNaN(number) ? null : number;
  }
  return cells;
}

function foldParity(fold: Fold, columns: FoldedColumns, shard: number, row: number): void {
  const status = columns.parityStatus[row] as string;
  const denseClass = columns.denseClass[row] as string | null;
  let group = columns.parity;
  if (group === null || group.status !== status || group.denseClass !== denseClass) {
    group = columns.parity = parityGroup(fold.parity, status, denseClass);
  }
  addParity(
    group,
    columns.reentriesDense[row] as number,
    columns.driftTurnover[row] as number,
    columns.driftFees[row] as number,
  );
  if (status === 'diverged') fold.firstDiverged ??= { shard, row };
}

/** The group of a status and dense class, made where there is none. */
export function parityGroup(
  groups: Map<string, ParityGroup>,
  status: string,
  denseClass: string | null,
): ParityGroup {
  const name = `${status}/${denseClass ?? ''}`;
  let group = groups.get(name);
  if (!group) {
    group = { status, denseClass, runs: 0, reentriesDense: 0, driftTurnover: 0, driftFees: 0 };
    groups.set(name, group);
  }
  return group;
}

/** Adds one run to its parity group; NaN counts as nothing. */
export function addParity(
  group: ParityGroup,
  reentriesDense: number,
  driftTurnover: number,
  driftFees: number,
): void {
  group.runs++;
  group.reentriesDense += reentriesDense || 0;
  group.driftTurnover += driftTurnover || 0;
  group.driftFees += driftFees || 0;
}
