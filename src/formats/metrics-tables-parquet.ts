import { Writable } from 'node:stream';

/*
 * The two small tables of a sweep, written by parquetjs-lite. It is honest only for a fixed schema of safe types,
 * awaited rows, and finite numbers; it is never used to read.
 */

const TEXT = { type: 'UTF8', compression: 'SNAPPY' } as const;
const COUNT = { type: 'INT32', compression: 'SNAPPY' } as const;
const NUMBER = { type: 'DOUBLE', compression: 'SNAPPY' } as const;

/** Outcome of the parity checks, one row per status and class of the dense mode. */
export interface ParityMetricsRow {
  readonly generation: number;
  readonly parity_status: string;
  /** P1 to P5, or what else the check says of the legacy dense mode; null for runs not checked. */
  readonly dense_class: string | null;
  readonly runs: number;
  /** Σ over the runs of what the legacy dense mode did; null for runs not checked. */
  readonly reentries_dense: number | null;
  readonly drift_turnover: number | null;
  readonly drift_fees: number | null;
}

/** Memory of the instructions of all runs that have any, sparse against dense: one row a sweep. */
export interface MemoryMetricsRow {
  readonly generation: number;
  readonly runs: number;
  /** Σ bytes over the runs. */
  readonly sparse_bytes: number;
  readonly dense_bytes: number;
  /** 1 − sparse / dense of the sums, and of the run that saves least and most; null without runs. */
  readonly memory_saving: number | null;
  readonly least_saving: number | null;
  readonly most_saving: number | null;
}

/** The columns of `parity_metrics` in their order. */
export const PARITY_METRICS_FIELDS = {
  generation: COUNT,
  parity_status: TEXT,
  dense_class: { ...TEXT, optional: true },
  runs: COUNT,
  reentries_dense: { ...NUMBER, optional: true },
  drift_turnover: { ...NUMBER, optional: true },
  drift_fees: { ...NUMBER, optional: true },
} as const satisfies Record<keyof ParityMetricsRow, object>;

/** The columns of `memory_metrics` in their order. */
export const MEMORY_METRICS_FIELDS = {
  generation: COUNT,
  runs: COUNT,
  sparse_bytes: NUMBER,
  dense_bytes: NUMBER,
  memory_saving: { ...NUMBER, optional: true },
  least_saving: { ...NUMBER, optional: true },
  most_saving: { ...NUMBER, optional: true },
} as const satisfies Record<keyof MemoryMetricsRow, object>;

/** Encodes the table `parity_metrics`; no rows give a table without row groups. */
export function encodeParityMetrics(rows: readonly ParityMetricsRow[]): Promise<Uint8Array> {
  return encode(PARITY_METRICS_FIELDS, rows);
}

/** Encodes the table `memory_metrics`. */
export function encodeMemoryMetrics(rows: readonly MemoryMetricsRow[]): Promise<Uint8Array> {
  return encode(MEMORY_METRICS_FIELDS, rows);
}

async function encode(
  fields: typeof PARITY_METRICS_FIELDS | typeof MEMORY_METRICS_FIELDS,
  rows: readonly object[],
): Promise<Uint8Array> {
  const { default: parquet } = await import('parquetjs-lite'); // large, and only the end of a sweep writes these tables
  const parts: Buffer[] = [];
  const sink = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done();
    },
  });
  const writer = await parquet.ParquetWriter.openStream(new parquet.ParquetSchema(fields), sink);
  for (const row of rows) {
    const present = Object.entries(row).filter(([, value]) => value !== null);
    await writer.appendRow(Object.fromEntries(present));
  }
  await writer.close();
  return new Uint8Array(Buffer.concat(parts));
}
