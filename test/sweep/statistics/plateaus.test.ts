import { describe, expect, it } from 'vitest';
import { sweepSpec } from '../../../src/contracts/sweep-spec.ts';
import { gridOf } from '../../../src/sweep/grid.ts';
import { planOf, shardRange } from '../../../src/sweep/plan.ts';
import { selectRuns } from '../../../src/sweep/selection.ts';
import { axisImportance } from '../../../src/sweep/statistics/axis-importance.ts';
import { createGridNeighbours } from '../../../src/sweep/statistics/grid-neighbours.ts';
import { neighbourhoods } from '../../../src/sweep/statistics/neighbourhood.ts';
import { plateauClusters } from '../../../src/sweep/statistics/plateau-clusters.ts';

function neighboursOf(params: object, more: object = {}) {
  const spec = sweepSpec.parse({ bars: './bars', strategy: { name: 'x', params }, ...more });
  const grid = gridOf(spec);
  const { runs, startOf } = selectRuns(spec, grid);
  const sketch = planOf({ sweepId: 'a'.repeat(32), engine: 'e', runs, bars: 100, assets: 1, parity: 'none' });
  const starts = Array.from({ length: sketch.shards }, (_, shard) =>
    startOf(shardRange(sketch, shard).first),
  );
  const plan = {
    ...sketch,
    scanFrom: starts.every((start) => start !== undefined) ? (starts as number[]) : null,
  };
  const neighbours = createGridNeighbours(grid, spec, plan);
  const beside = new Int32Array(32);
  const of = (run: number) =>
    [...beside.subarray(0, neighbours.neighbours(run, beside))].sort((a, b) => a - b);
  return { neighbours, of, runs, lengths: grid.axes.map(({ values }) => values.length) };
}

describe('the neighbours on the grid', () => {
  it('differ by one step on one axis of numbers, in the order as written', () => {
    // a: 3 values, b: 4 values, b fastest: run = 4a + b
    const { of } = neighboursOf({ a: [1, 2, 3], b: [40, 10, null, 20] });
    expect(of(0)).toEqual([1, 4]);
    expect(of(5)).toEqual([1, 4, 6, 9]);
    expect(of(11)).toEqual([7, 10]);
  });

  it('are none along axes of names and of true and false', () => {
    const { of } = neighboursOf({ a: ['x', 'y'], b: [1, 2], c: [true, false] });
    expect(of(0)).toEqual([2]);
    expect(neighboursOf({ a: ['x', 'y'] }).of(0)).toEqual([]);
  });

  it('are missing where conditions or a sample left them out', () => {
    const { of, runs } = neighboursOf(
      { a: [1, 2, 3], b: [1, 2, 3] },
      { conditions: ['params.a != 2 || params.b == 2'] },
    );
    // runs: (1,1) (1,2) (1,3) (2,2) (3,1) (3,2) (3,3)
    expect(runs).toBe(7);
    expect(of(3)).toEqual([-1, -1, 1, 5]);
    expect(of(0)).toEqual([-1, 1]);
    const sampled = neighboursOf(
      { a: { from: 1, to: 100, step: 1 }, b: { from: 1, to: 100, step: 1 } },
      { sample: { random: 50 } },
    );
    const points = Array.from({ length: 50 }, (_, run) => sampled.of(run)).flat();
    expect(points.filter((run) => run < 0).length).toBeGreaterThan(150);
  });
});

