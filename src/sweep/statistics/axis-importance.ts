import type { GridNeighbours } from './grid-neighbours.ts';

/** Share of the variance of the objective across the runs that one axis, or two together, explain. */
export interface AxisImportance {
  /** By axis: variance between the means of its values. */
  readonly main: readonly number[];
  /** By pair of axes, first below second: variance between the means of their cells, less the two main effects. */
  readonly pairs: readonly { readonly first: number; readonly second: number; readonly share: number }[];
  /** Pairs that were left out, since they have too many cells. */
  readonly skippedPairs: number;
}

/** Cells that are counted in all, at most: 12 bytes each. */
const MOST_CELLS = 2_000_000;

/**
 * Decomposes the variance of the objective over the axes of the grid: η² of each axis, and of each pair beyond its axes
 * (functional analysis of variance; Hutter, Hoos and Leyton-Brown 2014 for hyperparameters).
 *
 * Exact on a full grid without undefined runs, where main effects and interactions of all orders add up to 1. In a sample or
 * with conditions the axes are not independent and the shares overlap; by chance alone a share of (values − 1)/(runs − 1) is
 * to be expected. Null where the objective does not vary.
 *
 * @param lengths values of each axis
 * @param objective of every run, NaN where undefined
 */
export function axisImportance(
  grid: GridNeighbours,
  lengths: readonly number[],
  objective: Float64Array,
): AxisImportance | null {
  const digits = new Int32Array(lengths.length);
  let runs = 0;
  let sum = 0;
  // Counted by index, here and below: an iterator makes garbage of every value until it is compiled.
  for (let run = 0; run < objective.length; run++) {
    const value = objective[run]!;
    if (Number.isNaN(value)) continue;
    runs++;
    sum += value;
  }
  const mean = sum / runs;
  let total = 0;
  for (let run = 0; run < objective.length; run++) {
    const deviation = objective[run]! - mean;
    if (!Number.isNaN(deviation)) total += deviation * deviation;
  }
  if (!(total > 1e-24 * runs * mean * mean) || !grid.digits(0, digits)) return null;

  const byAxis = lengths.map(createCells);
  let left = MOST_CELLS;
  const byPair: { first: number; second: number; cells: ReturnType<typeof createCells> }[] = [];
  for (const [first, n] of lengths.entries()) {
    for (let second = first + 1; second < lengths.length; second++) {
      const size = n * lengths[second]!;
      if (size > left) continue;
      left -= size;
      byPair.push({ first, second, cells: createCells(size) });
    }
  }
  for (let run = 0; run < objective.length; run++) {
    const deviation = objective[run]! - mean;
    if (Number.isNaN(deviation)) continue;
    grid.digits(run, digits);
    for (let k = 0; k < byAxis.length; k++) byAxis[k]!.add(digits[k]!, deviation);
    for (const { first, second, cells } of byPair) {
      cells.add(digits[first]! * lengths[second]! + digits[second]!, deviation);
    }
  }
  const main = byAxis.map((cells) => cells.between() / total);
  const pairs = byPair.map(({ first, second, cells }) => ({
    first,
    second,
    share: Math.max(0, cells.between() / total - main[first]! - main[second]!),
  }));
  const all = (lengths.length * (lengths.length - 1)) / 2;
  return { main, pairs, skippedPairs: all - pairs.length };
}

/** Sums of deviations by cell. */
function createCells(size: number) {
  const sum = new Float64Array(size);
  const count = new Int32Array(size);
  return {
    add(cell: number, deviation: number): void {
      sum[cell]! += deviation;
      count[cell]!++;
    },
    /** Σ over the cells of count · mean². */
    between: () => sum.reduce((all, s, cell) => (count[cell]! > 0 ? all + (s * s) / count[cell]! : all), 0),
  };
}
