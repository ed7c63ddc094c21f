import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportRun } from '../export-run.ts';
import { repeatExports } from '../python.ts';
import { installableReleases } from './releases.ts';

const root = mkdtempSync(join(tmpdir(), 'backsweep-peer-export-'));
afterAll(() => rmSync(root, { recursive: true }));

const [newest] = installableReleases();

const RUNS: [string, object][] = [
  ['weights with trailing stops', { strategy: { name: 'momentum', params: { lookback: 10, top: 2 } } }],
  [
    'three stops, costs and whole lots',
    {
      strategy: { name: 'sma-trend', params: { window: 20, budget: 0.9 } },
      stops: { stopLoss: 0.05, trailingStop: 0.06, takeProfit: 0.1 },
      portfolio: { feeRate: 0.0005, fixedFee: 1, lotSize: 0.001 },
    },
  ],
  [
    'a short in a margin account',
    {
      strategy: {
        name: 'fixed-weights',
        params: { weights: { SYN001: 0.5, SYN002: -0.3 }, rebalance: 5 },
      },
      portfolio: { allowShort: true },
    },
  ],
];

describe('a run that is exported and repeated in NautilusTrader', async () => {
  const folders: string[] = [];
  for (const [name, fields] of RUNS) {
    const sweep = { stops: { trailingStop: 0.05 }, fill: 'nautilus', ...fields };
    folders.push(await exportRun(root, 'nautilus', name, sweep));
  }
  const results = await repeatExports(newest!, folders);

  it.each(RUNS.map(([name], i) => [name, i] as const))('has our fills and our equity: %s', (_, i) => {
    const result = results[i];
    expect(result.version).toBe(newest!.version);
    expect(result.fills).toBe(result.fillsExpected);
    expect(result.fills).toBeGreaterThan(10);
    expect(result.largestDifference).toBeLessThanOrEqual(1e-9);
  });
});
