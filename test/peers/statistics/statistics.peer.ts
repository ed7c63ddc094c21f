import { describe, expect, it } from 'vitest';
import { BLOCKS } from '../../../src/core/metrics/return-stats.ts';
import { blockDraws, createBlockDeviations } from '../../../src/sweep/statistics/block-bootstrap.ts';
import { blockSplits } from '../../../src/sweep/statistics/block-splits.ts';
import { createOverfitting } from '../../../src/sweep/statistics/overfitting.ts';
import { PLAIN_LOOPS } from '../../../src/sweep/statistics/plain-loops.ts';
import {
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
} from '../../../src/sweep/statistics/probabilistic-sharpe.ts';
import { blockLengths, createRunBlocks, readBlocks } from '../../../src/sweep/statistics/run-blocks.ts';
import { createSuperiorAbility } from '../../../src/sweep/statistics/superior-ability.ts';
import { blocksOf, noise } from '../../support/simulated-runs.ts';
import { runPython } from '../python.ts';

const BARS = 480;
const DRAWS = 1_000;

interface Peer {
  cscv: Record<'probability' | 'median' | 'slope' | 'intercept' | 'loss', number>;
  reality: Record<'given' | 'own', Record<'lower' | 'consistent' | 'upper', number>>;
  spa: Peer['reality'];
  sharpe: Record<'psr' | 'above' | 'record', number>[];
}

const picks = blockDraws(DRAWS, 4);
const draws = Array.from({ length: DRAWS }, (_, d) => [...picks.subarray(BLOCKS * d, BLOCKS * (d + 1))]);

async function askPeer(returns: readonly (readonly number[])[]): Promise<Peer> {
  return JSON.parse(await runPython('statistics', 'statistics.py', [], JSON.stringify({ returns, draws })));
}

const SAMPLES = [
  ['noise', noise(12, BARS, 21)],
  [
    'one run with an edge, some hopeless',
    [...noise(10, BARS, 22, 1, 0.0012), ...noise(3, BARS, 23, 3, -0.004)],
  ],
] as const;
const asked = await Promise.all(
  SAMPLES.map(async ([name, returns]) => [name, returns, await askPeer(returns)] as const),
);

describe.each(asked)('statistics of %s from block sums', (_, returns, peer) => {
  const lengths = blockLengths(BARS);
  const rows = blocksOf(returns);
  const run = createRunBlocks();
  const each = (visit: () => void) => {
    for (let row = 0; row < rows.count; row++) if (readBlocks(rows, row, lengths, 0, run)) visit();
  };

  it('agree with cross-validation of the full matrix of returns', () => {
    const found = createOverfitting(blockSplits(rows.count, 1), lengths, PLAIN_LOOPS);
    each(() => found.choose(run));
    each(() => found.rank(run));
    const mine = found.result()!;
    expect(mine.probability).toBe(peer.cscv.probability);
    expect(mine.lossProbability).toBe(peer.cscv.loss);
    expect(mine.logitQuantiles.find(([level]) => level === 0.5)![1]).toBeCloseTo(peer.cscv.median, 10);
    expect(mine.slope).toBeCloseTo(peer.cscv.slope, 8);
    expect(mine.intercept).toBeCloseTo(peer.cscv.intercept, 8);
  });

  it('agree with arch on the same draws exactly, and on its own within chance', () => {
    const own = createBlockDeviations(lengths);
    const found = createSuperiorAbility(picks, own, BARS, PLAIN_LOOPS);
    each(() => {
      if (own.read(run.sum)) found.observe(run.deviation);
    });
    const mine = found.result()!;
    const share = (p: number) => (p * (DRAWS + 1) - 1) / DRAWS; // arch counts draws alone
    expect(share(mine.realityCheckP)).toBeCloseTo(peer.reality.given.upper, 9);
    expect(share(mine.lowerP)).toBeCloseTo(peer.spa.given.lower, 9);
    expect(share(mine.consistentP)).toBeCloseTo(peer.spa.given.consistent, 9);
    expect(share(mine.upperP)).toBeCloseTo(peer.spa.given.upper, 9);
    // four standard deviations of 1,000 draws against 5,000
    const chance = 4 * Math.sqrt(0.25 / DRAWS + 0.25 / 5_000);
    expect(Math.abs(mine.consistentP - peer.spa.own.consistent)).toBeLessThan(chance);
    expect(Math.abs(mine.realityCheckP - peer.reality.own.upper)).toBeLessThan(chance);
  });

  it('agree with scipy on the probability of a Sharpe ratio and the shortest record', () => {
    for (const [k, one] of returns.entries()) {
      const sums = [1, 2, 3, 4].map((power) => one.reduce((sum, r) => sum + r ** power, 0));
      const sample = sharpeSample(BARS, sums as [number, number, number, number], 0)!;
      expect(probabilisticSharpe(sample, 0)).toBeCloseTo(peer.sharpe[k]!.psr, 10);
      expect(probabilisticSharpe(sample, 0.02)).toBeCloseTo(peer.sharpe[k]!.above, 10);
      if (sample.sharpe > 0) {
        expect(minimumTrackRecord(sample, 0, 0.95) / peer.sharpe[k]!.record).toBeCloseTo(1, 9);
      }
    }
  });
});
