import type { CellValues } from './cells.ts';
import type { RunColumns } from './run-columns.ts';
import { ascendingRows, type RowRoom } from './sort-floats.ts';

/** Memory for the cells of one metric after another, of so many rows. */
export interface CellRoom extends RowRoom {
  readonly sorted: Float32Array;
  /** Positions of the rows in their order; [axes][rows]. */
  readonly positions: readonly Uint8Array[];
}

/** Room for `rows` rows on so many axes. */
export function cellRoom(rows: number, axes: number): CellRoom {
  const numbers = () => new Uint32Array(rows);
  const positions = Array.from({ length: axes }, () => new Uint8Array(rows));
  return { keys: numbers(), rows: numbers(), other: numbers(), sorted: new Float32Array(rows), positions };
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
  // Looked up once a row, and not again for every grouping. The keys are not needed any more.
  const values = new Float32Array(room.keys.buffer, room.keys.byteOffset, ascending.length);
  for (let i = 0; i < values.length; i++) values[i] = metric[ascending[i]!]!;
  for (const [axis, own] of positions.entries()) {
    const ordered = room.positions[axis]!;
    for (let i = 0; i < ascending.length; i++) ordered[i] = own[ascending[i]!]!;
  }
  return ([first, second]) => {
    const [outer, ordered] = [positions[first!]!, room.positions[first!]!];
    // Of one axis: as if each cell had one position of a second.
    const size = second === undefined ? 1 : sizes[second]!;
    const inner = second === undefined ? null : positions[second]!;
    const innerOrdered = second === undefined ? null : room.positions[second]!;
    const cells = sizes[first!]! * size;
    const start = new Uint32Array(cells + 1);
    const sums = new Float64Array(cells);
    for (let row = 0; row < metric.length; row++) {
      const value = metric[row]!;
      if (Number.isNaN(value)) continue;
      const cell = inner === null ? outer[row]! : outer[row]! * size + inner[row]!;
      start[cell + 1]!++;
      sums[cell]! += value; // in the order of the runs
    }
    for (let cell = 0; cell < cells; cell++) start[cell + 1]! += start[cell]!;
    const next = start.slice();
    for (let i = 0; i < values.length; i++) {
      const cell = innerOrdered === null ? ordered[i]! : ordered[i]! * size + innerOrdered[i]!;
      sorted[next[cell]!++] = values[i]!;
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
