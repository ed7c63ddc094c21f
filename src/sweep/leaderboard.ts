import type { Plan } from '../contracts/plan.ts';
import { type ResultColumn, type ResultTable, resultTable } from '../formats/results-parquet.ts';
import { inLanes } from './lanes.ts';
import type { ShardRunner, Store } from './ports.ts';
import type { Ranked } from './ranked-list.ts';
import { shardReader } from './read-shard.ts';
import { HOLDOUT_COLUMNS } from './validation/holdout-test.ts';

/** Replays that wait at once, for each shard that a runner computes at once. */
const WAITING_REPLAYS = 32;

const OWN_COLUMNS: readonly ResultColumn[] = [
  { name: 'rank', type: 'INT32', nullable: false },
  { name: 'generation', type: 'INT32', nullable: false },
  { name: 'objective', type: 'DOUBLE', nullable: false },
];
const REPLAYED_COLUMNS: readonly ResultColumn[] = [
  { name: 'var_5', type: 'DOUBLE', nullable: true },
  { name: 'cvar_5', type: 'DOUBLE', nullable: true },
  ...HOLDOUT_COLUMNS,
];

/** The columns of the leaderboard: rank, generation and objective before those of the results, tail risk and holdout after. */
export function leaderboardColumns(columns: readonly ResultColumn[]): readonly ResultColumn[] {
  return [...OWN_COLUMNS, ...columns, ...REPLAYED_COLUMNS];
}

/** The leaderboard, and by rank whether the shards had left the run's parity unchecked. */
export interface Leaderboard {
  readonly table: ResultTable;
  readonly wasUnchecked: readonly boolean[];
}

/**
 * The rows of the leaders, best first, with the parity of the first `plan.parityLeaders` that was not checked yet.
 *
 * A replay depends on a row alone, so the table is the same whoever makes it.
 */
export async function leaderboard(
  store: Store,
  plan: Plan,
  generation: number,
  columns: readonly ResultColumn[],
  leaders: readonly Ranked[],
  runner: Pick<ShardRunner, 'concurrency' | 'replay'>,
): Promise<Leaderboard> {
  const table = resultTable(leaderboardColumns(columns), leaders.length);
  const put = (name: string, at: number, value: number | string | boolean | null) => {
    (table.values.get(name) as unknown[] | Float64Array)[at] = value as number;
  };
  const places = leaders.map((leader, at) => ({ ...leader, at })).sort((a, b) => a.runIndex - b.runIndex);
  const readRows = shardReader(store, plan, columns);
  const byShard = new Map<number, number[]>();
  for (const { shard, row } of places) {
    const known = byShard.get(shard);
    if (known) known.push(row);
    else byShard.set(shard, [row]);
  }
  let shard = -1;
  let rows: Awaited<ReturnType<typeof readRows>> = new Map();
  for (const place of places) {
    if (place.shard !== shard) rows = await readRows(place.shard, byShard.get(place.shard));
    shard = place.shard;
    put('rank', place.at, place.at + 1);
    put('generation', place.at, generation);
    put('objective', place.at, place.value);
    for (const { name } of columns) put(name, place.at, rows.get(name)![place.row]!);
  }
  const wasUnchecked = leaders.map((_, at) => table.values.get('parity_status')![at] === 'not_checked');
  // By run index, not by rank: neighbours share their instructions.
  await inLanes(places, WAITING_REPLAYS * runner.concurrency, async ({ at }) => {
    const params = table.values.get('params')![at] as string;
    const replayed = await runner.replay(params, wasUnchecked[at]! && at < plan.parityLeaders);
    if (replayed === null) return;
    put('var_5', at, replayed.var_5);
    put('cvar_5', at, replayed.cvar_5);
    for (const [name, value] of Object.entries({ ...replayed.parity, ...replayed.holdout }))
      put(name, at, value);
  });
  return { table, wasUnchecked };
}
