import type { Plan } from '../contracts/plan.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import type { ResultColumn } from '../formats/results-parquet.ts';
import { shardSets } from '../sweep/complete.ts';
import type { Store } from '../sweep/ports.ts';
import type { PlainRow } from '../sweep/read-leaderboard.ts';
import { readShard } from '../sweep/read-shard.ts';

/** Everything that was varied or fixed of a run, defaults filled in. */
export interface RunParameters {
  readonly params: Readonly<Record<string, unknown>>;
  readonly stops: Readonly<Record<'stopLoss' | 'trailingStop' | 'takeProfit', number | null>>;
  readonly portfolio: Readonly<Record<string, number | boolean>>;
  readonly fill: Readonly<Record<string, string | boolean>>;
}

/** One run of a sweep. */
export interface ResultRow {
  /** Position in the sweep, from 0. */
  readonly runIndex: number;
  /** The same run has the same id in every sweep; `backsweep show` replays it. */
  readonly runId: string;
  readonly status: 'ok' | 'failed';
  /** Why it failed; null where it did not. */
  readonly error: string | null;
  readonly parameters: RunParameters;
  /** By name, as the columns of the table `runs`; null where undefined, all null where the run failed. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly parity: 'identical' | 'diverged' | 'not_checked';
  /** The first divergence; null where there is none. */
  readonly parityDetail: string | null;
  /** Every column of the row by its name in the tables: axes (`p_lookback`), block sums, memory, ranks. */
  readonly columns: PlainRow;
}

/** The row of a table as a run. */
export function resultRow(columns: PlainRow): ResultRow {
  return {
    runIndex: columns.run_index as number,
    runId: columns.run_id as string,
    status: columns.status as ResultRow['status'],
    error: columns.error as string | null,
    parameters: JSON.parse(columns.params as string) as RunParameters,
    metrics: Object.fromEntries(METRICS.map(({ name }) => [name, columns[name] as number | null])),
    parity: columns.parity_status as ResultRow['parity'],
    parityDetail: columns.parity_detail as string | null,
    columns,
  };
}

/** The rows of a sweep in the order of the runs; shards without a result have none. */
export async function* storedRows(
  store: Store,
  plan: Plan,
  generation: number,
  columns: readonly ResultColumn[],
): AsyncGenerator<ResultRow> {
  const { results } = await shardSets(store, plan.sweepId, generation, plan.shards);
  for (const shard of [...results].sort((a, b) => a - b)) {
    const values = await readShard(store, plan, shard, columns);
    const rows = values.get('run_index')!.length;
    for (let i = 0; i < rows; i++) {
      yield resultRow(
        Object.fromEntries(
          columns.map(({ name }) => {
            const value = values.get(name)![i]!;
            return [name, typeof value === 'number' && Number.isNaN(value) ? null : value];
          }),
        ),
      );
    }
  }
}
