import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import type { Summary } from '../../src/contracts/summary.ts';
import type { Bars } from '../../src/core/bars.ts';
import { decodeResults, type ResultColumn, resultFooter } from '../../src/formats/results-parquet.ts';
import { resultKey, type SweepTable, tableKey } from '../../src/sweep/keys.ts';
import { leaderboardColumns } from '../../src/sweep/leaderboard.ts';
import type { ShardRunner, Store } from '../../src/sweep/ports.ts';
import type { PreparedSweep } from '../../src/sweep/prepare-sweep.ts';
import { resultColumns } from '../../src/sweep/result-columns.ts';
import { runSweep } from '../../src/sweep/run-sweep.ts';
import type { StrategySource } from '../../src/sweep/strategy-source.ts';
import { windowColumns } from '../../src/sweep/validation/run-validation.ts';
import {
  WALK_FORWARD_COLUMNS,
  WALK_FORWARD_EQUITY_COLUMNS,
} from '../../src/sweep/validation/walk-forward-tables.ts';
import { realSweep } from './real-sweep.ts';

type Row = Record<string, number | string | boolean | null>;

/** A sweep run in this process, with all that it published as rows. */
export interface ValidatedSweep {
  readonly prepared: PreparedSweep;
  readonly store: Store;
  readonly summary: Summary;
  /** Replays that the aggregator asked for. */
  readonly followed: readonly string[];
  readonly runs: readonly Row[];
  readonly leaders: readonly Row[];
  readonly windows: readonly Row[];
  readonly equity: readonly Row[];
}

/** Runs a sweep file over bars to its end. */
export async function validatedSweep(
  file: object,
  bars: Bars,
  source?: StrategySource,
): Promise<ValidatedSweep> {
  const name = (file as { strategy: { name: string } }).strategy.name;
  const { prepared } = await realSweep(file, bars, source ?? { kind: 'builtin', name });
  const { plan, engine } = prepared;
  const followed: string[] = [];
  const runner: ShardRunner = {
    concurrency: 1,
    run: async (shard) => engine.runShard(shard),
    replay: async (params, withParity) => engine.replay(params, withParity),
    async follow(params, at) {
      followed.push(params);
      return engine.follow(params, at);
    },
  };
  const store = memoryStore();
  const summary = await runSweep(store, { ...prepared, runner });
  const columns = resultColumns(engine.grid);
  const own = plan.validation ? Object.values(windowColumns(plan.validation)).flat() : [];
  const runs: Row[] = [];
  for (let shard = 0; shard < plan.shards; shard++) {
    runs.push(...(await rowsOf(store, resultKey(plan.sweepId, shard), [...columns, ...own])));
  }
  const table = (name: SweepTable, of: readonly ResultColumn[]) =>
    rowsOf(store, tableKey(name, plan.sweepId, 0), of);
  return {
    prepared,
    store,
    summary,
    followed,
    runs,
    leaders: await table('leaderboard', leaderboardColumns(columns)),
    windows: await table('walk_forward', WALK_FORWARD_COLUMNS),
    equity: await table('walk_forward_equity', WALK_FORWARD_EQUITY_COLUMNS),
  };
}

async function rowsOf(store: Store, key: string, columns: readonly ResultColumn[]): Promise<Row[]> {
  const bytes = (await store.get(key))!;
  const { rows } = resultFooter(bytes, key);
  const values = await decodeResults(bytes, columns, rows, key);
  return Array.from({ length: rows }, (_, i) =>
    Object.fromEntries(columns.map(({ name }) => [name, values.get(name)![i]!])),
  );
}
