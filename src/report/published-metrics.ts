import type { Summary } from '../contracts/summary.ts';
import { MEMORY_METRICS_FIELDS, PARITY_METRICS_FIELDS } from '../formats/metrics-tables-parquet.ts';
import { decodeResults, resultFooter } from '../formats/results-parquet.ts';
import { tableKey } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import type { ParityRow } from './report-data.ts';

type Cell = string | number | boolean | null;

/** The rows of the published table `parity_metrics`; what each run added is a mean over the runs of its row. */
export async function parityMetrics(store: Store, summary: Summary): Promise<ParityRow[]> {
  const rows = await readTable(store, summary, 'parity_metrics', PARITY_METRICS_FIELDS);
  return rows.map((row) => {
    const runs = Number(row.runs);
    const mean = (sum: Cell) => (typeof sum === 'number' ? sum / runs : null);
    return {
      status: String(row.parity_status),
      denseClass: row.dense_class as string | null,
      runs,
      reentriesDense: row.reentries_dense as number | null,
      driftTurnover: mean(row.drift_turnover!),
      driftFees: mean(row.drift_fees!),
    };
  });
}

/** The saving of the run that saves least and most, from the published table `memory_metrics`; null without runs. */
export async function savings(store: Store, summary: Summary): Promise<[number | null, number | null]> {
  const [row] = await readTable(store, summary, 'memory_metrics', MEMORY_METRICS_FIELDS);
  return [row?.least_saving as number | null, row?.most_saving as number | null];
}

async function readTable(
  store: Store,
  { sweepId, generation }: Summary,
  table: 'parity_metrics' | 'memory_metrics',
  fields: Readonly<
    Record<string, { readonly type: 'UTF8' | 'DOUBLE' | 'INT32'; readonly optional?: boolean }>
  >,
): Promise<Readonly<Record<string, Cell>>[]> {
  const key = tableKey(table, sweepId, generation);
  const bytes = (await store.get(key))!;
  const columns = Object.entries(fields).map(([name, { type, optional = false }]) => ({
    name,
    type,
    nullable: optional,
  }));
  const { rows } = resultFooter(bytes, key);
  const values = await decodeResults(bytes, columns, rows, key);
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(
      columns.map(({ name }) => {
        const value = values.get(name)![row]!;
        return [name, typeof value === 'number' && Number.isNaN(value) ? null : value];
      }),
    ),
  );
}
