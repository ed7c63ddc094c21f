import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStoredSweep } from '../../src/adapters/local/sweep-places.ts';
import { collectReport } from '../../src/report/collect-report.ts';
import type { PackedRuns, ReportData } from '../../src/report/report-data.ts';
import { SLICE_QUANTILES, sliceOffset } from '../../src/report/slices.ts';
import { unpack } from '../../src/report/typed-arrays.ts';
import { type LocalSweep, runByCommand, synthDataset } from '../support/local-sweep.ts';

let folder: string;
let sweep: LocalSweep;
let data: ReportData;
let sql: (text: string) => Promise<Record<string, number>[]>;

const SWEEP = {
  name: 'momentum-stops',
  bars: './bars',
  strategy: { name: 'momentum', params: { lookback: [20, 10, 400], top: [1, 2] } },
  stops: { stopLoss: [null, 0.02, 0.05], trailingStop: [null, 0.1] },
  portfolio: { slippage: [0, 0.001] },
  constraints: ['orders >= 1'],
  shardRuns: 10,
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backsweep-report-'));
  await synthDataset(folder);
  sweep = await runByCommand(folder, SWEEP);
  const opened = await openStoredSweep(sweep.store, sweep.sweepId);
  data = await collectReport(sweep.store, sweep.sweepId, '1.2.3', opened.prepared.inputs);
  const connection = await (await DuckDBInstance.create()).connect();
  const files = join(sweep.dir, 'results', '*', '*.parquet');
  sql = async (text) =>
    (await connection.runAndReadAll(text.replace('runs', `'${files}'`))).getRowObjectsJS() as Record<
      string,
      number
    >[];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = ({ positions, metrics }: PackedRuns) => ({
  positions: positions.map((packed) => [...unpack(packed)]),
  metrics: metrics.map((packed) => [...unpack(packed)]),
});
const metricAt = (name: string) => data.metrics.findIndex((metric) => metric.name === name);

describe('what a report holds, against SQL over the same Parquet files', () => {
  it('is every run with its positions on the axes and its metrics', async () => {
    const rows = await sql(`SELECT * FROM runs WHERE status = 'ok' ORDER BY run_index`);
    const { positions, metrics } = columns(data.runs);
    expect(data.runs).toMatchObject({ complete: true, rows: rows.length });
    expect(rows).toHaveLength(72);
    expect(data.axes.map(({ name }) => name)).toEqual([
      'lookback',
      'top',
      'stopLoss',
      'trailingStop',
      'slippage',
    ]);
    expect(positions[0]).toEqual(rows.map(({ p_lookback }) => [10, 20, 400].indexOf(p_lookback!)));
    expect(positions[2]).toEqual(
      rows.map(({ p_stopLoss }) => [null, 0.02, 0.05].indexOf(p_stopLoss as number)),
    );
    for (const [m, { name }] of data.metrics.entries()) {
      expect(metrics[m]).toEqual(
        rows.map((row) => (row[name] === null ? Number.NaN : Math.fround(row[name]!))),
      );
    }
  });

  it('is the numbers of the leaders to the last bit, since they are read beside those of the terminal', async () => {
    const rows = await sql(`SELECT * FROM runs WHERE status = 'ok' ORDER BY run_index`);
    const byIndex = new Map(rows.map((row) => [Number(row.run_index), row]));
    const { metrics } = columns(data.leaders);
    expect(data.leaders.rows).toBeGreaterThan(10);
    for (const [m, { name }] of data.metrics.entries()) {
      expect(metrics[m]).toEqual(
        data.leaders.runIndices.map((index) => byIndex.get(index)![name] ?? Number.NaN),
      );
    }
  });

  it('is how each metric is spread at each value of each axis', async () => {
    const slices = unpack(data.slices);
    const sizes = data.axes.map(({ labels }) => labels.length);
    for (const [axis, column] of ['p_lookback', 'p_top'].entries()) {
      for (const metric of ['total_return', 'max_drawdown', 'orders']) {
        const m = metricAt(metric);
        const quantiles = SLICE_QUANTILES.map(
          (q) => `quantile_cont(${metric}::FLOAT, ${q}) AS q${100 * q}`,
        ).join(', ');
        const rows = await sql(
          `SELECT ${quantiles}, avg(${metric}::FLOAT) AS mean, count(${metric}) AS n FROM runs WHERE status = 'ok' GROUP BY ${column} ORDER BY ${column}`,
        );
        for (const [position, row] of rows.entries()) {
          const offset = sliceOffset(sizes, data.metrics.length, axis, m, position);
          const found = [...slices.subarray(offset, offset + 7)];
          const expected = [row.q0, row.q25, row.q50, row.q75, row.q100, row.mean, Number(row.n)];
          for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
        }
      }
    }
  });

  it('is the number of runs in each bin of each histogram, and how many are better than equal weight', async () => {
    for (const metric of ['sharpe', 'total_return', 'orders']) {
      const { bins, from, to, below, above, benchmark, defined } = data.histograms[metricAt(metric)]!;
      const [row] = await sql(
        `SELECT count(${metric}) AS n, count(*) FILTER (${metric}::FLOAT < ${from}) AS below, count(*) FILTER (${metric}::FLOAT > ${to}) AS above, count(*) FILTER (${metric}::FLOAT > ${benchmark!.value}) AS better FROM runs WHERE status = 'ok'`,
      );
      expect({ n: defined, below, above, better: benchmark!.better }).toEqual({
        n: Number(row!.n),
        below: Number(row!.below),
        above: Number(row!.above),
        better: Number(row!.better),
      });
      expect(bins.reduce((sum, runs) => sum + runs, below + above)).toBe(defined);
    }
  });

  it('is why runs did not trade', async () => {
    const [row] = await sql(`SELECT count(*) AS n, min(p_lookback) AS lookback FROM runs WHERE orders = 0`);
    expect(data.zeroTrades).toEqual([
      {
        cause: expect.stringMatching(/gave no instruction/),
        runs: Number(row!.n),
        runId: expect.any(String),
      },
    ]);
    expect(row!.lookback).toBe(400); // longer than the bars
    expect(data.failures).toEqual([]);
  });

  it('is parity by class, as published', () => {
    const { identical } = data.summary.parity;
    expect(data.parity.reduce((sum, { runs }) => sum + runs, 0)).toBe(identical);
    const reentries = data.parity.reduce((sum, row) => sum + (row.reentriesDense ?? 0), 0);
    expect(reentries).toBe(data.summary.reentriesDense);
  });

  it('is replays that give the stored objective, with as many stops and prevented re-entries as the rows count', async () => {
    const { curves } = data;
    if (typeof curves === 'string') throw new Error(curves);
    expect(curves.faithful).toBe(true);
    expect(curves.runs.length).toBeGreaterThan(2);
    for (const { runId, stopCount, preventedCount, equity, drawdown } of curves.runs) {
      const [row] = await sql(
        `SELECT stop_loss_exits + trailing_stop_exits + take_profit_exits AS stops, reentries_dense, final_equity, max_drawdown FROM runs WHERE run_id = '${runId}'`,
      );
      expect(stopCount).toBe(Number(row!.stops));
      expect(preventedCount).toBe(row!.reentries_dense);
      expect(unpack(equity).at(-1)).toBe(Math.fround(row!.final_equity!));
      expect(Math.min(...unpack(drawdown))).toBeCloseTo(row!.max_drawdown!, 6);
    }
  });
});

describe('a report', () => {
  it('is the same bytes again, and says why it has no curves where the bars are gone', async () => {
    const opened = await openStoredSweep(sweep.store, sweep.sweepId);
    const again = await collectReport(sweep.store, sweep.sweepId, '1.2.3', opened.prepared.inputs);
    expect(JSON.stringify(again)).toBe(JSON.stringify(data));
    const without = await collectReport(sweep.store, sweep.sweepId, '1.2.3', 'the bars are gone');
    expect(without).toMatchObject({ curves: 'the bars are gone', from: null, okRuns: 72 });
  });

  it('refuses a sweep that is unknown or has no summary, and says what to do', async () => {
    await expect(collectReport(sweep.store, 'f'.repeat(32), '1', 'none')).rejects.toThrow(
      /expected a sweep that has ended, found none of this id; `backsweep list`/,
    );
  });
});
