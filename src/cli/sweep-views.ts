import { openResultsDatabase, type ResultsDatabase } from '../adapters/duckdb/results-database.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { resultPrefix, SWEEP_TABLES } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import { shortId } from './format.ts';

/**
 * Opens the tables of one sweep: `runs`, and where it was published `SWEEP_TABLES`; `sweeps` is that of the whole
 * directory. All generations, as in the cloud.
 *
 * InvalidInputError for a sweep without results.
 */
export async function openSweepViews(dir: string, store: Store, sweepId: string): Promise<ResultsDatabase> {
  const runs = await keys(store, resultPrefix(sweepId));
  if (runs.length === 0) {
    throw new InvalidInputError(
      `sweep ${shortId(sweepId)}: expected results, found none yet; \`backsweep resume ${shortId(sweepId)}\` computes them`,
    );
  }
  const published: [string, string[]][] = [];
  for (const name of SWEEP_TABLES) {
    published.push([name, await keys(store, `tables/${name}/sweep_id=${sweepId}/`)]);
  }
  return openResultsDatabase(dir, {
    runs,
    ...Object.fromEntries(published),
    sweeps: await keys(store, 'tables/sweeps/'),
  });
}

/** The Parquet objects under a prefix. */
export async function keys(store: Store, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) if (key.endsWith('.parquet')) found.push(key);
  return found;
}
