import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, cli, scratch, startCli, sweepFile, writeBars } from '../support/cli.ts';
import { command } from '../support/command.ts';
import { duckdb } from '../support/duckdb.ts';

const { root, write, remove } = scratch('sweep');
const MODULE = `
import { defineStrategy } from 'backsweep';
import * as z from 'zod';
export default defineStrategy({
  name: 'fragile',
  description: 'Throws, or returns nonsense, as it is told',
  params: z.strictObject({ mode: z.string() }),
  warmup: () => 0,
  events(bars, { mode }) {
    if (mode === 'throw') throw new Error('the model does not converge');
    if (mode === 'nonsense') return 'nonsense';
    if (mode === 'heavy') return [{ bar: 1, weights: { SYN001: 1.5 } }];
    return [{ bar: 1, weights: { SYN001: 1 } }];
  },
});
`;
let ran: { stdout: string; stderr: string; code: number | null };
beforeAll(async () => {
  await writeBars(root);
  write('sweep.yaml', sweepFile());
  ran = await cli(root, 'run', 'sweep.yaml', '--threads', '2');
});
afterAll(remove);

const ESCAPE = '\u001b';

describe('backsweep run', () => {
  it('prints leaders, parity, memory, re-entries and how to go on, without escape codes in a pipe', async () => {
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^tiny: complete, 16 of 16 runs ok, in [\d.]+ s/);
    expect(ran.stdout).toMatch(/^ *# +run +lookback +top +stopLoss +trailingStop +sharpe/m);
    expect(ran.stdout.match(/^ *\d+ {2}[0-9a-f]{10} /gm)).toHaveLength(10);
    expect(ran.stdout).toMatch(/^parity +16 runs checked, all bit-identical in both engines$/m);
    expect(ran.stdout).toMatch(/^memory .* % saved$/m);
    expect(ran.stdout).toMatch(/^go on with +backsweep top [0-9a-f]{10}/m);
    expect(ran.stdout + ran.stderr).not.toContain(ESCAPE);
  });

  it('runs nothing when repeated, and gives the same leaders', async () => {
    const again = await cli(root, 'run', 'sweep.yaml');
    expect(again.stdout).toContain('all were there already');
    expect(leaders(again.stdout)).toEqual(leaders(ran.stdout));
  });

  it('finishes where a strategy throws or returns nonsense on some runs: rows fail with the cause, exit 1', async () => {
    write('fragile.js', MODULE);
    const strategy = { name: './fragile.js', params: { mode: ['fine', 'throw', 'nonsense', 'heavy'] } };
    write('fragile.yaml', sweepFile({ name: 'fragile', strategy, stops: {} }));
    const { code, stdout } = await cli(root, 'run', 'fragile.yaml', '--dir', 'fragile', '--json');
    expect(code).toBe(1);
    const { summary, causes } = JSON.parse(stdout);
    expect([summary.status, summary.okRuns, summary.failedRuns]).toEqual(['complete', 1, 3]);
    const errors = causes.map(({ error }: { error: string }) => error).sort();
    expect(errors[0]).toMatch(/^event 0 .*asset SYN001: expected weight in \[-1, 1\], found 1\.5/);
    expect(errors[1]).toBe('expected an array of events, found "nonsense"');
    expect(errors[2]).toBe('the model does not converge');
    const again = await cli(root, 'run', 'fragile.yaml', '--dir', 'fragile');
    expect(again.code).toBe(1);
    expect(again.stdout).toContain('1 × the model does not converge (run ');
    const failed = causes.find(({ error }: { error: string }) => error.startsWith('the model'));
    const shown = await cli(root, 'show', failed.runId, '--dir', 'fragile');
    expect(shown.stdout).toMatch(/^run [0-9a-f]{32} failed: the model does not converge$/m);
  });

  it('works from another directory and through a symlink to the program', async () => {
    const link = join(root, 'backsweep');
    symlinkSync(BIN, link);
    const other = scratch('elsewhere');
    const { ended } = startCli(other.root, ['run', join(root, 'sweep.yaml'), '--json'], {}, link);
    const { code, stdout } = await ended;
    other.remove();
    expect(code).toBe(0);
    const here = JSON.parse((await cli(root, 'run', 'sweep.yaml', '--json')).stdout);
    expect(JSON.parse(stdout).summary).toEqual(here.summary);
  });
});

describe('backsweep plan', () => {
  it('counts runs, shards and what each condition excludes, and writes nothing', async () => {
    write('plan.yaml', sweepFile({ conditions: ['params.top <= 1 || stops.stopLoss != null'] }));
    const { code, stdout } = await cli(root, 'plan', 'plan.yaml', '--json', '--threads', '2');
    expect(code).toBe(0);
    const plan = JSON.parse(stdout);
    // top = 2 without stop loss: 2 lookbacks × 2 trailing stops
    expect(plan.excluded).toEqual([{ condition: 'params.top <= 1 || stops.stopLoss != null', points: 4 }]);
    expect([plan.gridSize, plan.runs]).toEqual(['16', 12]);
    expect(plan.seconds.least).toBeLessThanOrEqual(plan.seconds.expected);
    expect(plan.seconds.expected).toBeLessThan(plan.seconds.most);
    const listed = await cli(root, 'list', '--json');
    expect(JSON.parse(listed.stdout).map(({ sweepId }: { sweepId: string }) => sweepId)).not.toContain(
      plan.sweepId,
    );
  });
});

