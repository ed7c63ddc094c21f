import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { randomStream } from '../../formats/random.ts';

/** Draws times runs that a sweep spends, at most. */
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
 * The blocks of each draw: 16 of the 16 with replacement, each alike (the bootstrap of non-overlapping blocks, Carlstein 1986);
 * [draws·BLOCKS], draw after draw.
 *
 * @param seed a function of the content of the sweep
 */
export function blockDraws(draws: number, seed: number): Uint8Array {
  const random = randomStream(seed, STREAM);
  return Uint8Array.from({ length: draws * BLOCKS }, () => Math.floor(random() * BLOCKS));
}

/** The block sums of one run after another, as deviations from their mean. */
export interface BlockDeviations {
  /** As a vector of length 1; [BLOCKS] */
  readonly unit: Float64Array;
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
 * Reads block sums for a bootstrap of the mean return: a block of n_b bars deviates by Σr − n_b·mean.
 *
 * @param lengths bars of each block
 */
export function createBlockDeviations(lengths: Float64Array): BlockDeviations {
  const bars = lengths.reduce((sum, n) => sum + n, 0);
  const unit = new Float64Array(BLOCKS);
  const deviations: BlockDeviations = {
    unit,
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
      deviations.total = total;
      deviations.norm = norm;
      return true;
    },
  };
  return deviations;
}
