import * as z from 'zod';
import { openResultsDatabase, type ResultsDatabase } from '../adapters/duckdb/results-database.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { PUBLISHED_TABLES, type PublishedTable, reviewShape, reviewViews } from '../contracts/review-sql.ts';
import { getJson } from '../sweep/json-objects.ts';
import { resultPrefix, specKey } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import { readResolvedSpec } from '../sweep/sweep-content.ts';
import { shortId } from './format.ts';

/**
 * Opens the tables of one sweep: `runs`, what its last generation published (`leaderboard`, `parity_metrics`,
 * `memory_metrics`), the review views over them, and `sweeps` of the whole directory.
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
  const spec = readResolvedSpec(await getJson(store, specKey(sweepId), z.unknown()));
  const tables: Record<string, string[]> = { runs };
  for (const name of Object.keys(PUBLISHED_TABLES) as PublishedTable[]) {
    tables[name] = await newestKey(store, name, sweepId);
  }
  tables.sweeps = await keys(store, 'tables/sweeps/');
  return openResultsDatabase(dir, tables, reviewViews(reviewShape(spec)));
}

/** The object of the last generation that published a table, if any did: g2 comes before g10. */
async function newestKey(store: Store, table: PublishedTable, sweepId: string): Promise<string[]> {
  const generation = (key: string) => Number(/\/g(\d+)\.parquet$/.exec(key)?.[1]);
  const published = await keys(store, `tables/${table}/sweep_id=${sweepId}/`);
  return published.sort((a, b) => generation(a) - generation(b)).slice(-1);
}

/** The Parquet objects under a prefix. */
export async function keys(store: Store, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) if (key.endsWith('.parquet')) found.push(key);
  return found;
}
