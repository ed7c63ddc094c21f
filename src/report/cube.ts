import { ANY, CELL_STATISTICS, cellReader, groupRuns, statisticOf } from './cells.ts';
import type { ReportMetric } from './report-data.ts';
import type { RunColumns } from './run-columns.ts';
import { cellRoom, sortedCells } from './sorted-cells.ts';

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

/**
 * The cells of every pair of axes, for the first `metrics` metrics: what a page shows of more runs than it can hold.
 *
 * @param best positions of the best run; null = there is none, and `as_best` is NaN
 */
export function pairCube(
  columns: RunColumns,
  sizes: readonly number[],
  metrics: readonly ReportMetric[],
  best: readonly number[] | null,
  room = cellRoom(columns.rows, sizes.length),
): Float32Array {
  const cube = new Float32Array(cubeLength(sizes, metrics.length)).fill(Number.NaN);
  const pairs = axisPairs(sizes.length).map((pair) => {
    const pins = best?.map((position, axis) => (pair.includes(axis) ? ANY : position));
    return { pair, asBest: pins ? groupRuns(columns, pair, sizes, pins) : null };
  });
  for (const [m, { direction }] of metrics.entries()) {
    const metric = columns.metrics[m]!;
    const cellsBy = sortedCells(columns, sizes, metric, room);
    for (const { pair, asBest } of pairs) {
      const offsets = CUBE_STATISTICS.map((_, s) => cubeOffset(sizes, metrics.length, pair, m, s));
      const read = cellsBy(pair);
      const readBest = asBest && cellReader(asBest, metric);
      const cells = sizes[pair[0]]! * sizes[pair[1]]!;
      for (let cell = 0; cell < cells; cell++) {
        const values = read(cell);
        for (const [s, statistic] of CELL_STATISTICS.entries()) {
          cube[offsets[s]! + cell] = statisticOf(values, statistic, direction);
        }
        if (readBest) cube[offsets[CELL_STATISTICS.length]! + cell] = readBest(cell).mean;
      }
    }
  }
  return cube;
}
