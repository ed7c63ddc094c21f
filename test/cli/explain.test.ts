import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, type Ended, scratch, sweepFile, writeBars } from '../support/cli.ts';
import { command } from '../support/command.ts';
import { duckdb } from '../support/duckdb.ts';

const { root, write, remove } = scratch('explain');
const MODULE = `
import { defineStrategy } from 'backsweep';
import * as z from 'zod';
export default defineStrategy({
  name: 'fragile',
  description: 'Throws where it is told to',
  params: z.strictObject({ mode: z.string() }),
  warmup: () => 0,
  events(bars, { mode }) {
    if (mode === 'throw') throw new Error('the model does not converge');
    return [{ bar: 1, weights: { SYN001: 1 } }];
  },
});
`;
interface Run {
  readonly run_id: string;
  readonly params: {
    readonly params: object;
    readonly stops: { readonly stopLoss: number | null; readonly trailingStop: number | null };
  };
  readonly metrics: Readonly<Record<string, number>>;
}
let sweep: string;
let dearer: string;
let runs: Run[];

beforeAll(async () => {
  await writeBars(root);
  write('sweep.yaml', sweepFile());
  write('dearer.yaml', sweepFile({ name: 'dearer', portfolio: { feeRate: 0.002 } }));
  sweep = JSON.parse((await cli(root, 'run', 'sweep.yaml', '--json')).stdout).sweepId;
  dearer = JSON.parse((await cli(root, 'run', 'dearer.yaml', '--json')).stdout).sweepId;
  runs = JSON.parse((await ask('top', sweep, '-n', '16', '--json')).stdout);
});
afterAll(remove);

const ask = (...args: string[]): Promise<Ended> => command(root, { NO_COLOR: '1' }, args);
const json = async (...args: string[]) => JSON.parse((await ask(...args, '--json')).stdout);
const lines = (text: string) => text.trimEnd().split('\n');
const stopped = () => runs.find(({ metrics }) => metrics.stop_loss_exits! > 2)!;

describe('backsweep show', () => {
  it('tells parameters, orders, both engines with every digit, positions and what each stop kept out', async () => {
    const { run_id, metrics } = stopped();
    const { code, stdout } = await ask('show', run_id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^stops +stopLoss 0\.03/m);
    expect(stdout).toMatch(/^equity +[▁▂▃▄▅▆▇█]{60}$/m);
    expect(stdout).toMatch(
      new RegExp(`^final_equity +${metrics.final_equity} +${metrics.final_equity} +yes$`, 'm'),
    );
    expect(stdout).toMatch(/^equity at each close +200 values +200 values +yes$/m);
    expect(stdout).toMatch(/^SYN00\d +[▁▂▃▄▅▆▇█×·]{60}$/m);
    expect(stdout).toMatch(/^asset +by +from +to +bars +not re-bought +sold at +then moved$/m);
  });

  it('gives for each stop the price it sold at and the weight that was held, as orders and instructions have them', async () => {
    const { orders, stoppedOut, engines } = await json('show', stopped().run_id);
    const exits = orders.filter(({ reason }: { reason: string }) => /stop|profit/.test(reason));
    expect(stoppedOut.map(({ asset, from, exitPrice }: never) => [asset, from, exitPrice])).toEqual(
      exits.map(({ asset, timestamp, price }: never) => [asset, timestamp, price]),
    );
    // momentum gives each of its `top` assets the same weight
    const { top } = stopped().params.params as { top: number };
    for (const { weight } of stoppedOut) expect(weight).toBeCloseTo(1 / top, 12);
    for (const { what, identical } of engines) expect(identical, what).toBe(true);
  });

  it('writes orders and equity as CSV, and orders and events of a time only where one is asked for', async () => {
    const { run_id, metrics } = stopped();
    const equity = lines((await ask('show', run_id, '--csv', 'equity')).stdout);
    expect(equity[0]).toBe('bar,timestamp,equity,cash');
    expect(equity).toHaveLength(201);
    expect(Number(equity.at(-1)!.split(',')[2])).toBe(metrics.final_equity);
    const whole = lines((await ask('show', run_id, '--csv')).stdout).slice(1);
    const events = lines((await ask('show', run_id, '--events')).stdout).map((line) => JSON.parse(line));
    expect(events.filter(({ type }) => type === 'EquityMarked')).toHaveLength(200);
    const bounds = ['--from', '2015-03-01', '--to', '2015-04-30'];
    const isWithin = (time: string) => time >= '2015-03-01' && time < '2015-05-01';
    const some = lines((await ask('show', run_id, '--events', ...bounds)).stdout).map((line) =>
      JSON.parse(line),
    );
    expect(some).toEqual(events.filter(({ timestamp }) => isWithin(timestamp)));
    expect(some.length).toBeGreaterThan(80);
    const orders = lines((await ask('show', run_id, '--csv', 'orders', ...bounds)).stdout).slice(1);
    expect(orders).toEqual(whole.filter((line) => isWithin(line.split(',')[1]!)));
  });

  it('refuses a time that is none, and a CSV of what there is none of', async () => {
    const { run_id } = stopped();
    expect(await ask('show', run_id, '--from', 'monday')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--from, --to: expected a date such as 2005-03-01'),
    });
    expect(await ask('show', run_id, '--csv', 'trades')).toMatchObject({ code: 2 });
  });

  it('keeps within a terminal of 60 columns', async () => {
    const { isTTY, columns } = process.stdout;
    Object.assign(process.stdout, { isTTY: true, columns: 60 });
    try {
      for (const args of [
        ['show', stopped().run_id],
        ['top', sweep],
        ['compare', sweep, dearer],
        ['compare', runs[0]!.run_id, runs[1]!.run_id],
      ]) {
        const { stdout } = await ask(...args);
        const widest = lines(stdout).reduce((a, b) => (b.length > a.length ? b : a));
        expect(widest.length, widest).toBeLessThanOrEqual(60);
      }
    } finally {
      Object.assign(process.stdout, { isTTY, columns });
    }
  });
});

