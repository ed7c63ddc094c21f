import { describe, expect, it } from 'vitest';
import { ANY, cellStatistic, groupRuns, quantileOf } from '../../src/report/cells.ts';
import { CUBE_STATISTICS, cubeOffset, emptyCube, fillAsBest, fillCube } from '../../src/report/cube.ts';
import { type RunColumns, runColumns } from '../../src/report/run-columns.ts';
import { emptySlices, fillSlices, sliceOffset } from '../../src/report/slices.ts';
import { cellSorter } from '../../src/report/sorted-cells.ts';
import { randomStream } from '../support/random.ts';

const SIZES = [3, 4, 2];
const METRICS = [
  { name: 'sharpe', unit: 'ratio', direction: 'higher', description: '' },
  { name: 'fees', unit: 'money', direction: 'lower', description: '' },
] as const;

/** Runs at random positions, a fifth of the values of each metric undefined (or as many as said), whole numbers so that sums are exact. */
function randomColumns(rows: number, seed: number, missing = [0.2, 0.2]): RunColumns {
  const random = randomStream(seed);
  const columns = runColumns(SIZES.length, METRICS.length, rows);
  for (let i = 0; i < rows; i++) {
    for (const [k, size] of SIZES.entries()) columns.positions[k]![i] = Math.floor(random() * size);
    for (const [m, metric] of columns.metrics.entries())
      metric[i] = random() < missing[m]! ? Number.NaN : Math.floor(random() * 100);
  }
  return columns;
}

/** The slow obvious version: filter the rows of one cell, sort, count. */
function slowCell(columns: RunColumns, at: Readonly<Record<number, number>>, metric: number): number[] {
  const rows = Array.from({ length: columns.rows }, (_, i) => i);
  return rows
    .filter((i) =>
      Object.entries(at).every(([axis, position]) => columns.positions[Number(axis)]![i] === position),
    )
    .map((i) => columns.metrics[metric]![i]!)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: readonly number[]) =>
  (values[Math.floor((values.length - 1) / 2)]! + values[Math.ceil((values.length - 1) / 2)]!) / 2;

/** Of a metric that was put in order, after another one. */
function sorted(columns: RunColumns, m: number) {
  const cells = cellSorter(columns, SIZES);
  cells.sort(columns.metrics[1 - m]!);
  cells.sort(columns.metrics[m]!);
  return cells;
}

describe('cells of runs', () => {
  it('hold the number, mean, median, best and worst of the defined values, as filtering row by row gives them', () => {
    const columns = randomColumns(300, 1);
    const grouped = groupRuns(columns, [1, 0], SIZES);
    for (const [m, { direction }] of METRICS.entries()) {
      const cells = (statistic: 'runs' | 'mean' | 'median' | 'best' | 'worst') =>
        cellStatistic(grouped, columns.metrics[m]!, statistic, direction);
      for (let x = 0; x < 4; x++) {
        for (let y = 0; y < 3; y++) {
          const values = slowCell(columns, { 1: x, 0: y }, m);
          const cell = x * 3 + y;
          const [least, most] = [values[0], values.at(-1)];
          expect(cells('runs')[cell]).toBe(values.length);
          expect(cells('mean')[cell]).toBe(Math.fround(mean(values)));
          expect(cells('median')[cell]).toBe(median(values));
          expect(cells('best')[cell]).toBe(direction === 'lower' ? least : most);
          expect(cells('worst')[cell]).toBe(direction === 'lower' ? most : least);
        }
      }
    }
  });

  it('hold only the runs at the positions where other axes are fixed', () => {
    const columns = randomColumns(300, 2);
    const grouped = groupRuns(columns, [0, 1], SIZES, [ANY, ANY, 1]);
    const found = cellStatistic(grouped, columns.metrics[0]!, 'median', 'higher');
    for (let x = 0; x < 3; x++) {
      for (let y = 0; y < 4; y++) {
        expect(found[x * 4 + y]).toBe(median(slowCell(columns, { 0: x, 1: y, 2: 1 }, 0)));
      }
    }
  });

  it('are undefined where there is no run, and count none', () => {
    const columns = runColumns(3, 2, 0);
    const grouped = groupRuns(columns, [0, 1], SIZES);
    expect([...cellStatistic(grouped, columns.metrics[0]!, 'mean', 'higher')]).toEqual(
      new Array(12).fill(Number.NaN),
    );
    expect([...cellStatistic(grouped, columns.metrics[0]!, 'best', 'higher')]).toEqual(
      new Array(12).fill(Number.NaN),
    );
    expect([...cellStatistic(grouped, columns.metrics[0]!, 'runs', 'higher')]).toEqual(new Array(12).fill(0));
  });

  it('interpolate quantiles linearly', () => {
    expect(quantileOf([1, 2, 4, 8], 0.5)).toBe(3);
    expect(quantileOf([1, 2, 4, 8], 0.25)).toBe(1.75);
    expect(quantileOf([7], 0.25)).toBe(7);
    expect(quantileOf([], 0.5)).toBeNaN();
  });
});

