import { InvalidInputError } from '../contracts/errors.ts';
import type { GridIndex } from './grid.ts';
import { keyedPermutation } from './permutation.ts';

/** Points of the grid that are looked at, at most, to find the runs of a sweep. */
export const MAX_EXAMINED = 100_000_000;

/** Grid indices by ascending value, each once; numbers where the grid has at most 2^53 points. */
type SampleIndices = Float64Array | readonly bigint[];

/** A sample, and how many points were drawn until it was complete. */
export interface Sample {
  readonly indices: SampleIndices;
  readonly examined: number;
}

/**
 * Draws `count` different indices of [0, size) by seed and sorts them, so that neighbours of the grid stay neighbours.
 *
 * Only indices that `accept` takes are kept; fewer than `count` come back where the whole grid has no more. Throws
 * InvalidInputError if `maxDraws` draws do not find enough. Memory: 8 bytes per index up to a size of 2^53.
 */
export function sampleIndices(
  size: bigint,
  count: number,
  seed: number,
  accept: (index: GridIndex) => boolean = () => true,
  maxDraws = MAX_EXAMINED,
): Sample {
  const permute = keyedPermutation(size, seed);
  const draws = size < maxDraws ? Number(size) : maxDraws;
  const safe = size <= Number.MAX_SAFE_INTEGER;
  const kept = safe ? new Float64Array(Math.min(count, draws)) : ([] as bigint[]);
  let found = 0;
  let examined = 0;
  for (; examined < draws && found < count; examined++) {
    const index = permute(examined);
    if (accept(index)) (kept as GridIndex[])[found++] = index;
  }
  if (found < count && draws < size) {
    throw new InvalidInputError(
      `sample.random: expected ${count} runs that satisfy the conditions, found ${found} in ${draws} draws ` +
        `from a grid of ${size}; ask for fewer, or drop values that the conditions exclude`,
    );
  }
  // a typed array sorts numbers; bigints need to be told
  const indices =
    kept instanceof Float64Array ? kept.slice(0, found).sort() : kept.sort((x, y) => (x < y ? -1 : 1));
  return { indices, examined };
}
