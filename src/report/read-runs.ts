import type { Plan } from '../contracts/plan.ts';
import type { Summary } from '../contracts/summary.ts';
import type { ResultColumn, ResultValues } from '../formats/results-parquet.ts';
import { shardRange } from '../sweep/plan.ts';
import type { Store } from '../sweep/ports.ts';
import { readShard, shardReader } from '../sweep/read-shard.ts';
import { rangesOf } from '../sweep/shard-ranges.ts';
import type { PlacedAxis } from './axes.ts';
import { type Causes, causeCounter, zeroTradeCause } from './causes.ts';
import type { ReportMetric } from './report-data.ts';
import type { RunColumns } from './run-columns.ts';

/** The rows that a summary was folded from. */
export interface RunsSource {
  readonly store: Store;
  readonly plan: Plan;
  readonly summary: Summary;
  readonly columns: readonly ResultColumn[];
}

/** What the first pass over the rows of a sweep gives. */
export interface ReadRuns {
  readonly failures: Causes;
  readonly zeroTrades: Causes;
}

const COUNTED = ['orders', 'rejected', 'unexecuted', 'sparse_bytes'];
const NAMED = ['run_id', 'error'];

/**
 * Reads the rows with status ok, in the order of the runs, and why some failed or did not trade.
 *
 * @param found filled: positions on the axes, and metrics, of which NaN = undefined
 */
export async function readRuns(
  source: RunsSource,
  axes: readonly PlacedAxis[],
  metrics: readonly ReportMetric[],
  found: RunColumns,
): Promise<ReadRuns> {
  const { store, plan, columns } = source;
  const failures = causeCounter();
  const zeroTrades = causeCounter();
  const named = columns.filter(({ name }) => NAMED.includes(name));
  let at = 0;
  await eachShard(
    source,
    [...COUNTED, ...axes.map(({ column }) => column), ...namesOf(metrics)],
    async (shard, rows, count) => {
      const status = rows.get('status')!;
      const orders = rows.get('orders')!;
      const odd: number[] = [];
      for (let row = 0; row < count; row++) if (status[row] !== 'ok' || orders[row] === 0) odd.push(row);
      const names = odd.length === 0 ? null : await readShard(store, plan, shard, named); // a list of texts, so only where one is needed
      for (const row of odd) {
        const runId = names!.get('run_id')![row] as string;
        if (status[row] !== 'ok') failures.add(String(names!.get('error')![row]), runId);
        else
          zeroTrades.add(
            zeroTradeCause((name) => rows.get(name)![row] as number),
            runId,
          );
      }
      for (const [k, { column, positionOf }] of axes.entries()) {
        placeCells(status, rows.get(column)!, positionOf, found.positions[k]!, at);
      }
      at = copyMetrics(rows, count, metrics, found, at);
    },
  );
  return { failures: failures.causes(), zeroTrades: zeroTrades.causes() };
}

/** Reads metrics of the rows with status ok, in the order of the runs, into `found` [metrics][rows]; NaN = undefined. */
export async function readMetrics(
  source: RunsSource,
  metrics: readonly ReportMetric[],
  found: RunColumns,
): Promise<void> {
  let at = 0;
  await eachShard(source, namesOf(metrics), async (_, rows, count) => {
    at = copyMetrics(rows, count, metrics, found, at);
  });
}

const namesOf = (metrics: readonly ReportMetric[]) => metrics.map(({ name }) => name);

/** Positions of the cells of one axis, of rows with status ok. */
function placeCells(
  status: ResultValues,
  cells: ResultValues,
  positionOf: (cell: unknown) => number,
  positions: Uint8Array,
  from: number,
): void {
  let at = from;
  let latest: unknown = Number.NaN; // of the slower axes neighbours have the same, which is not looked up again
  let position = 0;
  for (let row = 0; row < cells.length; row++) {
    if (status[row] !== 'ok') continue;
    const cell = cells[row];
    if (cell !== latest) {
      latest = cell;
      position = positionOf(cell);
    }
    positions[at++] = position;
  }
}

/** Copies metrics of the rows with status ok from row `from` on; gives the first row after them. */
function copyMetrics(
  rows: ReadonlyMap<string, ResultValues>,
  count: number,
  metrics: readonly ReportMetric[],
  found: RunColumns,
  from: number,
): number {
  const status = rows.get('status')!;
  let at = from;
  for (const [m, { name }] of metrics.entries()) {
    const values = rows.get(name) as Float64Array;
    const column = found.metrics[m]!;
    at = from;
    for (let row = 0; row < count; row++) if (status[row] === 'ok') column[at++] = values[row]!;
  }
  return at;
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
