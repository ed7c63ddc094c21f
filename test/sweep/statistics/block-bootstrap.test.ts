import { describe, expect, it } from 'vitest';
import { blockDraws, createBlockBootstrap, drawsOf } from '../../../src/sweep/statistics/block-bootstrap.ts';
import { createEffectiveTrials } from '../../../src/sweep/statistics/effective-trials.ts';
import { PLAIN_LOOPS } from '../../../src/sweep/statistics/plain-loops.ts';
import { blockLengths, createRunBlocks, readBlocks } from '../../../src/sweep/statistics/run-blocks.ts';
import { createSuperiorAbility } from '../../../src/sweep/statistics/superior-ability.ts';
import { blocksOf, noise, normals } from '../../support/simulated-runs.ts';

const BARS = 160;
const lengths = blockLengths(BARS);

function ability(returns: readonly number[][], draws: number, seed: number) {
  const bootstrap = createBlockBootstrap(blockDraws(draws, seed), lengths, PLAIN_LOOPS);
  const found = createSuperiorAbility(bootstrap, BARS, PLAIN_LOOPS);
  const rows = blocksOf(returns);
  const run = createRunBlocks();
  for (let row = 0; row < rows.count; row++) {
    if (readBlocks(rows, row, lengths, 0, run) && bootstrap.read(run.sum))
      found.observe(bootstrap, run.deviation);
  }
  return found.result()!;
}

describe('the draws', () => {
  it('take 16 blocks each, every block as often as the others, the same for a seed', () => {
    const counts = blockDraws(2_000, 3);
    const perBlock = new Array<number>(16).fill(0);
    for (let d = 0; d < 2_000; d++) {
      const draw = counts.subarray(16 * d, 16 * d + 16);
      expect(draw.reduce((a, b) => a + b, 0)).toBe(16);
      draw.forEach((n, b) => {
        perBlock[b]! += n;
      });
    }
    // 2,000 of 32,000, standard deviation 43
    for (const n of perBlock) expect(Math.abs(n - 2_000)).toBeLessThan(200);
    expect(counts).toEqual(blockDraws(2_000, 3));
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

  it('are undefined without runs', () => {
    expect(createSuperiorAbility({ sums: new Float64Array(10) }, BARS, PLAIN_LOOPS).result()).toBeNull();
  });
});

describe('the effective number of trials', () => {
  const bootstrap = createBlockBootstrap(blockDraws(1, 1), lengths, PLAIN_LOOPS);
  /** Block sums of `groups` directions, each `size` times, with something in common. */
  function trials(groups: number, size: number, common: number, planned = groups * size) {
    const next = normals(17 + groups);
    const market = Array.from({ length: 16 }, next);
    const found = createEffectiveTrials(planned);
    for (let g = 0; g < groups; g++) {
      const own = Array.from({ length: 16 }, next);
      for (let k = 0; k < size; k++) {
        bootstrap.read(Float64Array.from(own, (x, b) => x + common * market[b]! + 0.05 * next()));
        found.observe(bootstrap.unit);
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
    bootstrap.read(Float64Array.from({ length: 16 }, (_, b) => b * b));
    for (let k = 0; k < 3; k++) found.observe(bootstrap.unit);
    expect(found.result()!.trials).toBeCloseTo(1, 2);
    expect(found.result()!.meanCorrelation).toBeCloseTo(1, 12);
    expect(createEffectiveTrials(1).result()).toBeNull();
  });
});
