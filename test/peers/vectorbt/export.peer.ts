import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseInstructions } from '../../../src/formats/instructions.ts';
import { exportRun } from '../export-run.ts';
import { repeatExports, runPython } from '../python.ts';

const root = mkdtempSync(join(tmpdir(), 'backsweep-peer-export-'));
afterAll(() => rmSync(root, { recursive: true }));

const RUNS: [string, object][] = [
  [
    'weights at the close',
    { strategy: { name: 'momentum', params: { lookback: 10, top: 2 } }, stops: {}, fill: 'vectorbt' },
  ],
  [
    'one asset with trailing stop and take-profit',
    {
      universe: ['SYN001'],
      strategy: { name: 'sma-trend', params: { window: 20 } },
      stops: { trailingStop: 0.04, takeProfit: 0.1 },
      fill: 'vectorbt',
    },
  ],
];

describe('a run that is exported and repeated in vectorbt', async () => {
  const portfolio = { feeRate: 0.001, slippage: 0.0005 };
  const folders: string[] = [];
  for (const [name, fields] of RUNS) {
    folders.push(await exportRun(root, 'vectorbt', name, { portfolio, ...fields }));
  }
  const results = await repeatExports({ peer: 'vectorbt' }, folders);

  it.each(RUNS.map(([name], i) => [name, i] as const))('has our equity: %s', (_, i) => {
    const result = results[i];
    expect(result.orders).toBe(result.ordersExpected);
    expect(result.orders).toBeGreaterThan(2);
    expect(result.largestDifference).toBeLessThanOrEqual(1e-9);
  });
});

it('what pandas writes is read: a wide DataFrame in CSV and Parquet, NaN = maintain', async () => {
  await runPython('vectorbt', 'write_frames.py', [root]);
  const expected = [
    { timestamp: Date.UTC(2020, 0, 1), instructions: { AAPL: { weight: 0.5 }, MSFT: { weight: 0.25 } } },
    { timestamp: Date.UTC(2020, 0, 2), instructions: { AAPL: { weight: 0 } } },
    { timestamp: Date.UTC(2020, 0, 6), instructions: {} },
  ];
  for (const file of ['named.csv', 'unnamed.csv', 'named.parquet', 'unnamed.parquet']) {
    const events = await parseInstructions(readFileSync(join(root, file)), file);
    expect(
      events.map(({ timestamp, instructions }) => ({ timestamp, instructions })),
      file,
    ).toEqual(expected);
  }
});
