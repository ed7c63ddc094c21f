import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, scratch } from '../support/cli.ts';
import { duckdb } from '../support/duckdb.ts';

// The fixture of section 8 of the semantics: worked out by hand there.
const BARS = `symbol,ts,open,high,low,close
A,2024-01-01,100,101,99,100
A,2024-01-02,100,101,90,97
A,2024-01-03,97,98,96,97
A,2024-01-04,98,99,97,98
A,2024-01-05,99,100,98,99
`;
const ONCE = [{ timestamp: '2024-01-01', instructions: { A: { weight: 1 } } }];
const { root, write, remove } = scratch('simulate');

beforeAll(async () => {
  write('bars.csv', BARS);
  write('bars.csv.gz', gzipSync(BARS));
  await duckdb(
    `COPY (SELECT symbol, ts::TIMESTAMP AS ts, open::DOUBLE AS open, high::DOUBLE AS high, low::DOUBLE AS low, close::DOUBLE AS close FROM read_csv('${root}/bars.csv')) TO '${root}/bars.parquet'`,
  );
  write('events.json', JSON.stringify(ONCE));
  write('events.csv', 'timestamp,asset,weight,stop_loss\n2024-01-01,A,1,0.05\n');
  write('sim.json', JSON.stringify({ cash: 10_000, fill: 'vectorbt', stops: { stopLoss: 0.05 } }));
});
afterAll(remove);

