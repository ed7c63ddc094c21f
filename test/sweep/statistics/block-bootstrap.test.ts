import { describe, expect, it } from 'vitest';
import { blockDraws, createBlockDeviations, drawsOf } from '../../../src/sweep/statistics/block-bootstrap.ts';
import { createEffectiveTrials } from '../../../src/sweep/statistics/effective-trials.ts';
import { PLAIN_LOOPS } from '../../../src/sweep/statistics/plain-loops.ts';
import { blockLengths, createRunBlocks, readBlocks } from '../../../src/sweep/statistics/run-blocks.ts';
import { createSuperiorAbility } from '../../../src/sweep/statistics/superior-ability.ts';
import { blocksOf, noise, normals } from '../../support/simulated-runs.ts';

const BARS = 160;
const lengths = blockLengths(BARS);

function ability(returns: readonly number[][], draws: number, seed: number) {
  const own = createBlockDeviations(lengths);
  const found = createSuperiorAbility(blockDraws(draws, seed), own, BARS, PLAIN_LOOPS);
  const rows = blocksOf(returns);
  const run = createRunBlocks();
  for (let row = 0; row < rows.count; row++) {
    if (readBlocks(rows, row, lengths, 0, run) && own.read(run.sum)) found.observe(run.deviation);
  }
  return found.result()!;
}

/** The same from all returns at hand, each draw put together block by block; statistics to ten digits, which rounding may touch. */
function obviously(returns: readonly number[][], picks: Uint8Array, found: ReturnType<typeof ability>) {
  const draws = picks.length / 16;
  const runs = returns.map((run) => {
    const mean = run.reduce((a, b) => a + b, 0) / BARS;
    const sigma = Math.sqrt(run.reduce((a, r) => a + (r - mean) ** 2, 0) / (BARS - 1));
    const blocks = Array.from({ length: 16 }, (_, b) =>
      run.slice(10 * b, 10 * b + 10).reduce((x, y) => x + y, 0),
    );
    const resampled = Array.from({ length: draws }, (_, d) =>
      picks.subarray(16 * d, 16 * d + 16).reduce((sum, b) => sum + blocks[b]! - 10 * mean, 0),
    );
    const t = (Math.sqrt(BARS) * mean) / sigma;
    const spread = Math.sqrt(blocks.reduce((a, x) => a + (x - 10 * mean) ** 2, 0) * (16 / 15));
    const hopeless = (BARS * mean) / spread < -Math.sqrt(2 * Math.log(Math.log(16)));
    return {
      sigma,
      t,
      hopeless,
      drawn: resampled.map((sum) => (Math.sqrt(16 / 15) * sum) / (Math.sqrt(BARS) * sigma)),
    };
  });
  const highest = Math.max(...runs.map(({ t }) => t));
  const reality = Math.max(...runs.map(({ t, sigma }) => t * sigma));
  const p = (of: (run: (typeof runs)[number], d: number) => number, value: number) => {
    const asHigh = Array.from({ length: draws }, (_, d) => Math.max(...runs.map((run) => of(run, d)))).filter(
      (maximum) => maximum >= value,
    );
    return (1 + asHigh.length) / (1 + draws);
  };
  expect(found.statistic).toBeCloseTo(highest, 10);
  expect(found.realityCheck).toBeCloseTo(reality, 10);
  return {
    ...found,
    runs: runs.length,
    draws,
    realityCheckP: p(({ drawn, sigma }, d) => drawn[d]! * sigma, reality),
    lowerP: p(({ drawn, t }, d) => drawn[d]! + Math.min(t, 0), highest),
    consistentP: p(({ drawn, t, hopeless }, d) => drawn[d]! + (hopeless ? t : 0), highest),
    upperP: p(({ drawn }, d) => drawn[d]!, highest),
  };
}

describe('the draws', () => {
  it('take 16 blocks each, every block as often as the others, the same for a seed', () => {
    const picks = blockDraws(2_000, 3);
    expect(picks).toHaveLength(16 * 2_000);
    const perBlock = new Array<number>(16).fill(0);
    for (const block of picks) perBlock[block]!++;
    expect(perBlock).toHaveLength(16);
    // 2,000 of 32,000, standard deviation 43
    for (const n of perBlock) expect(Math.abs(n - 2_000)).toBeLessThan(200);
    expect(picks).toEqual(blockDraws(2_000, 3));
    expect([drawsOf(1), drawsOf(100_000), drawsOf(500_000), drawsOf(10_000_000)]).toEqual([
      1000, 1000, 200, 100,
    ]);
  });
});

