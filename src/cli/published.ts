import * as z from 'zod';
import type { Plan } from '../contracts/plan.ts';
import type { Summary } from '../contracts/summary.ts';
import { decodeResults, type ResultColumn, resultFooter } from '../formats/results-parquet.ts';
import { shardSets } from '../sweep/complete.ts';
import { getJson } from '../sweep/json-objects.ts';
import { failureKey, tableKey } from '../sweep/keys.ts';
import { leaderboardColumns } from '../sweep/leaderboard.ts';
import type { Store } from '../sweep/ports.ts';
import { readShard } from '../sweep/read-shard.ts';
import type { RunRow } from './leaders.ts';

/** The first rows of the leaderboard that a summary was published with. */
export async function publishedLeaders(
  store: Store,
  { sweepId, generation }: Summary,
  columns: readonly ResultColumn[],
  limit: number,
): Promise<RunRow[]> {
  const key = tableKey('leaderboard', sweepId, generation);
  const bytes = (await store.get(key))!;
  const all = leaderboardColumns(columns);
  const { rows } = resultFooter(bytes, key);
  const values = await decodeResults(bytes, all, rows, key);
  return Array.from({ length: Math.min(limit, rows) }, (_, row) =>
    Object.fromEntries(all.map(({ name }) => [name, values.get(name)![row]])),
  );
}

/** Why runs failed, the most frequent cause first. */
export interface FailureCause {
  readonly error: string;
  readonly runs: number;
  /** The first run that failed so. */
  readonly runId: string | null;
}

/** Causes kept apart; a strategy that puts a number into each message would fill the screen. */
const MOST_CAUSES = 1000;

/** Counts the failed runs of a sweep by cause, and shards that were given up with their runs. */
export async function failureCauses(
  store: Store,
  plan: Plan,
  generation: number,
  columns: readonly ResultColumn[],
): Promise<FailureCause[]> {
  const sets = await shardSets(store, plan.sweepId, generation, plan.shards);
  const causes = new Map<string, { runs: number; runId: string | null }>();
  const add = (error: string, runs: number, runId: string | null) => {
    const name = causes.size < MOST_CAUSES || causes.has(error) ? error : 'other causes';
    const cause = causes.get(name) ?? { runs: 0, runId };
    cause.runs += runs;
    causes.set(name, cause);
  };
  const read = columns.filter(({ name }) => ['run_id', 'status', 'error'].includes(name));
  for (const shard of [...sets.results].sort((a, b) => a - b)) {
    const rows = await readShard(store, plan, shard, read);
    const [ids, statuses, errors] = ['run_id', 'status', 'error'].map((name) => rows.get(name)!);
    for (let i = 0; i < statuses!.length; i++) {
      if (statuses![i] !== 'ok') add(String(errors![i]), 1, String(ids![i]));
    }
  }
  for (const shard of sets.failures) {
    const marker = await getJson(store, failureKey(plan.sweepId, generation, shard), failureSchema);
    const runs = Math.min(plan.shardRuns, plan.runs - shard * plan.shardRuns);
    add(`shard given up: ${marker?.reason ?? 'unknown'}`, runs, null);
  }
  return [...causes]
    .map(([error, cause]) => ({ error, ...cause }))
    .sort((a, b) => b.runs - a.runs || (a.error < b.error ? -1 : 1));
}

const failureSchema = z.object({ reason: z.string() });
