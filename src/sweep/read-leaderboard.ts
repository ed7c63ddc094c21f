import { InvalidInputError } from '../contracts/errors.ts';
import { nearestName } from '../contracts/nearest-name.ts';
import type { Summary } from '../contracts/summary.ts';
import { METRICS, metricByName } from '../core/metrics/catalog.ts';
import { decodeResults, type ResultColumn, resultFooter } from '../formats/results-parquet.ts';
import { tableKey } from './keys.ts';
import { leaderboardColumns } from './leaderboard.ts';
import type { Store } from './ports.ts';

/** A row as plain data: undefined numbers are null, a number that is no integer is as it was computed. */
export type PlainRow = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Rows of a published leaderboard, best first by the objective, or by another metric among the same rows.
 *
 * @param columns of the sweep's results
 * @throws InvalidInputError for an unknown metric
 */
export async function readLeaderboard(
  store: Store,
  { sweepId, generation }: Pick<Summary, 'sweepId' | 'generation'>,
  columns: readonly ResultColumn[],
  { by, limit }: { readonly by?: string | undefined; readonly limit: number },
): Promise<PlainRow[]> {
  const order = by === undefined ? null : orderBy(by);
  const key = tableKey('leaderboard', sweepId, generation);
  const bytes = (await store.get(key))!;
  const all = leaderboardColumns(columns);
  const { rows } = resultFooter(bytes, key);
  const values = await decodeResults(bytes, all, rows, key);
  const places = Array.from({ length: rows }, (_, row) => row);
  if (order) {
    const sorted = values.get(order.name) as Float64Array;
    const worth = (row: number) =>
      Number.isNaN(sorted[row]) ? Number.NEGATIVE_INFINITY : order.sign * sorted[row]!;
    places.sort((a, b) => (worth(a) === worth(b) ? a - b : worth(b) - worth(a)));
  }
  return places.slice(0, limit).map((row) =>
    Object.fromEntries(
      all.map(({ name }) => {
        const value = values.get(name)![row]!;
        return [name, typeof value === 'number' && Number.isNaN(value) ? null : value];
      }),
    ),
  );
}

function orderBy(by: string): { name: string; sign: 1 | -1 } {
  const metric = metricByName(by);
  if (metric) return { name: metric.name, sign: metric.direction === 'lower' ? -1 : 1 };
  const names = METRICS.map(({ name }) => name);
  const nearest = nearestName(by, names);
  throw new InvalidInputError(
    `by: expected a metric (${names.join(', ')}), found ${JSON.stringify(by.slice(0, 60))}` +
      `${nearest === undefined ? '' : `; did you mean ${nearest}?`}`,
  );
}
