import { openResultsDatabase, type ResultsDatabase } from '../adapters/duckdb/results-database.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { resultPrefix } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import { shortId } from './format.ts';

/**
 * Opens the tables of one sweep: `runs`, and where it was published `leaderboard`, `parity_metrics` and
 * `memory_metrics`; `sweeps` is that of the whole directory. All generations, as in the cloud.
 *
 * InvalidInputError for a sweep without results.
 */
export async function openSweepViews(dir: string, store: Store, sweepId: string): Promise<ResultsDatabase> {
  const table = (name: string) => keys(store, `tables/${name}/sweep_id=${sweepId}/`);
  const runs = await keys(store, resultPrefix(sweepId));
  if (runs.length === 0) {
    throw new InvalidInputError(
      `sweep ${shortId(sweepId)}: expected results, found none yet; \`backsweep resume ${shortId(sweepId)}\` computes them`,
    );
  }
  return openResultsDatabase(dir, {
    runs,
    leaderboard: await table('leaderboard'),
    parity_metrics: await table('parity_metrics'),
    memory_metrics: await table('memory_metrics'),
    sweeps: await keys(store, 'tables/sweeps/'),
  });
}

/** The Parquet objects under a prefix. */
export async function keys(store: Store, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) if (key.endsWith('.parquet')) found.push(key);
  return found;
}
