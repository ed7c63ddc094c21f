import type { Plan } from '../contracts/plan.ts';
import type { Summary } from '../contracts/summary.ts';
import type { ResultColumn, ResultValues } from '../formats/results-parquet.ts';
import { shardReader } from '../sweep/fold-shards.ts';
import { shardRange } from '../sweep/plan.ts';
import type { Store } from '../sweep/ports.ts';
import { rangesOf } from '../sweep/shard-ranges.ts';
import type { PlacedAxis } from './axes.ts';
import { type Causes, causeCounter, zeroTradeCause } from './causes.ts';
import type { ReportMetric } from './report-data.ts';
import { type RunColumns, runColumns } from './run-columns.ts';

/** What one pass over the rows of a sweep gives. */
export interface ReadRuns {
  /** Rows with status ok, in the order of the runs. */
  readonly columns: RunColumns;
  readonly failures: Causes;
  readonly zeroTrades: Causes;
}

const READ = ['run_index', 'run_id', 'status', 'error', 'orders', 'rejected', 'unexecuted', 'sparse_bytes'];

/** Reads the rows that a summary was folded from, one shard at a time, in the order of the runs. */
export async function readRuns(
  store: Store,
  plan: Plan,
  summary: Summary,
  columns: readonly ResultColumn[],
  axes: readonly PlacedAxis[],
  metrics: readonly ReportMetric[],
): Promise<ReadRuns> {
  const wanted = new Set([...READ, ...axes.map(({ column }) => column), ...metrics.map(({ name }) => name)]);
  const read = columns.filter(({ name }) => wanted.has(name));
  const runs = runColumns(axes.length, metrics.length, summary.okRuns);
  const failures = causeCounter();
  const zeroTrades = causeCounter();
  const readRows = shardReader(store, plan, read);
  let at = 0;
  const missing = new Set(rangesOf(summary.missingShards, plan.shards) ?? []);
  for (let shard = 0; shard < plan.shards; shard++) {
    if (missing.has(shard)) continue;
    const rows = await readRows(shard);
    const texts = (name: string) => rows.get(name) as (string | null)[];
    const number = (name: string, row: number) => rows.get(name)![row] as number;
    const { count } = shardRange(plan, shard);
    for (let row = 0; row < count; row++) {
      const runId = texts('run_id')[row]!;
      if (texts('status')[row] !== 'ok') {
        failures.add(String(texts('error')[row]), runId);
        continue;
      }
      if (number('orders', row) === 0)
        zeroTrades.add(
          zeroTradeCause((name) => number(name, row)),
          runId,
        );
      copyRow(runs, at++, rows, row, axes, metrics);
    }
  }
  return { columns: runs, failures: failures.causes(), zeroTrades: zeroTrades.causes() };
}

function copyRow(
  runs: RunColumns,
  at: number,
  rows: ReadonlyMap<string, ResultValues>,
  row: number,
  axes: readonly PlacedAxis[],
  metrics: readonly ReportMetric[],
): void {
  for (const [k, { column, positionOf }] of axes.entries()) {
    runs.positions[k]![at] = positionOf(rows.get(column)![row]);
  }
  for (const [m, { name }] of metrics.entries()) runs.metrics[m]![at] = rows.get(name)![row] as number;
}
