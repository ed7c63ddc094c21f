import type { PublishedTable } from '../contracts/review-sql.ts';
import type { Summary } from '../contracts/summary.ts';
import {
  decodeResults,
  type ResultColumn,
  type ResultValues,
  resultFooter,
} from '../formats/results-parquet.ts';
import { tableKey } from './keys.ts';
import type { Store } from './ports.ts';

/** Some columns of a table that a summary was published with. */
export interface TableColumns {
  readonly rows: number;
  readonly values: ReadonlyMap<string, ResultValues>;
}

/** Reads columns of a published table; OutsideError where it is damaged. */
export async function readTable(
  store: Store,
  { sweepId, generation }: Pick<Summary, 'sweepId' | 'generation'>,
  table: PublishedTable,
  columns: readonly ResultColumn[],
): Promise<TableColumns> {
  const key = tableKey(table, sweepId, generation);
  const bytes = (await store.get(key))!;
  const { rows } = resultFooter(bytes, key);
  return { rows, values: await decodeResults(bytes, columns, rows, key) };
}