describe('Reality Check and SPA', () => {
  it('have uniform p-values where no run has an edge', () => {
    const ps = Array.from({ length: 200 }, (_, i) => ability(noise(10, BARS, 500 + i), 199, i));
    for (const of of [ps.map((p) => p.realityCheckP), ps.map((p) => p.upperP)]) {
      const ascending = of.sort((a, b) => a - b);
      // Kolmogorov-Smirnov at 1 ‰: 1.95 / √200; the p-values themselves are steps of 1/200
      const distance = Math.max(
        ...ascending.map((p, i) => Math.max(Math.abs(p - i / 200), Math.abs(p - (i + 1) / 200))),
      );
      expect(distance).toBeLessThan(1.95 / Math.sqrt(200) + 1 / 200);
    }
  });

  it('find the one run with an edge among runs of noise, and bound the consistent p-value', () => {
    const found = ability(noise(50, BARS, 8, 1, 0.006), 999, 1);
    expect(found.consistentP).toBeLessThan(0.01);
    expect(found.realityCheckP).toBeLessThan(0.01);
    const other = ability(noise(50, BARS, 9), 999, 1);
    expect(other.lowerP).toBeLessThanOrEqual(other.consistentP);
    expect(other.consistentP).toBeLessThanOrEqual(other.upperP);
  });

  it('are not misled by a crowd of hopeless runs, as the upper bound is', () => {
    const good = noise(2, BARS, 10, 1, 0.0017);
    const hopeless = noise(400, BARS, 11).map((run) => run.map((r) => 3 * r - 0.02));
    const alone = ability(good, 999, 2);
    const crowded = ability([...good, ...hopeless], 999, 2);
    expect(crowded.consistentP).toBe(alone.consistentP);
    expect(crowded.upperP).toBeGreaterThan(alone.upperP);
  });

  it.each([1, 2, 3, 4, 9, 12])('are those of the whole matrix of draws and runs, of %i runs', (runs) => {
    const returns = [...noise(runs, BARS, 30, 1, 0.001)];
    if (runs > 2) returns[2] = returns[2]!.map((r) => r - 0.02); // out of the race
    const found = ability(returns, 333, 5);
    expect(found).toEqual(obviously(returns, blockDraws(333, 5), found));
  });

  it('are undefined without runs', () => {
    const own = createBlockDeviations(lengths);
    expect(createSuperiorAbility(blockDraws(10, 1), own, BARS, PLAIN_LOOPS).result()).toBeNull();
  });
});

describe('the effective number of trials', () => {
  const own = createBlockDeviations(lengths);
  /** Block sums of `groups` directions, each `size` times, with something in common. */
  function trials(groups: number, size: number, common: number, planned = groups * size) {
    const next = normals(17 + groups);
    const market = Array.from({ length: 16 }, next);
    const found = createEffectiveTrials(planned);
    for (let g = 0; g < groups; g++) {
      const group = Array.from({ length: 16 }, next);
      for (let k = 0; k < size; k++) {
        own.read(Float64Array.from(group, (x, b) => x + common * market[b]! + 0.05 * next()));
        found.observe(own.unit);
      }
    }
    return found.result()!;
  }

  it.each([
    [20, 1, 0],
    [600, 1, 0],
    [10, 60, 0],
    [100, 10, 0.5],
    [300, 1, 1.5],
  ])(
    'of %i independent groups of %i runs that have %f in common is the number of groups',
    (groups, size, common) => {
      const { trials: found } = trials(groups, size, common);
      expect(found / groups).toBeGreaterThan(0.8);
      expect(found / groups).toBeLessThan(1.25);
    },
  );

  it('is told from a sample where there are more than 4,000 runs', () => {
    const { trials: found, sampled, runs } = trials(1_000, 20, 0);
    expect(runs).toBe(20_000);
    expect(sampled).toBeLessThan(4_400);
    expect(found).toBeGreaterThan(700);
    expect(found).toBeLessThan(1_400);
  });

  it('is 1 for runs that are all the same, with a mean correlation of 1', () => {
    const found = createEffectiveTrials(3);
    own.read(Float64Array.from({ length: 16 }, (_, b) => b * b));
    for (let k = 0; k < 3; k++) found.observe(own.unit);
    expect(found.result()!.trials).toBeCloseTo(1, 2);
    expect(found.result()!.meanCorrelation).toBeCloseTo(1, 12);
    expect(createEffectiveTrials(1).result()).toBeNull();
  });
});
