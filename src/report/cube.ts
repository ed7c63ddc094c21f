import { ANY, CELL_STATISTICS, cellReader, groupRuns, statisticOf } from './cells.ts';
import type { ReportMetric } from './report-data.ts';
import type { RunColumns } from './run-columns.ts';

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
): Float32Array {
  const cube = new Float32Array(cubeLength(sizes, metrics.length)).fill(Number.NaN);
  const room = new Uint32Array(columns.rows);
  for (const pair of axisPairs(sizes.length)) {
    const all = groupRuns(columns, pair, sizes, null, room);
    const pins = best?.map((position, axis) => (pair.includes(axis) ? ANY : position));
    const asBest = pins && groupRuns(columns, pair, sizes, pins);
    for (const [m, { direction }] of metrics.entries()) {
      const at = (statistic: number) => cubeOffset(sizes, metrics.length, pair, m, statistic);
      const offsets = CUBE_STATISTICS.map((_, s) => at(s));
      const read = cellReader(all, columns.metrics[m]!);
      for (let cell = 0; cell < all.cells; cell++) {
        const values = read(cell);
        for (const [s, statistic] of CELL_STATISTICS.entries()) {
          cube[offsets[s]! + cell] = statisticOf(values, statistic, direction);
        }
      }
      if (!asBest) continue;
      const readBest = cellReader(asBest, columns.metrics[m]!);
      for (let cell = 0; cell < asBest.cells; cell++) {
        cube[offsets[CELL_STATISTICS.length]! + cell] = readBest(cell).mean;
      }
    }
  }
  return cube;
}
