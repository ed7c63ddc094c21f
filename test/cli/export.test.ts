import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, scratch, sweepFile, writeBars } from '../support/cli.ts';

const { root, write, remove } = scratch('export');
const runs: Record<string, string> = {};

beforeAll(async () => {
  await writeBars(root);
  const portfolio = { feeRate: 0.001, slippage: 0.0005 };
  const strategy = { name: 'momentum', params: { lookback: 10, top: 2 } };
  const sweeps = {
    plain: { strategy, stops: {}, fill: 'vectorbt' },
    realistic: { strategy, stops: {} },
    stopped: { strategy, stops: { stopLoss: 0.03 }, fill: 'vectorbt' },
    'one-asset': {
      universe: ['SYN001'],
      strategy: { name: 'sma-trend', params: { window: 20 } },
      stops: { trailingStop: 0.04, takeProfit: 0.1 },
      fill: 'vectorbt',
    },
  };
  for (const [name, fields] of Object.entries(sweeps)) {
    write(`${name}.yaml`, sweepFile({ name, portfolio, ...fields }));
    await cli(root, 'run', `${name}.yaml`, '--threads', '1');
    const top = await cli(root, 'top', 'last', '--json');
    runs[name] = JSON.parse(top.stdout)[0].run_id;
  }
});
afterAll(remove);

const read = (folder: string, file: string) => readFileSync(join(root, folder, file), 'utf8');

describe('backsweep export', () => {
  it('writes bars, weights and a script; simulating what was written gives the orders of the run', async () => {
    const { code, stdout } = await cli(root, 'export', runs.plain!, '--to', 'vectorbt', '--out', 'plain');
    expect(code).toBe(0);
    expect(stdout).toContain('nothing known: vectorbt should give the same equity to 1e-9');
    const shown = JSON.parse((await cli(root, 'show', runs.plain!, '--json')).stdout);
    const costs = ['--fee-rate', '0.001', '--slippage', '0.0005', '--fill', 'vectorbt', '--json'];
    for (const instructions of ['plain/weights.csv', 'plain/instructions.json']) {
      const files = ['--bars', 'plain/bars.csv', '--instructions', instructions];
      const { stdout } = await cli(root, 'simulate', ...files, ...costs);
      const again = JSON.parse(stdout);
      expect(again.orders.length).toBeGreaterThan(5);
      expect(again.orders).toEqual(shown.orders);
      expect(again.equity).toEqual(shown.equity);
    }
    expect(JSON.parse(read('plain', 'expected.json')).orders).toEqual(shown.orders);
    expect(read('plain', 'weights.csv').split('\n')[0]).toBe('ts,SYN001,SYN002,SYN003');
    expect(read('plain', 'run_instructions.py')).toContain('from_orders');
    expect(read('plain', 'requirements.txt')).toContain('vectorbt==');
  });

  it('says which assumptions the other engine does not share', async () => {
    const { stdout } = await cli(root, 'export', runs.realistic!, '--to', 'vectorbt', '--json');
    const { departures, out } = JSON.parse(stdout);
    expect(departures).toContain('fill.cash scale: vectorbt does as partial');
    expect(existsSync(join(root, out, 'bars.csv'))).toBe(true);
    const nautilus = await cli(root, 'export', runs.stopped!, '--to', 'nautilus', '--out', 'naut');
    expect(nautilus.stdout).toContain('fill.cash partial: nautilus does as reject');
    expect(read('naut', 'run_instructions.py')).toContain('nautilus_trader');
    const config = JSON.parse(read('naut', 'config.json'));
    expect([config.stops.stopLoss, config.account, config.sizePrecision]).toEqual([0.03, 'cash', 9]);
  });

  it('refuses target weights with stops for vectorbt, which has none, and writes nothing', async () => {
    const { code, stderr } = await cli(root, 'export', runs.stopped!, '--to', 'vectorbt', '--out', 'no');
    expect(code).toBe(2);
    expect(stderr).toContain('target weights of several assets together with stops');
    expect(existsSync(join(root, 'no'))).toBe(false);
  });

  it('takes one asset with stops, whose weights are 0 and 1', async () => {
    const { code } = await cli(root, 'export', runs['one-asset']!, '--to', 'vectorbt', '--out', 'one');
    expect(code).toBe(0);
    expect(JSON.parse(read('one', 'config.json')).stops).toEqual({
      stopLoss: null,
      trailingStop: 0.04,
      takeProfit: 0.1,
    });
  });

  it('names an unknown run and an unknown engine', async () => {
    expect((await cli(root, 'export', 'ffff', '--to', 'vectorbt')).stderr).toContain('found none');
    expect((await cli(root, 'export', runs.plain!, '--to', 'lean')).code).toBe(2);
    expect((await cli(root, 'export', runs.plain!)).stderr).toContain('--to');
  });
});
