import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { randomStream } from '../../formats/random.ts';
import type { BlockLoops } from './block-loops.ts';

/** Products of a draw and a run that a sweep spends, at most. */
const BUDGET = 1e8;
const FEWEST_DRAWS = 100;
const MOST_DRAWS = 1_000;
/** Stream of the seed that the draws are taken from. */
const STREAM = 1;

/** Draws of a sweep of so many runs: 1,000, or 10^8 / runs, but at least 100. */
export function drawsOf(runs: number): number {
  return Math.max(FEWEST_DRAWS, Math.min(MOST_DRAWS, Math.floor(BUDGET / Math.max(1, runs))));
}

/**
 * How often each block is taken in each draw: 16 of the 16 blocks with replacement, each alike (the bootstrap of
 * non-overlapping blocks, Carlstein 1986); [draws·BLOCKS], draw after draw.
 *
 * @param seed a function of the content of the sweep
 */
export function blockDraws(draws: number, seed: number): Float64Array {
  const random = randomStream(seed, STREAM);
  const counts = new Float64Array(draws * BLOCKS);
  for (let d = 0; d < draws; d++) {
    for (let k = 0; k < BLOCKS; k++) counts[d * BLOCKS + Math.floor(random() * BLOCKS)]!++;
  }
  return counts;
}

/** The draws of one run after another. */
export interface BlockBootstrap {
  /** Deviations of the run's block sums from their mean, as a vector of length 1; [BLOCKS] */
  readonly unit: Float64Array;
  /** The sum of `unit` over the blocks of each draw; [draws] */
  readonly sums: Float64Array;
  /** Σ of the block sums. */
  total: number;
  /** √Σ deviations². */
  norm: number;
  /** Fills the above from block sums [BLOCKS]; false, and nothing to read, where the blocks do not differ. */
  read(sum: Float64Array): boolean;
}

/** The part of the sums that rounding may leave of deviations that are 0 in truth. */
const FLAT = 1e-12;

/**
 * A bootstrap of the mean return of runs from their block sums: a block of n_b bars deviates by Σr − n_b·mean.
 *
 * @param counts as `blockDraws` gives them
 * @param lengths bars of each block
 */
export function createBlockBootstrap(
  counts: Float64Array,
  lengths: Float64Array,
  loops: BlockLoops,
): BlockBootstrap {
  const bars = lengths.reduce((sum, n) => sum + n, 0);
  const unit = loops.floats(BLOCKS);
  const sums = loops.floats(counts.length / BLOCKS);
  const ownCounts = loops.floats(counts.length);
  ownCounts.set(counts);
  const drawSums = loops.drawSums(ownCounts, unit, sums);
  const bootstrap: BlockBootstrap = {
    unit,
    sums,
    total: 0,
    norm: 0,
    read(sum) {
      let total = 0;
      let size = 0;
      for (let b = 0; b < BLOCKS; b++) {
        total += sum[b]!;
        size += sum[b]! * sum[b]!;
      }
      let squares = 0;
      for (let b = 0; b < BLOCKS; b++) {
        const deviation = sum[b]! - (lengths[b]! / bars) * total;
        unit[b] = deviation;
        squares += deviation * deviation;
      }
      if (!(squares > FLAT * size)) return false;
      const norm = Math.sqrt(squares);
      for (let b = 0; b < BLOCKS; b++) unit[b]! /= norm;
      bootstrap.total = total;
      bootstrap.norm = norm;
      drawSums();
      return true;
    },
  };
  return bootstrap;
}
