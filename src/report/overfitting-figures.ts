import type { Summary } from '../contracts/summary.ts';
import type { Store } from '../sweep/ports.ts';
import { readTable } from '../sweep/read-table.ts';
import { PLATEAUS_COLUMNS } from '../sweep/statistics/plateaus-table.ts';
import { STATISTICS_COLUMNS } from '../sweep/statistics/statistics-table.ts';
import { pack } from './pack.ts';
import type { LeaderSurroundings } from './report-data.ts';

/** Reads from `plateaus` what stands around the leaders of these ids, in their order. */
export async function readSurroundings(
  store: Store,
  summary: Summary,
  runIds: readonly string[],
): Promise<LeaderSurroundings> {
  const { rows, values } = await readTable(store, summary, 'plateaus', PLATEAUS_COLUMNS);
  const ids = values.get('run_id') as string[];
  const rowOf = new Map(Array.from({ length: rows }, (_, row) => [ids[row]!, row]));
  const column = (name: string) => {
    const found = values.get(name) as ArrayLike<number>;
    return pack(Float32Array.from(runIds, (id) => found[rowOf.get(id) ?? -1] ?? Number.NaN));
  };
  return {
    robust: column('robust_objective'),
    neighbours: column('neighbours'),
    within: column('share_within_10_percent'),
    deflated: column('deflated_sharpe'),
  };
}

/** Reads the quantiles of the logits behind the PBO from `statistics`, by rising level. */
export async function logitQuantiles(store: Store, summary: Summary): Promise<(readonly [number, number])[]> {
  const { rows, values } = await readTable(store, summary, 'statistics', STATISTICS_COLUMNS);
  const [name, item, value] = ['name', 'item', 'value'].map((column) => values.get(column)!);
  return Array.from({ length: rows }, (_, row) => row)
    .filter((row) => name![row] === 'pbo_logit_quantile')
    .map((row) => [Number(item![row]), value![row] as number] as const);
}
