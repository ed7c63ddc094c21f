import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SweepSpec } from '../../src/contracts/sweep-spec.ts';
import { gridOf, parametersAt } from '../../src/sweep/grid.ts';
import { runIndices, selectRuns } from '../../src/sweep/selection.ts';
import { messageOf, specOf } from '../support/sweep-spec.ts';

const FIELDS = {
  params: { a: { from: 1, to: 40, step: 1 }, b: { from: 1, to: 50, step: 1 } },
  stops: { stopLoss: [null, 0.05] },
};

/** All runs as a worker finds them: shards of a plan that went through JSON, each read by a process of its own. */
function throughShards(spec: SweepSpec, shardRuns: number): number[] {
  const { runs, startOf } = selectRuns(spec, gridOf(spec));
  const firsts = Array.from({ length: Math.ceil(runs / shardRuns) }, (_, i) => i * shardRuns);
  const plan = firsts.map((first) => ({
    first,
    count: Math.min(shardRuns, runs - first),
    start: startOf(first),
  }));
  const shards = JSON.parse(JSON.stringify(plan)) as typeof plan;
  return shards.flatMap((shard) => runIndices(spec, gridOf(spec), shard)).map(Number);
}

describe('the runs of a sweep', () => {
  it('are the whole grid where nothing selects', () => {
    const spec = specOf(FIELDS);
    const selection = selectRuns(spec, gridOf(spec));
    expect([selection.runs, selection.gridSize, selection.startOf(5)]).toEqual([4000, 4000n, undefined]);
    expect(throughShards(spec, 333)).toEqual(Array.from({ length: 4000 }, (_, i) => i));
  });

  it('are what a filter over the whole grid keeps, for any size of shard', () => {
    const spec = specOf({
      ...FIELDS,
      conditions: ['params.a * params.b % 7 != 0', 'params.a < 35 || stops.stopLoss != null'],
    });
    const grid = gridOf(spec);
    const rules = [
      (a: number, b: number) => (a * b) % 7 !== 0,
      (a: number, _: number, stop: number | null) => a < 35 || stop !== null,
    ];
    const expected: number[] = [];
    const excluded = [0, 0];
    for (let i = 0; i < 4000; i++) {
      const { params, stops } = parametersAt(grid, i);
      const failed = rules.findIndex((rule) => !rule(Number(params.a), Number(params.b), stops.stopLoss));
      if (failed < 0) expected.push(i);
      else excluded[failed]!++;
    }
    const selection = selectRuns(spec, grid);
    expect(selection.runs).toBe(expected.length);
    expect(selection.excluded.map(({ points }) => points)).toEqual(excluded);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4000 }), (shardRuns) => {
        expect(throughShards(spec, shardRuns)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
    expect(throughShards(spec, 1000)).toEqual(expected);
  });

  it('record in the plan the run itself, not a point before it', () => {
    const spec = specOf({ ...FIELDS, conditions: ['params.a > 20'] });
    const { startOf, runs } = selectRuns(spec, gridOf(spec));
    // a is the slowest axis and 100 points belong to each of its values
    expect([runs, startOf(0), startOf(1), startOf(1999)]).toEqual([2000, 2000, 2001, 3999]);
    expect(messageOf(() => startOf(2000))).toContain('expected a run in [0, 2000), found 2000');
  });

  it('are a seeded sample of the points that satisfy the conditions', () => {
    const spec = specOf({ ...FIELDS, conditions: ['params.a > params.b'], sample: { random: 100, seed: 3 } });
    const grid = gridOf(spec);
    const indices = throughShards(spec, 7);
    expect(new Set(indices).size).toBe(100);
    expect(indices).toEqual([...indices].sort((x, y) => x - y));
    for (const index of indices) {
      const { a, b } = parametersAt(grid, index).params;
      expect(Number(a)).toBeGreaterThan(Number(b));
    }
    const other = specOf({
      ...FIELDS,
      conditions: ['params.a > params.b'],
      sample: { random: 100, seed: 4 },
    });
    expect(throughShards(other, 7)).not.toEqual(indices);
  });

  it('of a sample larger than the grid are all that satisfy the conditions', () => {
    const conditions = ['stops.stopLoss != null'];
    const spec = specOf({ ...FIELDS, conditions, sample: { random: 1_000_000 } });
    const selection = selectRuns(spec, gridOf(spec));
    expect([selection.runs, selection.examined]).toEqual([2000, 4000n]);
    expect(throughShards(spec, 500)).toEqual(throughShards(specOf({ ...FIELDS, conditions }), 500));
  });

  it('are drawn from a grid far beyond 2^53 without listing it', () => {
    const axis = { from: 1, to: 10_000, step: 1 };
    const params = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`p${i}`, axis]));
    const spec = specOf({ params, conditions: ['params.p0 < params.p1'], sample: { random: 200 } });
    const grid = gridOf(spec);
    const { runs, gridSize } = selectRuns(spec, grid);
    expect([runs, gridSize]).toEqual([200, 10n ** 64n]);
    for (const index of runIndices(spec, grid, { first: 0, count: 200 })) {
      const { p0, p1 } = parametersAt(grid, index).params;
      expect(Number(p0)).toBeLessThan(Number(p1));
    }
  });

  it('do not mix up two specs that share a grid', () => {
    const one = specOf({ ...FIELDS, sample: { random: 5, seed: 1 } });
    const two = specOf({ ...FIELDS, sample: { random: 5, seed: 2 } });
    const grid = gridOf(one);
    const range = { first: 0, count: 5 };
    const first = runIndices(one, grid, range);
    expect(runIndices(two, grid, range)).toEqual(runIndices(two, gridOf(two), range));
    expect(runIndices(one, grid, range)).toEqual(first);
  });
});