describe('the neighbourhood of a run', () => {
  const { neighbours } = neighboursOf({ a: [1, 2, 3], b: [1, 2, 3] });
  const objective = Float64Array.from([1, 2, 3, 4, 10, 9.5, 7, 8, Number.NaN]);

  it('has the mean, the worst and the share within 10 % of its neighbours', () => {
    // the middle, 10, beside 2, 4, 9.5 and 8
    expect(neighbourhoods(neighbours, objective, 'higher')(4)).toEqual({
      neighbours: 4,
      missing: 0,
      mean: 23.5 / 4,
      worst: 2,
      shareWithin: 0.25,
      robust: 33.5 / 5,
    });
    expect(neighbourhoods(neighbours, objective, 'lower')(4)).toMatchObject({ worst: 9.5, shareWithin: 1 });
  });

  it('counts neighbours without an objective as missing, and does not rank a run that stands alone', () => {
    expect(neighbourhoods(neighbours, objective, 'higher')(7)).toMatchObject({
      neighbours: 2,
      missing: 1,
      mean: 8.5,
    });
    expect(neighbourhoods(neighbours, objective, 'higher')(8).robust).toBeNull();
    const lonely = Float64Array.from([1, Number.NaN, 3, Number.NaN, 5, 6, 7, 8, 9]);
    expect(neighbourhoods(neighbours, lonely, 'higher')(0)).toMatchObject({
      mean: null,
      worst: null,
      robust: null,
    });
  });

  it('ranks a run by itself where no axis has an order', () => {
    const named = neighboursOf({ a: ['x', 'y'] });
    expect(neighbourhoods(named.neighbours, Float64Array.from([1, 2]), 'higher')(1).robust).toBe(2);
  });
});

describe('the clusters of good runs', () => {
  it('are connected over steps, the largest first, with best and centre', () => {
    const { neighbours, lengths } = neighboursOf({ a: { from: 1, to: 100, step: 1 } });
    const objective = Float64Array.from({ length: 100 }, (_, i) => i / 1000);
    for (const [run, value] of [
      [20, 5],
      [21, 6],
      [22, 7],
      [23, 6],
      [24, 5],
      [50, 9],
      [51, 4],
      [70, 4],
      [80, 4],
      [90, 4],
    ] as const)
      objective[run] = value;
    const found = plateauClusters(neighbours, lengths.length, objective, 'higher');
    expect(found).toMatchObject({ threshold: 4, goodRuns: 10, count: 5 });
    expect(found.largest.slice(0, 2)).toEqual([
      { size: 5, best: 22, centre: 22, mean: 29 / 5 },
      { size: 2, best: 50, centre: 50, mean: 6.5 },
    ]);
    expect([found.clusterOf(24), found.clusterOf(51), found.clusterOf(30)]).toEqual([0, 1, -1]);
  });

  it('are of the lowest runs where lower is better, and none without runs', () => {
    const { neighbours } = neighboursOf({ a: { from: 1, to: 20, step: 1 } });
    const objective = Float64Array.from({ length: 20 }, (_, i) => i);
    expect(plateauClusters(neighbours, 1, objective, 'lower').largest).toEqual([
      { size: 2, best: 0, centre: 0, mean: 0.5 },
    ]);
    expect(plateauClusters(neighbours, 1, objective.fill(Number.NaN), 'lower')).toMatchObject({
      count: 0,
      threshold: null,
    });
  });
});

describe('the importance of axes', () => {
  const { neighbours, lengths } = neighboursOf({ a: [1, 2, 3], b: [1, 2], c: ['x', 'y'] });
  const at = (f: (a: number, b: number, c: number) => number) =>
    Float64Array.from({ length: 12 }, (_, i) => f(Math.floor(i / 4), Math.floor(i / 2) % 2, i % 2));

  it('is all of one axis where no other matters', () => {
    const found = axisImportance(
      neighbours,
      lengths,
      at((a) => 3 * a),
    )!;
    expect(found.main.map((share) => Number(share.toFixed(12)))).toEqual([1, 0, 0]);
  });

  it('adds up with interactions, by hand', () => {
    // b, c in {0, 1}: f = (2b − 1)(2c − 1) + (2b − 1): variance 2, half of b, half of b × c
    const found = axisImportance(
      neighbours,
      lengths,
      at((_a, b, c) => (2 * b - 1) * (2 * c - 1) + 2 * b - 1),
    )!;
    expect(found.main[1]).toBeCloseTo(0.5, 12);
    const pair = found.pairs.find(({ first, second }) => first === 1 && second === 2)!;
    expect(pair.share).toBeCloseTo(0.5, 12);
    expect(found.pairs.filter((one) => one !== pair).every(({ share }) => share < 1e-12)).toBe(true);
  });

  it('is undefined where the objective does not vary or no run has one', () => {
    expect(
      axisImportance(
        neighbours,
        lengths,
        at(() => 0.1),
      ),
    ).toBeNull();
    expect(
      axisImportance(
        neighbours,
        lengths,
        at(() => Number.NaN),
      ),
    ).toBeNull();
  });
});
