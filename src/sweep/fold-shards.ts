import { OutsideError } from '../contracts/errors.ts';
import type { Plan } from '../contracts/plan.ts';
import {
  decodeResults,
  type ResultColumn,
  type ResultValues,
  resultFooter,
  tableRoom,
} from '../formats/results-parquet.ts';
import { resultKey } from './keys.ts';
import { shardRange } from './plan.ts';
import type { Store } from './ports.ts';
import { type Ranked, rankedList } from './ranked-list.ts';

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
  onShard: (shard: number) => void,
): Promise<Fold> {
  const wanted = new Set([
    ...FOLDED,
    ranking.metric,
    ...ranking.constraintColumns,
    ...observers.flatMap((observer) => observer.columns),
  ]);
  const read = columns.filter(({ name }) => wanted.has(name));
  const readRows = shardReader(store, plan, read);
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
    for (let row = 0; row < count; row++) foldRow(fold, rows, shard, row, ranking, leaders.offer);
    for (const observer of observers) observer.observe(shard, rows, count);
    onShard(shard);
  }
  return { ...fold, leaders: leaders.best() };
}

/** The columns asked for of one shard's object, checked to be exactly the shard's rows of this sweep. */
export const readShard = (store: Store, plan: Plan, shard: number, columns: readonly ResultColumn[]) =>
  shardReader(store, plan, columns)(shard);

/**
 * Reads shard after shard as `readShard` does, in the same memory: the rows of one hold until the next.
 *
 * With `textRows`, ascending, texts of other rows may be null.
 */
export function shardReader(
  store: Store,
  plan: Plan,
  columns: readonly ResultColumn[],
): (shard: number, textRows?: readonly number[]) => Promise<ReadonlyMap<string, ResultValues>> {
  const room = tableRoom(columns, Math.min(plan.shardRuns, plan.runs));
  let into = new ArrayBuffer(0);
  return async (shard, textRows) => {
    const key = resultKey(plan.sweepId, shard);
    const bytes = await store.get(key, into);
    if (bytes === null) throw new OutsideError(`${key}: expected the result that was listed, found none`);
    // Objects of the sweep are about as large as each other.
    if (bytes.length > into.byteLength) into = new ArrayBuffer(Math.ceil(1.1 * bytes.length));
    return checkedRows(plan, shard, columns, key, bytes, room, textRows);
  };
}

async function checkedRows(
  plan: Plan,
  shard: number,
  columns: readonly ResultColumn[],
  key: string,
  bytes: Uint8Array,
  room: ReturnType<typeof tableRoom>,
  textRows: readonly number[] | undefined,
): Promise<ReadonlyMap<string, ResultValues>> {
  const { first, count } = shardRange(plan, shard);
  const footer = resultFooter(bytes, key);
  const { metadata } = footer;
  if (metadata.sweep_id !== plan.sweepId || metadata.shard !== String(shard)) {
    throw new OutsideError(
      `${key}: expected the rows of shard ${shard}, found those of ${metadata.sweep_id}/${metadata.shard}`,
    );
  }
  const rows = await decodeResults(bytes, columns, count, key, { footer, table: room(count), textRows });
  const index = rows.get('run_index');
  for (let i = 0; index && i < count; i++) {
    if (index[i] !== first + i) {
      throw new OutsideError(`${key}: expected run ${first + i} at row ${i}, found ${index[i]}`);
    }
  }
  return rows;
}

function foldRow(
  fold: Fold,
  rows: ReadonlyMap<string, ResultValues>,
  shard: number,
  row: number,
  ranking: Ranking,
  offer: (ranked: Ranked) => void,
): void {
  const number = (name: string) => rows.get(name)![row] as number;
  if (rows.get('status')![row] !== 'ok') {
    fold.failedRuns++;
    return;
  }
  fold.okRuns++;
  if (number('orders') === 0) fold.zeroTradeRuns++;
  fold.reentries += number('reentries');
  const sparse = number('sparse_bytes');
  const dense = number('dense_bytes');
  fold.sparseBytes += sparse;
  fold.denseBytes += dense;
  const saving = 1 - sparse / dense;
  if (!(saving >= fold.leastSaving)) fold.leastSaving = saving;
  if (!(saving <= fold.mostSaving)) fold.mostSaving = saving;
  foldParity(fold, rows, shard, row);
  const value = number(ranking.metric);
  if (Number.isNaN(value)) return;
  fold.objective[number('run_index')] = value;
  const constrained: Record<string, number | null> = {};
  for (const name of ranking.constraintColumns) {
    constrained[name] = Number.isNaN(number(name)) ? null : number(name);
  }
  if (!ranking.accept(constrained)) return;
  fold.acceptedRuns++;
  fold.accepted[number('run_index')] = 1;
  offer({ value, runIndex: number('run_index'), shard, row });
}

function foldParity(fold: Fold, rows: ReadonlyMap<string, ResultValues>, shard: number, row: number): void {
  const status = rows.get('parity_status')![row] as string;
  const denseClass = rows.get('dense_class')![row] as string | null;
  addParity(fold.parity, {
    status,
    denseClass,
    reentriesDense: rows.get('reentries_dense')![row] as number,
    driftTurnover: rows.get('drift_turnover')![row] as number,
    driftFees: rows.get('drift_fees')![row] as number,
  });
  if (status === 'diverged') fold.firstDiverged ??= { shard, row };
}

/** Adds one run to its parity group; NaN counts as nothing. */
export function addParity(groups: Map<string, ParityGroup>, run: Omit<ParityGroup, 'runs'>): void {
  const name = `${run.status}/${run.denseClass ?? ''}`;
  let group = groups.get(name);
  if (!group) {
    group = { ...run, runs: 0, reentriesDense: 0, driftTurnover: 0, driftFees: 0 };
    groups.set(name, group);
  }
  group.runs++;
  group.reentriesDense += run.reentriesDense || 0;
  group.driftTurnover += run.driftTurnover || 0;
  group.driftFees += run.driftFees || 0;
}
