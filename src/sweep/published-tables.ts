import type { Summary } from '../contracts/summary.ts';
import type { MemoryMetricsRow, ParityMetricsRow } from '../formats/metrics-tables-parquet.ts';
import {
  type ResultColumn,
  type ResultTable,
  type ResultValues,
  resultTable,
} from '../formats/results-parquet.ts';
import type { AggregateInput } from './aggregate-input.ts';
import type { ShardSets } from './complete.ts';
import type { Fold } from './fold-shards.ts';
import type { Leaderboard } from './leaderboard.ts';
import { runSeconds } from './plan.ts';
import { rangesText } from './shard-ranges.ts';

const nullable = (value: number) => (Number.isNaN(value) ? null : value);

/** The rows of `parity_metrics`, by status and dense class in code unit order. */
export function parityRows(fold: Fold, generation: number): ParityMetricsRow[] {
  const names = [...fold.parity.keys()].sort();
  return names.map((name) => {
    const group = fold.parity.get(name)!;
    const checked = group.status !== 'not_checked';
    return {
      generation,
      parity_status: group.status,
      dense_class: group.denseClass,
      runs: group.runs,
      reentries_dense: checked ? group.reentriesDense : null,
      drift_turnover: checked ? group.driftTurnover : null,
      drift_fees: checked ? group.driftFees : null,
    };
  });
}

/** The row of `memory_metrics`. */
export function memoryRow(fold: Fold, generation: number): MemoryMetricsRow {
  return {
    generation,
    runs: fold.okRuns,
    sparse_bytes: fold.sparseBytes,
    dense_bytes: fold.denseBytes,
    memory_saving: nullable(1 - fold.sparseBytes / fold.denseBytes),
    least_saving: nullable(fold.leastSaving),
    most_saving: nullable(fold.mostSaving),
  };
}

/** Where a run stands whose engines diverged: the rows of its shard, and its place among them. */
interface RowPlace {
  readonly rows: ReadonlyMap<string, ResultValues>;
  readonly row: number;
}

/** The summary but for the statistics and the digests of the tables. */
export function summaryOf(
  { plan, ranking }: AggregateInput,
  generation: number,
  { results, failures }: ShardSets,
  fold: Fold,
  { table }: Leaderboard,
  diverged: RowPlace | null,
): Omit<Summary, 'statistics' | 'verdict'> {
  const missing: number[] = [];
  for (let shard = 0; shard < plan.shards; shard++) if (!results.has(shard)) missing.push(shard);
  const ended = missing.every((shard) => failures.has(shard));
  const groups = [...fold.parity.values()];
  const runsOf = (status: string) =>
    groups.filter((group) => group.status === status).reduce((sum, group) => sum + group.runs, 0);
  const text = (name: string, place: RowPlace) => place.rows.get(name)![place.row] as string;
  // A leader that only the aggregator checked may be the one that diverged.
  const leader = table.values.get('parity_status')!.indexOf('diverged' as never);
  const first = diverged ?? (leader >= 0 ? { rows: table.values, row: leader } : null);
  const best = { rows: table.values, row: 0 };
  return {
    v: 1,
    sweepId: plan.sweepId,
    generation,
    engine: plan.engine,
    status: missing.length === 0 ? 'complete' : ended ? 'complete_with_failures' : 'cancelled',
    runs: plan.runs,
    okRuns: fold.okRuns,
    failedRuns: fold.failedRuns,
    missingRuns: plan.runs - fold.okRuns - fold.failedRuns,
    zeroTradeRuns: fold.zeroTradeRuns,
    shards: plan.shards,
    missingShards: rangesText(missing),
    objective: { metric: ranking.metric, direction: ranking.direction, robust: ranking.robust },
    acceptedRuns: fold.acceptedRuns,
    best:
      table.rows === 0
        ? null
        : {
            run_index: table.values.get('run_index')![0] as number,
            run_id: text('run_id', best),
            value: table.values.get('objective')![0] as number,
            params: text('params', best),
          },
    parity: {
      identical: runsOf('identical'),
      diverged: runsOf('diverged'),
      notChecked: runsOf('not_checked'),
      firstDiverged: first && { run_id: text('run_id', first), detail: text('parity_detail', first) },
    },
    memory: {
      sparseBytes: fold.sparseBytes,
      denseBytes: fold.denseBytes,
      saving: nullable(1 - fold.sparseBytes / fold.denseBytes),
    },
    reentries: fold.reentries,
    reentriesDense: groups.reduce((sum, group) => sum + group.reentriesDense, 0),
    tables: {},
  };
}

const text = (name: string): ResultColumn => ({ name, type: 'UTF8', nullable: true });
const count = (name: string): ResultColumn => ({ name, type: 'INT32', nullable: true });
const number = (name: string): ResultColumn => ({ name, type: 'DOUBLE', nullable: true });

/** The columns of `sweeps` in their order. */
export const SWEEPS_COLUMNS: readonly ResultColumn[] = [
  text('sweep_id'),
  count('generation'),
  text('name'),
  text('status'),
  text('engine'),
  count('runs'),
  count('ok_runs'),
  count('failed_runs'),
  count('missing_runs'),
  count('zero_trade_runs'),
  count('accepted_runs'),
  count('shards'),
  count('bars'),
  count('assets'),
  number('planned_core_seconds'),
  text('objective'),
  text('best_run_id'),
  text('best_params'),
  number('best_value'),
  count('parity_identical'),
  count('parity_diverged'),
  count('parity_not_checked'),
  number('sparse_bytes'),
  number('dense_bytes'),
  number('memory_saving'),
  count('reentries'),
  number('reentries_dense'),
  text('spec'),
];

/** The row of `sweeps` that one published generation leaves, as a table of its own. */
export function sweepsTable(summary: Summary, { spec, name, plan }: AggregateInput): ResultTable {
  const { parity, memory, best, objective } = summary;
  const row: Readonly<Record<string, number | string | null>> = {
    sweep_id: summary.sweepId,
    generation: summary.generation,
    name,
    status: summary.status,
    engine: summary.engine,
    runs: summary.runs,
    ok_runs: summary.okRuns,
    failed_runs: summary.failedRuns,
    missing_runs: summary.missingRuns,
    zero_trade_runs: summary.zeroTradeRuns,
    accepted_runs: summary.acceptedRuns,
    shards: summary.shards,
    bars: plan.bars,
    assets: plan.assets,
    planned_core_seconds: plan.runs * runSeconds(plan.bars, plan.assets),
    objective: objective.metric,
    best_run_id: best?.run_id ?? null,
    best_params: best?.params ?? null,
    best_value: best?.value ?? Number.NaN,
    parity_identical: parity.identical,
    parity_diverged: parity.diverged,
    parity_not_checked: parity.notChecked,
    sparse_bytes: memory.sparseBytes,
    dense_bytes: memory.denseBytes,
    memory_saving: memory.saving ?? Number.NaN,
    reentries: summary.reentries,
    reentries_dense: summary.reentriesDense,
    spec,
  };
  const table = resultTable(SWEEPS_COLUMNS, 1);
  for (const { name: column } of SWEEPS_COLUMNS) {
    (table.values.get(column) as unknown[])[0] = row[column];
  }
  return table;
}