describe('a sweep is refused', () => {
  const big = { params: { a: { from: 1, to: 2000, step: 1 }, b: { from: 1, to: 2000, step: 1 } } };
  const refusal = (fields: Record<string, unknown>) =>
    messageOf(() => selectRuns(specOf(fields), gridOf(specOf(fields))));

  it('where its grid is larger than maxRuns, with the way out', () => {
    expect(refusal(big)).toBe(
      'InvalidInputError: the grid is too large: expected at most 1000000 runs (maxRuns), found 4000000; ' +
        'add sample: {random: 5000}, drop values, or set maxRuns (at most 10000000)',
    );
    const raised = specOf({ ...big, maxRuns: 4_000_000 });
    expect(selectRuns(raised, gridOf(raised)).runs).toBe(4_000_000);
  });

  it('where its grid is a bomb, at once', () => {
    const axis = { from: 1, to: 10_000, step: 1 };
    const params = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`p${i}`, axis]));
    expect(refusal({ params })).toContain(`found ${10n ** 64n}; add sample: {random: 5000}, drop values`);
    expect(refusal({ params, conditions: ['params.p0 > 1'] })).toContain(
      `conditions: expected a grid of at most 100000000 points to try them on, found ${10n ** 64n}; add sample`,
    );
  });

  it('where the conditions leave more than maxRuns', () => {
    expect(refusal({ ...FIELDS, conditions: ['params.a > 20'], maxRuns: 1999 })).toContain(
      'expected at most 1999 runs (maxRuns), found 2000',
    );
  });

  it('where a condition excludes everything, naming how many each excluded', () => {
    const conditions = ['params.a > 30', 'params.b > 50'];
    expect(refusal({ ...FIELDS, conditions })).toBe(
      'InvalidInputError: conditions: expected at least one run, found none of 4000 points left: ' +
        '"params.a > 30" excluded 3000, "params.b > 50" excluded 1000; loosen one of them',
    );
    expect(refusal({ ...FIELDS, conditions, sample: { random: 10 } })).toContain(
      'found none of 4000 points left',
    );
  });

  it('where a condition has no answer at some point', () => {
    expect(refusal({ ...FIELDS, conditions: ['stops.stopLoss > 0.01'] })).toContain(
      'guard it: stops.stopLoss != null && …',
    );
  });
});