describe('the cube of a sweep too large for a page', () => {
  it.each([[[0.2, 0.2]], [[0, 0]], [[0.2, 0]]])(
    'holds for every pair of axes what the runs themselves would give, where %j of them are undefined',
    (missing) => {
      const columns = randomColumns(400, 3, missing);
      const best = [1, 2, 0];
      const cube = emptyCube(SIZES, METRICS.length);
      fillAsBest(cube, columns, SIZES, METRICS.length, best);
      const cells = cellSorter(columns, SIZES); // one for all metrics, as a report has it
      for (const [m, { direction }] of METRICS.entries()) {
        cells.sort(columns.metrics[m]!);
        fillCube(cube, cells, SIZES, METRICS.length, m, direction);
      }
      for (const [a, b, c] of [
        [0, 1, 2],
        [0, 2, 1],
        [1, 2, 0],
      ] as const) {
        for (const [m, { direction }] of METRICS.entries()) {
          const all = groupRuns(columns, [a, b], SIZES);
          for (const [s, statistic] of CUBE_STATISTICS.entries()) {
            const offset = cubeOffset(SIZES, METRICS.length, [a, b], m, s);
            const stored = [...cube.subarray(offset, offset + SIZES[a]! * SIZES[b]!)];
            if (statistic !== 'as_best') {
              expect(stored).toEqual([...cellStatistic(all, columns.metrics[m]!, statistic, direction)]);
              continue;
            }
            const expected = stored.map((_, cell) => {
              const at = { [a]: Math.floor(cell / SIZES[b]!), [b]: cell % SIZES[b]!, [c]: best[c]! };
              return Math.fround(mean(slowCell(columns, at, m)));
            });
            expect(stored).toEqual(expected);
          }
        }
      }
    },
  );
});

describe('slices', () => {
  it('hold quartiles, mean and number at each position of each axis', () => {
    const columns = randomColumns(250, 4);
    const slices = emptySlices(SIZES, METRICS.length);
    for (const m of METRICS.keys()) fillSlices(slices, sorted(columns, m), SIZES, METRICS.length, m);
    for (const [axis, size] of SIZES.entries()) {
      for (let m = 0; m < METRICS.length; m++) {
        for (let position = 0; position < size; position++) {
          const values = slowCell(columns, { [axis]: position }, m);
          const offset = sliceOffset(SIZES, METRICS.length, axis, m, position);
          const [least, low, middle, high, most, average, runs] = slices.subarray(offset, offset + 7);
          expect([least, middle, most, runs]).toEqual([
            values[0],
            median(values),
            values.at(-1),
            values.length,
          ]);
          expect(average).toBe(Math.fround(mean(values)));
          // About a quarter of the values lies below the lower quartile, and above the upper one; SQL checks them exactly.
          expect(values.filter((value) => value < low!).length).toBeLessThanOrEqual(values.length / 4 + 1);
          expect(values.filter((value) => value > high!).length).toBeLessThanOrEqual(values.length / 4 + 1);
        }
      }
    }
  });
});
