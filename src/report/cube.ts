import { ANY, CELL_STATISTICS, cellStatistic, groupRuns, statisticOf } from './cells.ts';
import type { ReportMetric } from './report-data.ts';
import { pickRows, type RunColumns } from './run-columns.ts';
import type { CellSorter } from './sorted-cells.ts';

/** The statistics of a cell in a cube: those of cells, and the runs whose other axes are as in the best run. */
export const CUBE_STATISTICS = [...CELL_STATISTICS, 'as_best'] as const;

/** Where the cells of a pair of axes (a < b) begin in a cube, for one metric and statistic. */
export function cubeOffset(
  sizes: readonly number[],
  metrics: number,
  [a, b]: readonly [number, number],
  metric: number,
  statistic: number,
): number {
  let offset = 0;
  for (const [x, y] of axisPairs(sizes.length)) {
    const cells = sizes[x]! * sizes[y]!;
    if (x === a && y === b) return offset + (metric * CUBE_STATISTICS.length + statistic) * cells;
    offset += metrics * CUBE_STATISTICS.length * cells;
  }
  throw new RangeError(`cube: expected two axes in ascending order, found ${a} and ${b}`);
}

/** Length of a cube. */
export function cubeLength(sizes: readonly number[], metrics: number): number {
  return axisPairs(sizes.length).reduce(
    (sum, [a, b]) => sum + metrics * CUBE_STATISTICS.length * sizes[a]! * sizes[b]!,
    0,
  );
}

/** All pairs of axes, the first below the second. */
export function axisPairs(axes: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let a = 0; a < axes; a++) for (let b = a + 1; b < axes; b++) pairs.push([a, b]);
  return pairs;
}

/** Room for a cube of so many metrics. */
export function emptyCube(sizes: readonly number[], metrics: number): Float32Array {
  return new Float32Array(cubeLength(sizes, metrics)).fill(Number.NaN);
}

/** The cells of every pair of axes in one metric, the one numbered `m` of `metrics`: what a page shows of more runs than it can hold. */
export function fillCube(
  cube: Float32Array,
  { cellsBy }: Pick<CellSorter, 'cellsBy'>,
  sizes: readonly number[],
  metrics: number,
  m: number,
  direction: ReportMetric['direction'],
): void {
  for (const pair of axisPairs(sizes.length)) {
    const offsets = CELL_STATISTICS.map((_, s) => cubeOffset(sizes, metrics, pair, m, s));
    const read = cellsBy(pair);
    const cells = sizes[pair[0]]! * sizes[pair[1]]!;
    for (let cell = 0; cell < cells; cell++) {
      const values = read(cell);
      for (const [s, statistic] of CELL_STATISTICS.entries()) {
        cube[offsets[s]! + cell] = statisticOf(values, statistic, direction);
      }
    }
  }
}

/**
 * Fills `as_best` of some metrics of a cube: the mean of the runs whose other axes are as in the best run.
 *
 * @param columns with these metrics
 * @param metrics of the cube in all
 * @param best positions of the best run
 * @param first number in the cube of the first of these metrics
 */
export function fillAsBest(
  cube: Float32Array,
  columns: RunColumns,
  sizes: readonly number[],
  metrics: number,
  best: readonly number[],
  first = 0,
): void {
  const near = pickRows(columns, rowsNear(columns, best, 2));
  for (const pair of axisPairs(sizes.length)) {
    const pins = best.map((position, axis) => (pair.includes(axis) ? ANY : position));
    const grouped = groupRuns(near, pair, sizes, pins);
    for (let m = first; m < metrics && m - first < near.metrics.length; m++) {
      const means = cellStatistic(grouped, near.metrics[m - first]!, 'mean', 'none');
      cube.set(means, cubeOffset(sizes, metrics, pair, m, CELL_STATISTICS.length));
    }
  }
}

/** The rows that differ from a position on at most so many axes, ascending. */
function rowsNear(
  { rows, positions }: Pick<RunColumns, 'rows' | 'positions'>,
  position: readonly number[],
  axes: number,
): number[] {
  const near: number[] = [];
  for (let row = 0; row < rows; row++) {
    let different = 0;
    for (let k = 0; k < positions.length && different <= axes; k++) {
      if (positions[k]![row] !== position[k]) different++;
    }
    if (different <= axes) near.push(row);
  }
  return near;
}
