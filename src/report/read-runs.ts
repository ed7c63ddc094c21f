import type { Plan } from '../contracts/plan.ts';
import type { Summary } from '../contracts/summary.ts';
import type { ResultColumn, ResultValues } from '../formats/results-parquet.ts';
import { readShard, shardReader } from '../sweep/fold-shards.ts';
import { shardRange } from '../sweep/plan.ts';
import type { Store } from '../sweep/ports.ts';
import { rangesOf } from '../sweep/shard-ranges.ts';
import type { PlacedAxis } from './axes.ts';
import { type Causes, causeCounter, zeroTradeCause } from './causes.ts';
import type { ReportMetric } from './report-data.ts';
import { type RunColumns, runColumns } from './run-columns.ts';

/** The rows that a summary was folded from. */
export interface RunsSource {
  readonly store: Store;
  readonly plan: Plan;
  readonly summary: Summary;
  readonly columns: readonly ResultColumn[];
}

/** What the first pass over the rows of a sweep gives. */
export interface ReadRuns {
  /** Of the rows with status ok, in the order of the runs; [axes][rows]. */
  readonly positions: RunColumns['positions'];
  readonly failures: Causes;
  readonly zeroTrades: Causes;
}

const COUNTED = ['orders', 'rejected', 'unexecuted', 'sparse_bytes'];
const NAMED = ['run_id', 'error'];

/** Reads where the runs stand on the axes, and why some failed or did not trade. */
export async function readRuns(source: RunsSource, axes: readonly PlacedAxis[]): Promise<ReadRuns> {
  const { store, plan, summary, columns } = source;
  const { positions } = runColumns(axes.length, 0, summary.okRuns);
  const failures = causeCounter();
  const zeroTrades = causeCounter();
  const named = columns.filter(({ name }) => NAMED.includes(name));
  let at = 0;
  await eachShard(source, [...COUNTED, ...axes.map(({ column }) => column)], async (shard, rows, count) => {
    const status = rows.get('status')!;
    const number = (name: string, row: number) => rows.get(name)![row] as number;
    const isOdd = (row: number) => status[row] !== 'ok' || number('orders', row) === 0;
    let names: ReadonlyMap<string, ResultValues> | null = null; // a list of texts, so only where one is needed
    for (let row = 0; row < count; row++) {
      if (isOdd(row)) {
        names ??= await readShard(store, plan, shard, named);
        const runId = names.get('run_id')![row] as string;
        if (status[row] !== 'ok') {
          failures.add(String(names.get('error')![row]), runId);
          continue;
        }
        zeroTrades.add(
          zeroTradeCause((name) => number(name, row)),
          runId,
        );
      }
      for (const [k, { column, positionOf }] of axes.entries()) {
        positions[k]![at] = positionOf(rows.get(column)![row]);
      }
      at++;
    }
  });
  return { positions, failures: failures.causes(), zeroTrades: zeroTrades.causes() };
}

/** Reads metrics of the rows with status ok, in the order of the runs, into `found` [metrics][rows]; NaN = undefined. */
export async function readMetrics(
  source: RunsSource,
  metrics: readonly ReportMetric[],
  found: RunColumns['metrics'],
): Promise<void> {
  let at = 0;
  await eachShard(
    source,
    metrics.map(({ name }) => name),
    async (_, rows, count) => {
      const status = rows.get('status')!;
      const values = metrics.map(({ name }) => rows.get(name) as Float64Array);
      for (let row = 0; row < count; row++) {
        if (status[row] !== 'ok') continue;
        for (let m = 0; m < values.length; m++) found[m]![at] = values[m]![row]!;
        at++;
      }
    },
  );
}

/** Reads columns of one shard after the other, in the order of the runs; the rows hold until the next. */
async function eachShard(
  { store, plan, summary, columns }: RunsSource,
  names: readonly string[],
  visit: (shard: number, rows: ReadonlyMap<string, ResultValues>, count: number) => Promise<void>,
): Promise<void> {
  const wanted = new Set(['run_index', 'status', ...names]);
  const readRows = shardReader(
    store,
    plan,
    columns.filter(({ name }) => wanted.has(name)),
  );
  const missing = new Set(rangesOf(summary.missingShards, plan.shards) ?? []);
  for (let shard = 0; shard < plan.shards; shard++) {
    if (missing.has(shard)) continue;
    await visit(shard, await readRows(shard), shardRange(plan, shard).count);
  }
}
