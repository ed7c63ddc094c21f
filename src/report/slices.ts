import { quantileOf } from './cells.ts';
import type { CellSorter } from './sorted-cells.ts';

/** The numbers of a slice at one position of an axis: quantiles of the defined values, their mean, how many. */
export const SLICE_QUANTILES = [0, 0.25, 0.5, 0.75, 1] as const;
const NUMBERS = SLICE_QUANTILES.length + 2;

/** Where the numbers of one position begin: five quantiles, the mean, the number of runs. */
export function sliceOffset(
  sizes: readonly number[],
  metrics: number,
  axis: number,
  metric: number,
  position: number,
): number {
  const before = sizes.slice(0, axis).reduce((sum, size) => sum + size, 0);
  return NUMBERS * (metrics * before + metric * sizes[axis]! + position);
}

/** Room for the slices of so many metrics. */
export function emptySlices(sizes: readonly number[], metrics: number): Float32Array {
  return new Float32Array(NUMBERS * metrics * sizes.reduce((sum, size) => sum + size, 0));
}

/** How a metric, the one numbered `m` of `metrics`, is spread at each position of each axis, over all other axes. */
export function fillSlices(
  slices: Float32Array,
  { cellsBy }: Pick<CellSorter, 'cellsBy'>,
  sizes: readonly number[],
  metrics: number,
  m: number,
): void {
  for (const [axis, size] of sizes.entries()) {
    const read = cellsBy([axis]);
    for (let position = 0; position < size; position++) {
      const { sorted, mean } = read(position);
      const numbers = [...SLICE_QUANTILES.map((q) => quantileOf(sorted, q)), mean, sorted.length];
      slices.set(numbers, sliceOffset(sizes, metrics, axis, m, position));
    }
  }
}