async function simulate(...args: string[]) {
  const { code, stdout, stderr } = await cli(root, 'simulate', ...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const FILES = ['--bars', 'bars.csv', '--instructions', 'events.json', '--config', 'sim.json'];

describe('backsweep simulate', () => {
  it('buys 100, sells at the stop of 95 and stays out', async () => {
    const result = await simulate(...FILES);
    expect(result.orders).toEqual([
      {
        bar: 0,
        timestamp: '2024-01-01T00:00:00.000Z',
        asset: 'A',
        side: 'buy',
        quantity: 100,
        price: 100,
        fee: 0,
        reason: 'rebalance',
      },
      {
        bar: 1,
        timestamp: '2024-01-02T00:00:00.000Z',
        asset: 'A',
        side: 'sell',
        quantity: 100,
        price: 95,
        fee: 0,
        reason: 'stop_loss',
      },
    ]);
    expect(result.equity).toEqual([10_000, 9_500, 9_500, 9_500, 9_500]);
    expect(result.cash).toEqual([0, 9_500, 9_500, 9_500, 9_500]);
    expect(result.positions).toEqual({ A: [100, 0, 0, 0, 0] });
    expect(result.rejected).toEqual([]);
    expect(result.metrics).toMatchObject({
      total_return: -0.05,
      stop_loss_exits: 1,
      bars_stopped: 4,
      reentries: 0,
    });
    expect(result.metrics.max_drawdown).toBeCloseTo(-0.05, 15);
    // A row and a cell: 4 + 2·4 and 8 + 4 bytes, against 5 weights and a mask of 5 bytes.
    expect(result.footprint).toEqual({ sparseBytes: 24, denseBytes: 45 });
    expect(result.parity).toEqual({ status: 'identical' });
    expect(Object.keys(result)).toEqual([
      'orders',
      'rejected',
      'equity',
      'cash',
      'positions',
      'metrics',
      'footprint',
      'parity',
    ]);
  });

  it('takes the same bars and instructions in every format', async () => {
    const expected = await simulate(...FILES);
    for (const bars of ['bars.csv.gz', 'bars.parquet']) {
      expect(await simulate('--bars', bars, ...FILES.slice(2))).toEqual(expected);
    }
    await cli(root, 'bars', 'import', 'bars.csv', '--out', 'dataset');
    const flags = ['--cash', '10000', '--fill', 'vectorbt'];
    const csv = await simulate('--bars', 'dataset', '--instructions', 'events.csv', ...flags);
    expect(csv.orders).toEqual(expected.orders);
  });

  it('re-enters the stopped asset on an explicit instruction only', async () => {
    const again = [...ONCE, { timestamp: '2024-01-04', instructions: { A: { weight: 1 } } }];
    write('again.json', JSON.stringify(again));
    const { orders } = await simulate(
      '--bars',
      'bars.csv',
      '--instructions',
      'again.json',
      '--config',
      'sim.json',
    );
    expect(orders.map(({ bar, side, price }: Record<string, unknown>) => [bar, side, price])).toEqual([
      [0, 'buy', 100],
      [1, 'sell', 95],
      [3, 'buy', 98],
    ]);
  });

  it('lets flags override the configuration, stop by stop', async () => {
    const { orders } = await simulate(...FILES, '--stop-loss', '0.08');
    expect(orders[1]).toMatchObject({ bar: 1, price: 92 });
    const fees = await simulate(...FILES, '--fee-rate', '0.01', '--engine', 'event');
    // All 10,000 buy at 100 and pay 1 %: 10,000 / 1.01 / 100 shares.
    expect(fees.orders[0].quantity).toBeCloseTo(99.00990099009901, 12);
    expect(fees.parity).toEqual({ status: 'not_checked' });
  });

  it('gives null for what is undefined, never NaN', async () => {
    write('none.json', '[]');
    const { metrics, orders } = await simulate('--bars', 'bars.csv', '--instructions', 'none.json');
    expect(orders).toEqual([]);
    expect(metrics).toMatchObject({ sharpe: null, win_rate: null, profit_factor: null, total_return: 0 });
  });

  it('prints for people, and orders as CSV', async () => {
    const { stdout } = await cli(root, 'simulate', ...FILES);
    expect(stdout).toMatch(/^2024-01-02 +A +sell +100\.0000 +95\.0000 +0\.00 +stop_loss$/m);
    expect(stdout).toMatch(/^parity +window engine, event engine and dense hold are bit-identical$/m);
    const csv = await cli(root, 'simulate', ...FILES, '--csv');
    expect(csv.stdout).toBe(
      'bar,timestamp,asset,side,quantity,price,fee,reason\n' +
        '0,2024-01-01T00:00:00.000Z,A,buy,100,100,0,rebalance\n' +
        '1,2024-01-02T00:00:00.000Z,A,sell,100,95,0,stop_loss\n',
    );
  });

  it.each<[string, object[], object, RegExp]>([
    [
      'a weight beyond leverage',
      [{ timestamp: '2024-01-01', instructions: { A: { weight: 1.4 } } }],
      {},
      /event 0 .*asset A: expected weight in \[-1, 1\], found 1\.4/,
    ],
    [
      'an unknown asset',
      [{ timestamp: '2024-01-01', instructions: { B: { weight: 1 } } }],
      {},
      /event 0 .*"B"/,
    ],
    [
      'a time that is no bar',
      [{ timestamp: '2024-01-06', instructions: { A: { weight: 1 } } }],
      {},
      /event 0 .*nearest bars: 2024-01-05 before, none after/,
    ],
    ['a wrong field', ONCE, { cahs: 1 }, /bad\.json: cahs: unknown field "cahs"; did you mean cash\?/],
    ['a value that is none', ONCE, { feeRate: 2 }, /bad\.json: feeRate: expected a number below 1, found 2/],
    [
      'fill fields that do not go together',
      ONCE,
      { fill: { stopBase: 'close' } },
      /bad\.json: fill\.stopBase: expected `entryBar: never`/,
    ],
    [
      'a list where a sweep could have one',
      ONCE,
      { slippage: [0, 0.1] },
      /bad\.json: slippage: expected a number/,
    ],
    [
      'a stop of 100 %',
      ONCE,
      { stops: { stopLoss: 1 } },
      /bad\.json: stops\.stopLoss: expected a fraction in \(0, 1\)/,
    ],
  ])('refuses %s with exit 2', async (_, events, config, message) => {
    write('bad-events.json', JSON.stringify(events));
    write('bad.json', JSON.stringify(config));
    const { code, stderr, stdout } = await cli(
      root,
      'simulate',
      '--bars',
      'bars.csv',
      '--instructions',
      'bad-events.json',
      '--config',
      'bad.json',
    );
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});
