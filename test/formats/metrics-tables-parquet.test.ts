import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeMemoryMetrics, encodeParityMetrics } from '../../src/formats/metrics-tables-parquet.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backsweep-tables-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function duckdbRows(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const path = join(folder, 'rows.parquet');
  await writeFile(path, bytes);
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    return (await connection.runAndReadAll(`SELECT * FROM '${path}'`)).getRowObjects();
  } finally {
    connection.closeSync();
  }
}

// -0 is left out: a sum of counts or bytes that starts at 0 is never -0.
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const parityRow = fc.record({
  generation: fc.nat(999),
  parity_status: fc.constantFrom('identical', 'diverged', 'not_checked'),
  dense_class: fc.option(fc.constantFrom('P1', 'P2', 'P3', 'drift')),
  runs: fc.nat(10_000_000),
  reentries_dense: fc.option(number),
  drift_turnover: fc.option(number),
  drift_fees: fc.option(number),
});

describe('the tables of a sweep', () => {
  it('parity_metrics is read by DuckDB as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(parityRow, { maxLength: 20 }), async (rows) => {
        expect(await duckdbRows(await encodeParityMetrics(rows))).toEqual(rows);
      }),
      { numRuns: 40 },
    );
  });

  it('memory_metrics is read by DuckDB as it was written, sums beyond 2^53 bytes included', async () => {
    const rows = [
      {
        generation: 2,
        runs: 10_000_000,
        sparse_bytes: 2 ** 55,
        dense_bytes: 2 ** 60,
        memory_saving: 1 - 1 / 32,
        least_saving: 0.1,
        most_saving: null,
      },
    ];
    expect(await duckdbRows(await encodeMemoryMetrics(rows))).toEqual(rows);
  });

  it('have the same bytes each time', async () => {
    const rows = [
      {
        generation: 0,
        parity_status: 'identical',
        dense_class: 'P3',
        runs: 3,
        reentries_dense: 1,
        drift_turnover: 0,
        drift_fees: null,
      },
    ];
    const first = await encodeParityMetrics(rows);
    await encodeMemoryMetrics([]);
    expect(Buffer.compare(await encodeParityMetrics(rows), first)).toBe(0);
  });
});
