import { failurePrefix, resultPrefix, shardOfKey } from './keys.ts';
import type { Store } from './ports.ts';

/** Which shards of a sweep have a result, and which a failure marker of one generation, by strongly consistent LIST. */
export interface ShardSets {
  readonly results: ReadonlySet<number>;
  /** Without those that have a result after all: results win. */
  readonly failures: ReadonlySet<number>;
}

/** Lists what there is of the `shards` shards of a sweep; keys of other shards are ignored. */
export async function shardSets(
  store: Store,
  sweepId: string,
  generation: number,
  shards: number,
): Promise<ShardSets> {
  // Failures first: a result that arrives between the two calls is then still seen.
  const failed = await shardsUnder(store, failurePrefix(sweepId, generation), shards);
  const results = await shardsUnder(store, resultPrefix(sweepId), shards);
  return { results, failures: new Set([...failed].filter((shard) => !results.has(shard))) };
}

async function shardsUnder(store: Store, prefix: string, shards: number): Promise<Set<number>> {
  const found = new Set<number>();
  for await (const { key } of store.list(prefix)) {
    const shard = shardOfKey(key);
    if (shard !== null && shard < shards) found.add(shard);
  }
  return found;
}

/** The shards that still have to run in this generation, ascending; none ⇔ the set of results and failures is complete. */
export function missingShards({ results, failures }: ShardSets, shards: number): number[] {
  const missing: number[] = [];
  for (let shard = 0; shard < shards; shard++) {
    if (!results.has(shard) && !failures.has(shard)) missing.push(shard);
  }
  return missing;
}
