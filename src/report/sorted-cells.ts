import { type CellValues, sumOf } from './cells.ts';
import type { RunColumns } from './run-columns.ts';
import { ascendingRows, rowRoom } from './sort-floats.ts';

/** Groups the values of one metric after another by the cells of any axes; what it gives holds until the next metric. */
export interface CellSorter {
  /** Takes the next metric [rows]; gives its defined values, ascending. */
  sort(metric: Float32Array): Float32Array;
  /** The values of its cells by one or two axes; they hold until the next grouping. */
  cellsBy(by: readonly number[]): (cell: number) => CellValues;
}

/**
 * Cells as `groupRuns` and `cellReader` give them, but for the order of the sums in means: the rows are put in the order of
 * their values once a metric, and dealt out to cells in that order, so that no cell is sorted.
 *
 * @param sizes number of positions of every axis
 */
export function cellSorter(
  { rows, positions }: Pick<RunColumns, 'rows' | 'positions'>,
  sizes: readonly number[],
): CellSorter {
  const room = rowRoom(rows);
  /** Positions in the order of the values; [axes][rows]. */
  const inOrder = positions.map(() => new Uint8Array(rows));
  /** Where cells begin, by grouping, of metrics that all rows have. */
  const wholeStarts = new Map<string, Uint32Array>();
  let values: Float32Array = new Float32Array(0);
  let sorted = values;

  function startsOf(by: readonly number[], axes: AxisPositions): Uint32Array {
    const isWhole = values.length === rows;
    const known = isWhole ? wholeStarts.get(by.join()) : undefined;
    if (known) return known;
    const start = countCells(axes, values.length);
    if (isWhole) wholeStarts.set(by.join(), start);
    return start;
  }

  return {
    sort(metric) {
      const ascending = ascendingRows(metric, room);
      values = ascending.values;
      sorted = ascending.spare;
      for (const [axis, own] of positions.entries()) pick(own, ascending.rows, inOrder[axis]!);
      return values;
    },
    cellsBy(by) {
      const [outer, inner] = by.map((axis) => inOrder[axis]!);
      const axes = { outer: outer!, inner: inner ?? null, size: inner ? sizes[by[1]!]! : 1 };
      const start = startsOf(by, { ...axes, cells: sizes[by[0]!]! * axes.size });
      dealOut(values, axes, start.slice(), sorted);
      return (cell) => {
        const own = sorted.subarray(start[cell]!, start[cell + 1]!);
        return { sorted: own, mean: own.length === 0 ? Number.NaN : sumOf(own) / own.length };
      };
    },
  };
}

/** The axes of a grouping; of one alone the inner is null, as if it had one position. */
interface AxisPositions {
  readonly outer: Uint8Array;
  readonly inner: Uint8Array | null;
  /** Positions of the inner axis. */
  readonly size: number;
  readonly cells: number;
}

function pick(from: Uint8Array, rows: Uint32Array, out: Uint8Array): void {
  for (let i = 0; i < rows.length; i++) out[i] = from[rows[i]!]!;
}

/** Where each cell begins, and the last ends, when `count` rows are dealt out; [cells + 1] */
function countCells({ outer, inner, size, cells }: AxisPositions, count: number): Uint32Array {
  const start = new Uint32Array(cells + 1);
  for (let i = 0; i < count; i++) start[inner === null ? outer[i]! + 1 : outer[i]! * size + inner[i]! + 1]!++;
  for (let cell = 0; cell < cells; cell++) start[cell + 1]! += start[cell]!;
  return start;
}

/** Puts values into their cells in the order given; `next` is where each cell begins. */
function dealOut(
  values: Float32Array,
  { outer, inner, size }: Omit<AxisPositions, 'cells'>,
  next: Uint32Array,
  out: Float32Array,
): void {
  for (let i = 0; i < values.length; i++) {
    out[next[inner === null ? outer[i]! : outer[i]! * size + inner[i]!]!++] = values[i]!;
  }
}
