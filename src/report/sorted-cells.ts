import type { CellValues } from './cells.ts';
import type { RunColumns } from './run-columns.ts';
import { ascendingRows, type RowRoom } from './sort-floats.ts';

/** Memory for the cells of one metric after another, of so many rows. */
export interface CellRoom extends RowRoom {
  /** Positions of the rows in their order; [axes][rows]. */
  readonly positions: readonly Uint8Array[];
}

/** Room for `rows` rows on so many axes. */
export function cellRoom(rows: number, axes: number): CellRoom {
  const numbers = () => new Uint32Array(rows);
  const positions = Array.from({ length: axes }, () => new Uint8Array(rows));
  return { keys: numbers(), rows: numbers(), other: numbers(), positions };
}

/** One metric in the order of its values. */
export interface SortedMetric {
  /** The defined values, ascending; they hold until the next metric. */
  readonly ascending: Float32Array;
  /** The values of the cells by one or two axes; they hold until the next grouping. */
  cellsBy(by: readonly number[]): (cell: number) => CellValues;
}

/**
 * One metric, and its cells by any axes as `groupRuns` and `cellReader` would give them: the rows are put in the order of
 * their values once, and dealt out to cells in that order, so that no cell is sorted.
 *
 * @param sizes number of positions of every axis
 */
export function sortedMetric(
  { positions }: Pick<RunColumns, 'positions'>,
  sizes: readonly number[],
  metric: Float32Array,
  room: CellRoom,
): SortedMetric {
  const rows = ascendingRows(metric, room);
  // Once the order is known, the memory that it was found in is free: that of the keys and of the rows before the last step.
  const [ascending, sorted] = [room.keys, room.rows].map(
    ({ buffer, byteOffset }) => new Float32Array(buffer, byteOffset, rows.length),
  ) as [Float32Array, Float32Array];
  // Looked up once a row, and not again for every grouping.
  for (let i = 0; i < ascending.length; i++) ascending[i] = metric[rows[i]!]!;
  for (const [axis, own] of positions.entries()) inOrder(own, rows, room.positions[axis]!);
  return {
    ascending,
    cellsBy([first, second]) {
      // Of one axis: as if each cell had one position of a second.
      const size = second === undefined ? 1 : sizes[second]!;
      const pair = (of: readonly Uint8Array[]) =>
        [of[first!]!, second === undefined ? null : of[second]!] as const;
      const cells = sizes[first!]! * size;
      const start = new Uint32Array(cells + 1);
      const sums = new Float64Array(cells);
      addUp(metric, pair(positions), size, start, sums);
      for (let cell = 0; cell < cells; cell++) start[cell + 1]! += start[cell]!;
      dealOut(ascending, pair(room.positions), size, start.slice(), sorted);
      return (cell) => {
        const [from, to] = [start[cell]!, start[cell + 1]!];
        return {
          sorted: sorted.subarray(from, to),
          mean: from === to ? Number.NaN : sums[cell]! / (to - from),
        };
      };
    },
  };
}

type AxisPositions = readonly [outer: Uint8Array, inner: Uint8Array | null];

function inOrder(own: Uint8Array, rows: Uint32Array, out: Uint8Array): void {
  for (let i = 0; i < rows.length; i++) out[i] = own[rows[i]!]!;
}

/** Counts the defined values of cell c in `start[c + 1]` and adds them up in the order of the runs. */
function addUp(
  metric: Float32Array,
  [outer, inner]: AxisPositions,
  size: number,
  start: Uint32Array,
  sums: Float64Array,
): void {
  // Neighbours are mostly of one cell: its sum is not put down and taken up again for each.
  let open = 0;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < metric.length; row++) {
    const value = metric[row]!;
    if (Number.isNaN(value)) continue;
    const cell = inner === null ? outer[row]! : outer[row]! * size + inner[row]!;
    if (cell !== open) {
      sums[open] = sum;
      start[open + 1]! += count;
      open = cell;
      sum = sums[cell]!;
      count = 0;
    }
    sum += value;
    count++;
  }
  if (count === 0) return;
  sums[open] = sum;
  start[open + 1]! += count;
}

/** Puts values into their cells in the order given; `next` is where each cell begins. */
function dealOut(
  values: Float32Array,
  [outer, inner]: AxisPositions,
  size: number,
  next: Uint32Array,
  out: Float32Array,
): void {
  for (let i = 0; i < values.length; i++) {
    const cell = inner === null ? outer[i]! : outer[i]! * size + inner[i]!;
    out[next[cell]!++] = values[i]!;
  }
}