describe('looking at a sweep', () => {
  it('status and list tell where it stands', async () => {
    const status = await cli(root, 'status', 'last');
    expect(status.stdout).toMatch(/^tiny: complete$/m);
    expect((await cli(root, 'list')).stdout).toMatch(/^[0-9a-f]{10} +tiny +complete +16 +0 +sharpe /m);
  });

  it('top ranks by any metric as plain SQL over the files does', async () => {
    const { stdout } = await cli(
      root,
      'top',
      'last',
      '--by',
      'calmar',
      '--where',
      'orders > 5',
      '-n',
      '4',
      '--json',
    );
    const ids = JSON.parse(stdout).map((run: { run_id: string }) => run.run_id);
    const rows = await duckdb(
      `SELECT run_id FROM read_parquet('${root}/.backsweep/results/*/*.parquet') WHERE orders > 5 ORDER BY calmar DESC, run_index LIMIT 4`,
    );
    expect(ids).toEqual(rows.map(([id]) => id));
    const lowest = await cli(root, 'top', 'last', '--by', 'calmar', '--ascending', '-n', '1', '--json');
    expect(JSON.parse(lowest.stdout)[0].run_id).not.toBe(ids[0]);
  });

  it('query runs SQL in three formats, with the names of the cloud', async () => {
    const sql = `SELECT p_top, count(*) AS n, 7 / 2 AS half, min(json_extract_scalar(params, '$.params.top')) AS t FROM runs GROUP BY 1 ORDER BY 1`;
    const json = await cli(root, 'query', 'last', sql, '--format', 'json');
    expect(JSON.parse(json.stdout)).toEqual([
      { p_top: 1, n: 8, half: 3, t: '1' },
      { p_top: 2, n: 8, half: 3, t: '2' },
    ]);
    const csv = await cli(root, 'query', 'last', sql, '--format', 'csv');
    expect(csv.stdout).toBe('p_top,n,half,t\n1,8,3,1\n2,8,3,2\n');
    const joined = await cli(
      root,
      'query',
      'last',
      'SELECT (SELECT count(*) FROM leaderboard) AS leaders, (SELECT sum(runs) FROM parity_metrics) AS parity, (SELECT runs FROM memory_metrics) AS memory, (SELECT count(*) FROM sweeps) AS sweeps',
      '--json',
    );
    expect(JSON.parse(joined.stdout)).toEqual([{ leaders: 16, parity: 16, memory: 16, sweeps: 1 }]);
  });

  it.each([
    ["COPY runs TO 'stolen.csv'", /Permission Error|expected a SELECT/],
    ['CREATE TABLE t (x INTEGER)', /expected a SELECT, since results are never changed, found CREATE/],
    ["SELECT * FROM read_csv('/etc/passwd')", /Permission Error/],
    ['SELECT 1; SELECT 2', /expected one statement, found 2/],
    ['SELECT * FROM run', /Tables: runs, leaderboard/],
    ['SELEC 1', /Parser Error/],
  ])('query refuses %s', async (sql, message) => {
    const { code, stdout, stderr } = await command(root, {}, ['query', 'last', sql]);
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('show replays a run to the numbers of its row, with orders, events and stopped-out times that fit each other', async () => {
    const top = JSON.parse(
      (await cli(root, 'top', 'last', '--where', 'stop_loss_exits > 0', '-n', '1', '--json')).stdout,
    );
    const [best] = top;
    const { code, stdout } = await cli(root, 'show', best.run_id.slice(0, 12), '--json');
    expect(code).toBe(0);
    const run = JSON.parse(stdout);
    expect([run.run_id, run.replay, run.parity.status]).toEqual([best.run_id, 'identical', 'identical']);
    for (const [name, value] of Object.entries(best.metrics)) expect(run.metrics[name], name).toBe(value);
    expect(run.orders).toHaveLength(best.metrics.orders);
    const stopped = run.stoppedOut.reduce((sum: number, { bars }: { bars: number }) => sum + bars, 0);
    expect(stopped).toBe(best.metrics.bars_stopped);
    const events = await cli(root, 'show', best.run_id, '--events');
    const fills = events.stdout.split('\n').filter((line) => line.includes('"OrderFilled"'));
    expect(fills).toHaveLength(best.metrics.orders);
    const csv = await cli(root, 'show', best.run_id, '--csv');
    expect(csv.stdout.trimEnd().split('\n')).toHaveLength(best.metrics.orders + 1);
  });

  it('ends quietly when the reader of a pipe has seen enough', async () => {
    const { child, ended } = startCli(root, [
      'query',
      'last',
      'SELECT * FROM range(300000)',
      '--format',
      'csv',
    ]);
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect((await ended).stderr).toBe('');
  });

  it('knows sweeps and runs by unique beginnings of their ids only', async () => {
    const none = await cli(root, 'status', 'zz');
    expect([none.code, none.stderr]).toEqual([
      2,
      'error: sweep "zz": expected the beginning of one id, found none; `backsweep list` shows all\n',
    ]);
    const many = await cli(root, 'show', '');
    expect(many.code).toBe(2);
    const nowhere = await cli(root, 'list', '--dir', 'nowhere');
    expect(nowhere.stderr).toContain('nowhere: expected a directory of sweeps, found none');
  });
});

function leaders(text: string): string[] {
  return text.match(/^ *\d+ {2}[0-9a-f]{10} .*$/gm) ?? [];
}
