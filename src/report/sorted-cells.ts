import type { CellValues } from './cells.ts';
import type { RunColumns } from './run-columns.ts';
import { ascendingRows, type RowRoom } from './sort-floats.ts';

/** Memory for the cells of one metric after another, of so many rows. */
export interface CellRoom extends RowRoom {
  readonly sorted: Float32Array;
}

/** Room for `rows` rows. */
export function cellRoom(rows: number): CellRoom {
  const numbers = () => new Uint32Array(rows);
  return { keys: numbers(), rows: numbers(), other: numbers(), sorted: new Float32Array(rows) };
}

/** Gives, for a grouping by one or two axes, the values of its cells; they hold until the next grouping. */
export type CellsBy = (by: readonly number[]) => (cell: number) => CellValues;

/**
 * The cells of one metric by any axes, as `groupRuns` and `cellReader` would give them: the rows are put in the order of
 * their values once, and dealt out to cells in that order, so that no cell is sorted.
 *
 * @param sizes number of positions of every axis
 */
export function sortedCells(
  { positions }: Pick<RunColumns, 'positions'>,
  sizes: readonly number[],
  metric: Float32Array,
  room: CellRoom,
): CellsBy {
  const ascending = ascendingRows(metric, room);
  const { sorted } = room;
  return ([first, second]) => {
    const outer = positions[first!]!;
    const size = second === undefined ? 1 : sizes[second]!;
    const inner = second === undefined ? null : positions[second]!;
    const cells = sizes[first!]! * size;
    const start = new Uint32Array(cells + 1);
    const sums = new Float64Array(cells);
    for (let row = 0; row < metric.length; row++) {
      const value = metric[row]!;
      if (Number.isNaN(value)) continue;
      const cell = outer[row]! * size + (inner === null ? 0 : inner[row]!);
      start[cell + 1]!++;
      sums[cell]! += value; // in the order of the runs
    }
    for (let cell = 0; cell < cells; cell++) start[cell + 1]! += start[cell]!;
    const next = start.slice();
    for (let i = 0; i < ascending.length; i++) {
      const row = ascending[i]!;
      const cell = outer[row]! * size + (inner === null ? 0 : inner[row]!);
      sorted[next[cell]!++] = metric[row]!;
    }
    return (cell) => {
      const [from, to] = [start[cell]!, start[cell + 1]!];
      return {
        sorted: sorted.subarray(from, to),
        mean: from === to ? Number.NaN : sums[cell]! / (to - from),
      };
    };
  };
}
