import type { RunColumns } from './run-columns.ts';
import { sortFloats } from './sort-floats.ts';

/** How the runs of a cell become one number; all but `runs` are NaN for a cell without a defined value. */
export const CELL_STATISTICS = ['runs', 'mean', 'median', 'best', 'worst'] as const;
export type CellStatistic = (typeof CELL_STATISTICS)[number];

/** Rows by the cell that they fall into, in the order of the rows. */
export interface Grouped {
  readonly cells: number;
  /** Rows of cell c are `order[start[c]]` to `order[start[c + 1] - 1]`. */
  readonly order: Uint32Array;
  /** [cells + 1] */
  readonly start: Uint32Array;
}

/** Any value of an axis that is not shown. */
export const ANY = -1;

/**
 * Groups runs by their positions on some axes; the first axis of `by` varies slowest.
 *
 * @param sizes number of positions of every axis
 * @param pins by axis the position that a run must have, ANY for any; null = no pins
 */
export function groupRuns(
  { rows, positions }: RunColumns,
  by: readonly number[],
  sizes: readonly number[],
  pins: readonly number[] | null = null,
): Grouped {
  const cells = by.reduce((product, axis) => product * sizes[axis]!, 1);
  const pinned = (pins ?? []).flatMap((pin, axis) => (pin === ANY ? [] : [{ pin, own: positions[axis]! }]));
  const grouping = by.map((axis) => ({ size: sizes[axis]!, own: positions[axis]! }));
  const cellOf = (row: number) => {
    for (const { pin, own } of pinned) if (own[row] !== pin) return -1;
    let cell = 0;
    for (const { size, own } of grouping) cell = cell * size + own[row]!;
    return cell;
  };
  const start = new Uint32Array(cells + 1);
  for (let row = 0; row < rows; row++) {
    const cell = cellOf(row);
    if (cell >= 0) start[cell + 1]!++;
  }
  for (let c = 0; c < cells; c++) start[c + 1]! += start[c]!;
  const next = start.slice();
  const order = new Uint32Array(start[cells]!);
  for (let row = 0; row < rows; row++) {
    const cell = cellOf(row);
    if (cell >= 0) order[next[cell]!++] = row;
  }
  return { cells, order, start };
}

/** The defined values of one cell, ascending, and their mean. */
export interface CellValues {
  readonly sorted: Float32Array;
  readonly mean: number;
}

/** Reads the values of the cells of one metric one after the other; the array is reused. */
export function cellReader({ order, start }: Grouped, metric: Float32Array): (cell: number) => CellValues {
  let largest = 0;
  for (let c = 0; c + 1 < start.length; c++) largest = Math.max(largest, start[c + 1]! - start[c]!);
  const scratch = new Float32Array(largest);
  return (cell) => {
    let count = 0;
    let sum = 0;
    for (let k = start[cell]!; k < start[cell + 1]!; k++) {
      const value = metric[order[k]!]!;
      if (Number.isNaN(value)) continue;
      scratch[count++] = value;
      sum += value;
    }
    return { sorted: sortFloats(scratch.subarray(0, count)), mean: count === 0 ? Number.NaN : sum / count };
  };
}

/** The quantile of ascending values by linear interpolation; NaN without any. */
export function quantileOf(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}

/** The sum of values in four parts side by side: one alone would wait for each of its additions. */
export function sumOf(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= values.length; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (; i < values.length; i++) a += values[i]!;
  return a + b + (c + d);
}

/** One statistic of every cell of one metric; `runs` counts the runs where it is defined. */
export function cellStatistic(
  grouped: Grouped,
  metric: Float32Array,
  statistic: CellStatistic,
  direction: 'higher' | 'lower' | 'none',
): Float32Array {
  const read = cellReader(grouped, metric);
  return Float32Array.from({ length: grouped.cells }, (_, cell) =>
    statisticOf(read(cell), statistic, direction),
  );
}

/** One statistic of the values of a cell. Of metrics without a better end, the highest is `best`. */
export function statisticOf(
  { sorted, mean }: CellValues,
  statistic: CellStatistic,
  direction: 'higher' | 'lower' | 'none',
): number {
  const last = sorted.length - 1;
  switch (statistic) {
    case 'runs':
      return sorted.length;
    case 'mean':
      return mean;
    case 'median':
      return quantileOf(sorted, 0.5);
    case 'best':
      return (direction === 'lower' ? sorted[0] : sorted[last]) ?? Number.NaN;
    case 'worst':
      return (direction === 'lower' ? sorted[last] : sorted[0]) ?? Number.NaN;
  }
}
