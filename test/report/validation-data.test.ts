import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoredSweep } from '../../src/adapters/local/sweep-places.ts';
import { collectReport } from '../../src/report/collect-report.ts';
import type { ReportData } from '../../src/report/report-data.ts';
import { unpack } from '../../src/report/typed-arrays.ts';
import { runByCommand, synthDataset } from '../support/local-sweep.ts';

let folder: string;
let data: ReportData;
let sql: (table: string, select: string) => Promise<Record<string, number | string>[]>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backsweep-report-'));
  await synthDataset(folder);
  const sweep = await runByCommand(folder, {
    name: 'validated',
    bars: './bars',
    strategy: { name: 'momentum', params: { lookback: [5, 10, 20], top: [1, 2] } },
    validation: { walkForward: { train: 100, test: 40 } },
  });
  const opened = await openStoredSweep(sweep.store, sweep.sweepId);
  data = await collectReport(sweep.store, sweep.sweepId, '1.2.3', opened.prepared.inputs);
  const connection = await (await DuckDBInstance.create()).connect();
  sql = async (table, select) => {
    const file = join(sweep.dir, 'tables', table, '**', '*.parquet');
    const reader = await connection.runAndReadAll(select.replace('TABLE', `'${file}'`));
    return reader.getRowObjectsJS() as Record<string, number | string>[];
  };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const single = (value: unknown) => (value === null ? Number.NaN : Math.fround(Number(value)));

describe('what a report holds of statistics and validation, against SQL over the published tables', () => {
  it('is what stands around each leader, in the order of the leaderboard', async () => {
    const rows = await sql('plateaus', 'SELECT * FROM TABLE ORDER BY rank');
    const { runIds, surroundings } = data.leaders;
    expect(rows).toHaveLength(6);
    expect(runIds).toEqual(rows.map((row) => row.run_id));
    const columns = {
      robust: 'robust_objective',
      neighbours: 'neighbours',
      within: 'share_within_10_percent',
      deflated: 'deflated_sharpe',
    } as const;
    for (const [field, column] of Object.entries(columns) as [keyof typeof columns, string][]) {
      expect([...unpack(surroundings[field])]).toEqual(rows.map((row) => single(row[column])));
    }
    expect(Math.min(...unpack(surroundings.neighbours))).toBeGreaterThan(0);
  });

  it('is the quantiles of the logits behind the PBO', async () => {
    const rows = await sql(
      'statistics',
      "SELECT item::DOUBLE AS level, value FROM TABLE WHERE name = 'pbo_logit_quantile' ORDER BY level",
    );
    expect(rows).toHaveLength(7);
    expect(data.logits).toEqual(rows.map(({ level, value }) => [level, value]));
  });

  it('is the account that followed the walk-forward, at every test bar, with its drawdown', async () => {
    const rows = await sql(
      'walk_forward_equity',
      'SELECT epoch_ms(ts::TIMESTAMPTZ)::DOUBLE AS ms, equity, equity / greatest(1, max(equity) OVER (ORDER BY bar)) - 1 AS drawdown FROM TABLE ORDER BY bar',
    );
    expect(rows.length).toBeGreaterThan(100);
    const { times, equity, drawdown } = data.followed!;
    expect([...unpack(times)]).toEqual(rows.map(({ ms }) => ms));
    expect([...unpack(equity)]).toEqual(rows.map((row) => single(row.equity)));
    expect([...unpack(drawdown)]).toEqual(rows.map((row) => single(row.drawdown)));
  });
});
