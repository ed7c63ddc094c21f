import { describe, expect, it } from 'vitest';
import { blockSplits } from '../../../src/sweep/statistics/block-splits.ts';
import { createOverfitting } from '../../../src/sweep/statistics/overfitting.ts';
import { PLAIN_LOOPS } from '../../../src/sweep/statistics/plain-loops.ts';
import {
  type BlockColumns,
  blockLengths,
  createRunBlocks,
  readBlocks,
} from '../../../src/sweep/statistics/run-blocks.ts';
import { blocksOf, noise } from '../../support/simulated-runs.ts';

function overfitting(rows: BlockColumns, bars: number, splits = blockSplits(rows.count, 1), riskFree = 0) {
  const lengths = blockLengths(bars);
  const found = createOverfitting(splits, lengths, PLAIN_LOOPS);
  const run = createRunBlocks();
  for (const pass of [found.choose, found.rank]) {
    for (let row = 0; row < rows.count; row++) if (readBlocks(rows, row, lengths, riskFree, run)) pass(run);
  }
  return found.result();
}

/** The same by the definition: returns of a half bar by bar, every run's Sharpe ratio, ranks by counting. */
function slow(returns: readonly number[][], splits: Uint16Array, riskFree: number) {
  const bars = returns[0]!.length;
  const lengths = blockLengths(bars);
  const blockAt: number[] = [];
  lengths.forEach((n, b) => {
    for (let i = 0; i < n; i++) blockAt.push(b);
  });
  const sharpes = (mask: number) =>
    returns.map((run) => {
      const half = run.filter((_, t) => (mask >> blockAt[t]!) & 1).map((r) => r - riskFree);
      const mean = half.reduce((a, b) => a + b, 0) / half.length;
      const variance = half.reduce((a, r) => a + (r - mean) ** 2, 0) / (half.length - 1);
      return variance > 1e-18 ? mean / Math.sqrt(variance) : 0;
    });
  const logits: number[] = [];
  let losses = 0;
  for (const mask of splits) {
    for (const [inside, outside] of [
      [sharpes(mask), sharpes(0xffff ^ mask)],
      [sharpes(0xffff ^ mask), sharpes(mask)],
    ] as const) {
      const best = inside.indexOf(Math.max(...inside));
      const lower = outside.filter((s) => s < outside[best]! - 1e-9).length;
      const same = outside.filter((s) => Math.abs(s - outside[best]!) <= 1e-9).length;
      const rank = lower + (same + 1) / 2;
      logits.push(Math.log(rank / (returns.length + 1 - rank)));
      if (outside[best]! < 0) losses++;
    }
  }
  return {
    probability: logits.filter((l) => l <= 0).length / logits.length,
    losses: losses / logits.length,
    logits,
  };
}

describe('the probability of backtest overfitting', () => {
  it.each([
    ['noise', noise(7, 100, 3), 0],
    ['noise above a risk-free rate', noise(7, 100, 4), 0.0003],
    ['runs that are equal, flat for a half, and flat throughout', flatRuns(), 0],
  ])('is that of its definition, bar by bar: %s', (_, returns, riskFree) => {
    const all = blockSplits(1, 1);
    const splits = all.filter((_mask, i) => i % 97 === 0);
    const found = overfitting(blocksOf(returns), 100, splits, riskFree)!;
    const varying = returns.filter((run) => run.some((r) => r !== run[0]));
    const expected = slow(varying, splits, riskFree);
    expect(found.runs).toBe(varying.length);
    expect(found.probability).toBe(expected.probability);
    expect(found.lossProbability).toBe(expected.losses);
    const ascending = expected.logits.sort((a, b) => a - b);
    expect(found.logitQuantiles[0]![1]).toBeCloseTo(ascending[0]!, 10);
    expect(found.logitQuantiles.at(-1)![1]).toBeCloseTo(ascending.at(-1)!, 10);
  });

  it('is about a half for noise', () => {
    const found = Array.from({ length: 12 }, (_, seed) => overfitting(blocksOf(noise(30, 320, seed)), 320)!);
    const mean = found.reduce((sum, { probability }) => sum + probability, 0) / found.length;
    // one sweep of noise gives anything between 0.2 and 0.8: the standard deviation of the mean of 12 is below 0.05
    expect(mean).toBeGreaterThan(0.35);
    expect(mean).toBeLessThan(0.65);
  });

  it('is near 0 where one run has an edge, which is also found outside', () => {
    const found = overfitting(blocksOf(noise(30, 320, 5, 1, 0.004)), 320)!;
    expect(found.probability).toBeLessThan(0.02);
    expect(found.lossProbability).toBeLessThan(0.01);
  });

  it('is undefined for one run', () => {
    expect(overfitting(blocksOf(noise(1, 64, 1)), 64)).toBeNull();
  });

  it('takes all 6,435 pairs of halves, or a seeded subset of them that only content decides', () => {
    const all = blockSplits(7_000, 1);
    expect(all.length).toBe(6_435);
    expect(new Set(all).size).toBe(6_435);
    const some = blockSplits(100_000, 7);
    expect(some.length).toBe(500);
    expect(new Set(some).size).toBe(500);
    expect(some.every((mask) => all.includes(mask))).toBe(true);
    expect([...blockSplits(100_000, 7)]).toEqual([...some]);
    expect([...blockSplits(100_000, 8)]).not.toEqual([...some]);
    expect(blockSplits(1_000_000, 7).length).toBe(50);
  });
});

function flatRuns(): number[][] {
  const runs = noise(4, 100, 6);
  const halfFlat = noise(2, 100, 7).map((run) => run.map((r, t) => (t < 50 ? 0 : r)));
  return [...runs, runs[0]!.slice(), ...halfFlat, new Array<number>(100).fill(0)];
}
