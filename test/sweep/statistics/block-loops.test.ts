import { describe, expect, it } from 'vitest';
import { blockDraws, createBlockBootstrap } from '../../../src/sweep/statistics/block-bootstrap.ts';
import type { BlockLoops } from '../../../src/sweep/statistics/block-loops.ts';
import { blockSplits } from '../../../src/sweep/statistics/block-splits.ts';
import { compiledLoops } from '../../../src/sweep/statistics/compiled-loops.ts';
import { createOverfitting } from '../../../src/sweep/statistics/overfitting.ts';
import { PLAIN_LOOPS } from '../../../src/sweep/statistics/plain-loops.ts';
import { blockLengths, createRunBlocks, readBlocks } from '../../../src/sweep/statistics/run-blocks.ts';
import { createSuperiorAbility } from '../../../src/sweep/statistics/superior-ability.ts';
import { blocksOf, noise } from '../../support/simulated-runs.ts';

const BARS = 163;

/** Every number that the loops come to, over runs of noise among which some are equal and some are flat for a while. */
function outcome(loops: BlockLoops, splits: Uint16Array, draws: number) {
  const returns = noise(40, BARS, 5);
  returns[7] = [...returns[3]!];
  returns[8] = returns[3]!.map((r, t) => (t < BARS / 2 ? 0 : r));
  returns[9] = returns[3]!.map((r) => -r);
  const lengths = blockLengths(BARS);
  const overfitting = createOverfitting(splits, lengths, loops);
  const bootstrap = createBlockBootstrap(blockDraws(draws, 2), lengths, loops);
  const ability = createSuperiorAbility(bootstrap, BARS, loops);
  const rows = blocksOf(returns);
  const run = createRunBlocks();
  const sums: number[] = [];
  const each = (visit: () => void) => {
    for (let row = 0; row < rows.count; row++) if (readBlocks(rows, row, lengths, 0.0001, run)) visit();
  };
  each(() => {
    overfitting.choose(run);
    if (bootstrap.read(run.sum)) ability.observe(bootstrap, run.deviation);
    sums.push(...bootstrap.sums);
  });
  each(() => overfitting.rank(run));
  return { sums, overfitting: overfitting.result(), ability: ability.result() };
}

describe('the compiled loops', () => {
  it.each([
    ['all splits and 1,000 draws', blockSplits(1, 1), 1_000],
    ['some splits and an odd number of draws', blockSplits(300_000, 1), 333],
  ])('give the bits of the plain ones: %s', (_, splits, draws) => {
    const compiled = outcome(compiledLoops()!, splits, draws);
    expect(compiled).toEqual(outcome(PLAIN_LOOPS, splits, draws));
    expect(compiled.overfitting!.probability).toBeGreaterThan(0);
    expect(compiled.ability!.consistentP).toBeLessThan(1);
  });

  it('have room for everything that the statistics of a sweep can ask for', () => {
    const loops = compiledLoops()!;
    const lengths = blockLengths(BARS);
    createOverfitting(blockSplits(1, 1), lengths, loops);
    for (const _ of ['the runs', 'their differences from the benchmark']) {
      createBlockBootstrap(blockDraws(1_000, 1), lengths, loops);
    }
    const bootstrap = createBlockBootstrap(blockDraws(1_000, 1), lengths, loops);
    expect(createSuperiorAbility(bootstrap, BARS, loops).result()).toBeNull();
  });

  it('refuse an array of other memory', () => {
    const loops = compiledLoops()!;
    expect(() => loops.subsetSums(new Float64Array(16), 0, loops.floats(256))).toThrow(/of these loops/);
  });
});
