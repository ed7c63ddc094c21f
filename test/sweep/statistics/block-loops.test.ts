import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/formats/random.ts';
import { blockDraws, createBlockDeviations } from '../../../src/sweep/statistics/block-bootstrap.ts';
import { type BlockLoops, LANES } from '../../../src/sweep/statistics/block-loops.ts';
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
  const own = createBlockDeviations(lengths);
  const ability = createSuperiorAbility(blockDraws(draws, 2), own, BARS, loops);
  const rows = blocksOf(returns);
  const run = createRunBlocks();
  const each = (visit: () => void) => {
    for (let row = 0; row < rows.count; row++) if (readBlocks(rows, row, lengths, 0.0001, run)) visit();
  };
  each(() => {
    overfitting.choose(run);
    if (own.read(run.sum)) ability.observe(run.deviation);
  });
  each(() => overfitting.rank(run));
  return { overfitting: overfitting.result(), ability: ability.result() };
}

/** Maxima of every draw over eight runs: every bit, of which the p-values are but counts. */
function maximaOf(loops: BlockLoops, draws: number) {
  const random = randomStream(3, 1);
  const filled = (length: number) => fill(loops.floats(length), () => random() - 0.5);
  const pairs = Uint16Array.from({ length: 8 * draws }, () => Math.floor(random() * 256));
  const runs = { units: filled(16 * LANES), scales: filled(4 * LANES) };
  const none = () => loops.floats(2 * draws).fill(Number.NEGATIVE_INFINITY);
  const maxima = { upper: none(), consistent: none(), lower: none(), reality: none() };
  const raise = loops.raiseMaxima(pairs, runs, maxima);
  raise();
  fill(runs.units, () => random() - 0.5);
  raise();
  return maxima;
}

const fill = (array: Float64Array, value: () => number) => {
  for (let i = 0; i < array.length; i++) array[i] = value();
  return array;
};

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

  it.each([1_000, 333, 1])('raise the maxima of %i draws to the bits of the plain ones', (draws) => {
    const compiled = maximaOf(compiledLoops()!, draws);
    const plain = maximaOf(PLAIN_LOOPS, draws);
    for (const [name, maxima] of Object.entries(plain)) {
      expect(Array.from(compiled[name as keyof typeof plain])).toEqual(Array.from(maxima));
      expect(new Set(maxima).size).toBe(2 * draws);
    }
  });

  it('have room for everything that the statistics of a sweep can ask for', () => {
    const loops = compiledLoops()!;
    const lengths = blockLengths(BARS);
    createOverfitting(blockSplits(1, 1), lengths, loops);
    const own = createBlockDeviations(lengths);
    expect(createSuperiorAbility(blockDraws(1_000, 1), own, BARS, loops).result()).toBeNull();
  });

  it('refuse an array of other memory', () => {
    const loops = compiledLoops()!;
    expect(() => loops.subsetSums(new Float64Array(16), 0, loops.floats(256))).toThrow(/of these loops/);
  });
});
