import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportRun } from '../export-run.ts';
import { runPython } from '../python.ts';
import { installableReleases } from './releases.ts';

const root = mkdtempSync(join(tmpdir(), 'backsweep-peer-export-'));
afterAll(() => rmSync(root, { recursive: true }));

const [newest] = installableReleases();

describe('a run that is exported and repeated in NautilusTrader', () => {
  it.each([
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
  ])('has our fills and our equity: %s', async (name, fields) => {
    const folder = await exportRun(root, 'nautilus', name, {
      stops: { trailingStop: 0.05 },
      fill: 'nautilus',
      ...fields,
    });
    const [, line] = (await runPython(newest!, 'run_instructions.py', [folder])).split('\n');
    const result = JSON.parse(line!);
    expect(result.version).toBe(newest!.version);
    expect(result.fills).toBe(result.fillsExpected);
    expect(result.fills).toBeGreaterThan(10);
    expect(result.largestDifference).toBeLessThanOrEqual(1e-9);
  });
});
