import type { Plan } from '../contracts/plan.ts';
import { type ResultColumn, type ResultTable, resultTable } from '../formats/results-parquet.ts';
import type { ShardRunner, Store } from './ports.ts';
import type { Ranked } from './ranked-list.ts';
import { type ReadMemory, shardReader } from './read-shard.ts';
import { HOLDOUT_COLUMNS } from './validation/holdout-test.ts';

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

/** A leaderboard whose leaders are still being replayed: the table is whole once `replayed` resolves. */
export interface BegunLeaderboard extends Leaderboard {
  readonly replayed: Promise<unknown>;
}

/**
 * Reads the rows of the leaders, best first, and begins to replay them, with the parity of the first `plan.parityLeaders` that
 * was not checked yet. While those of one shard are replayed the next is read.
 *
 * A replay depends on a row alone, so the table is the same whoever makes it.
 */
export async function leaderboard(
  store: Store,
  plan: Plan,
  generation: number,
  columns: readonly ResultColumn[],
  leaders: readonly Ranked[],
  runner: Pick<ShardRunner, 'replay'>,
  memory: ReadMemory,
): Promise<BegunLeaderboard> {
  const table = resultTable(leaderboardColumns(columns), leaders.length);
  const put = (name: string, at: number, value: number | string | boolean | null) => {
    (table.values.get(name) as unknown[] | Float64Array)[at] = value as number;
  };
  const places = leaders.map((leader, at) => ({ ...leader, at })).sort((a, b) => a.runIndex - b.runIndex);
  const readRows = shardReader(store, plan, columns, memory);
  const byShard = new Map<number, number[]>();
  for (const { shard, row } of places) {
    const known = byShard.get(shard);
    if (known) known.push(row);
    else byShard.set(shard, [row]);
  }
  const wasUnchecked: boolean[] = [];
  const replay = async (at: number, params: string) => {
    const replayed = await runner.replay(params, wasUnchecked[at]! && at < plan.parityLeaders);
    if (replayed === null) return;
    put('var_5', at, replayed.var_5);
    put('cvar_5', at, replayed.cvar_5);
    for (const [name, value] of Object.entries({ ...replayed.parity, ...replayed.holdout }))
      put(name, at, value);
  };
  // By run index, not by rank: neighbours share their instructions.
  const replays: Promise<void>[] = [];
  let shard = -1;
  let rows: Awaited<ReturnType<typeof readRows>> = new Map();
  for (const place of places) {
    if (place.shard !== shard) rows = await readRows(place.shard, byShard.get(place.shard));
    shard = place.shard;
    put('rank', place.at, place.at + 1);
    put('generation', place.at, generation);
    put('objective', place.at, place.value);
    for (const { name } of columns) put(name, place.at, rows.get(name)![place.row]!);
    wasUnchecked[place.at] = rows.get('parity_status')![place.row] === 'not_checked';
    const replaying = replay(place.at, rows.get('params')![place.row] as string);
    replaying.catch(() => undefined); // thrown by `replayed`, if nothing else fails before
    replays.push(replaying);
  }
  return { table, wasUnchecked, replayed: Promise.all(replays) };
}