describe('backsweep compare', () => {
  it('two runs: parameters and metrics that differ, the first bar and the first orders that do', async () => {
    const a = stopped();
    const b = runs.find(
      ({ params: { params, stops } }) =>
        stops.stopLoss === null &&
        stops.trailingStop === a.params.stops.trailingStop &&
        JSON.stringify(params) === JSON.stringify(a.params.params),
    )!;
    const found = await json('compare', a.run_id, b.run_id);
    expect(found.differences).toEqual([{ field: 'stops.stopLoss', a: 0.03, b: null }]);
    const sharpe = found.metrics.find(({ name }: { name: string }) => name === 'sharpe');
    expect(sharpe).toEqual({
      name: 'sharpe',
      a: a.metrics.sharpe,
      b: b.metrics.sharpe,
      difference: b.metrics.sharpe! - a.metrics.sharpe!,
    });
    // slow and obvious: the CSV files of both, line by line
    const csv = async (run: Run, what: string) =>
      lines((await ask('show', run.run_id, '--csv', what)).stdout).slice(1);
    const [equityA, equityB] = [await csv(a, 'equity'), await csv(b, 'equity')];
    const value = (line: string) => Number(line.split(',')[2]);
    const bar = equityA.findIndex((line, i) => value(line) !== value(equityB[i]!));
    expect(found.equity).toEqual({
      commonBars: 200,
      firstDifference: {
        timestamp: equityA[bar]!.split(',')[1],
        a: value(equityA[bar]!),
        b: value(equityB[bar]!),
      },
    });
    const [ordersA, ordersB] = [await csv(a, 'orders'), await csv(b, 'orders')];
    const index = ordersA.findIndex((line, i) => line !== ordersB[i]);
    expect(found.orders).toMatchObject({ a: ordersA.length, b: ordersB.length, firstDifference: { index } });
    expect(found.orders.firstDifference.a.reason).toBe('stop_loss');
    const { stdout } = await ask('compare', a.run_id.slice(0, 12), b.run_id.slice(0, 12));
    expect(stdout).toMatch(/^stops\.stopLoss +0\.03 +null$/m);
    expect(stdout).toMatch(/^A +\d{4}-\d\d-\d\d +SYN00\d +sell .* stop_loss$/m);
  });

  it('a run with itself: nothing differs', async () => {
    const { run_id } = stopped();
    const { stdout } = await ask('compare', run_id, run_id);
    expect(stdout).toContain('nowhere: 200 common bars are the same bits');
    expect(stdout).toContain('all the same');
    expect(stdout).toMatch(/^Metrics that differ \(0 of 31\)\nnone$/m);
  });

  it('two sweeps: what their files differ in, leaders, and how the runs with the same axes changed', async () => {
    const found = await json('compare', sweep, dearer);
    expect(found.differences).toEqual([
      { field: 'name', a: 'tiny', b: 'dearer' },
      { field: 'portfolio.feeRate', a: 0.001, b: 0.002 },
    ]);
    const table = (id: string) =>
      `read_parquet('${join(root, '.backsweep/results')}/sweep_id=${id}/*.parquet')`;
    for (const [side, id] of [
      ['a', sweep],
      ['b', dearer],
    ] as const) {
      const best = await duckdb(
        `SELECT run_id, sharpe FROM ${table(id)} ORDER BY sharpe DESC, run_index LIMIT 5`,
      );
      const leaders = found.leaders.map((row: Record<string, Run & { sharpe: number }>) => row[side]);
      expect(
        leaders.map(({ run_id, sharpe }: { run_id: string; sharpe: number }) => [run_id, sharpe]),
      ).toEqual(best);
    }
    expect(found.sameRuns.runs).toBe(0);
    // the grid of both is the same, so that runs pair by their index
    const [[fees]] = (await duckdb(
      `SELECT avg(b.fees - a.fees) FROM ${table(sweep)} a JOIN ${table(dearer)} b USING (run_index)`,
    )) as [[number]];
    const change = found.counterparts.changes.find(({ metric }: { metric: string }) => metric === 'fees');
    expect([found.counterparts.by, found.counterparts.runs, change.identical]).toEqual(['axes', 16, 0]);
    expect(change.mean).toBeCloseTo(fees, 9);
  });

  it('a sweep with itself: every run is the same bits', async () => {
    const { stdout } = await ask('compare', sweep, sweep);
    expect(stdout).toMatch(/^same id +16 runs, every metric the same bits$/m);
  });

  it('refuses a run beside a sweep, a failed run, and what there is none of', async () => {
    write('fragile.js', MODULE);
    const strategy = { name: './fragile.js', params: { mode: ['fine', 'throw'] } };
    write('fragile.yaml', sweepFile({ name: 'fragile', strategy, stops: {} }));
    const { causes } = JSON.parse((await cli(root, 'run', 'fragile.yaml', '--json')).stdout);
    const { run_id } = stopped();
    expect(await ask('compare', sweep, run_id)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected two runs or two sweeps, found a sweep'),
    });
    expect(await ask('compare', run_id, causes[0].runId)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('found one that failed: the model does not converge'),
    });
    expect(await ask('compare', 'zz', run_id)).toMatchObject({ code: 2 });
  });
});
