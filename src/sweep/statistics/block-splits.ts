import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { keyedPermutation } from '../permutation.ts';

const HALF = BLOCKS / 2;
/** Evaluations of a Sharpe ratio that a sweep spends on its splits, at most, for each of two passes. */
const BUDGET = 1e8;

/** C(16, 8): all ways to take half of the blocks as in-sample. */
export const ALL_SPLITS = 12_870;

/**
 * Splits of the blocks into two halves, each pair of complements once as 16-bit masks (bit b = block b): the first is in-sample
 * and the second out of sample, and the other way round.
 *
 * All 6,435 pairs, or as many as 10^8 / runs splits allow, drawn by the seed: a function of the content of the sweep.
 */
export function blockSplits(runs: number, seed: number): Uint16Array {
  const all = halves();
  const wanted = Math.min(ALL_SPLITS, Math.max(2, Math.floor(BUDGET / Math.max(1, runs))));
  const pairs = Math.floor(wanted / 2);
  if (pairs >= all.length) return all;
  const permute = keyedPermutation(BigInt(all.length), seed);
  const drawn = Array.from({ length: pairs }, (_, i) => Number(permute(i)));
  return Uint16Array.from(
    drawn.sort((a, b) => a - b),
    (i) => all[i]!,
  );
}

/** Masks of 8 of the 16 blocks that hold block 0, ascending. */
function halves(): Uint16Array {
  const found: number[] = [];
  for (let mask = 1; mask < 1 << BLOCKS; mask += 2) {
    let bits = 0;
    for (let rest = mask; rest > 0; rest &= rest - 1) bits++;
    if (bits === HALF) found.push(mask);
  }
  return Uint16Array.from(found);
}
