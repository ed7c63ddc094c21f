import { InvalidInputError } from '../contracts/errors.ts';
import { SPEC_LIMITS, type SweepSpec } from '../contracts/sweep-spec.ts';
import { type Condition, compileConditions } from './conditions.ts';
import { digitsAt, type Grid, type GridIndex } from './grid.ts';
import { MAX_EXAMINED, type Sample, sampleIndices } from './sample.ts';

/** Grid indices are remembered for every so many runs while they are counted. */
const CHECKPOINT_RUNS = 1000;

/** Which points of a grid are runs, counted but not listed. */
export interface Selection {
  /** Number of runs. */
  readonly runs: number;
  readonly gridSize: bigint;
  /** Points that were looked at to count them: the whole grid, or what the sample drew. */
  readonly examined: bigint;
  /** Points each condition excluded, in the order of the spec; a point counts for the first condition that fails. */
  readonly excluded: readonly { readonly condition: string; readonly points: number }[];
  /** The grid index of run `first` where the plan must record it (conditions without a sample), else undefined. */
  readonly startOf: (first: number) => number | undefined;
}

/** An index range of runs as it stands in the plan. */
export interface RunRange {
  readonly first: number;
  readonly count: number;
  /** `Selection.startOf(first)`. */
  readonly start?: number | undefined;
}

type Accept = (digits: ArrayLike<number>) => boolean;

/**
 * Counts the runs of a sweep; `grid` is that of the spec.
 *
 * Without conditions and sample by arithmetic, with conditions by one pass over the grid, with a sample by drawing it.
 * Throws InvalidInputError where there are more runs than `maxRuns`, where more than 10^8 points would be looked at,
 * and where the conditions leave nothing.
 */
export function selectRuns(spec: SweepSpec, grid: Grid): Selection {
  const conditions = compileConditions(spec.conditions, grid);
  const excluded = conditions.map(({ text }) => ({ condition: text, points: 0 }));
  const accept: Accept = (digits) => {
    const failed = conditions.findIndex((condition) => !condition.holds(digits));
    if (failed >= 0) excluded[failed]!.points++;
    return failed < 0;
  };
  const all = { gridSize: grid.size, excluded, startOf: () => undefined };
  if (spec.sample !== undefined) {
    const sample = drawSample(spec.sample, grid, accept);
    prepared.set(grid, { spec, accept: acceptAll(conditions), sample });
    const runs = refuseNone(sample.indices.length, sample.examined, excluded);
    return { ...all, runs, examined: BigInt(sample.examined) };
  }
  if (conditions.length === 0) {
    return { ...all, runs: refuseTooMany(grid.size, spec), examined: grid.size };
  }
  const starts = countAccepted(grid, accept);
  const runs = refuseTooMany(BigInt(refuseNone(starts.runs, Number(grid.size), excluded)), spec);
  const acceptOnly = acceptAll(conditions);
  const startOf = (first: number) => {
    let toSkip = first % CHECKPOINT_RUNS;
    let start = starts.checkpoints[Math.floor(first / CHECKPOINT_RUNS)];
    if (!(first >= 0 && first < runs) || start === undefined) {
      throw new RangeError(`start of a range: expected a run in [0, ${runs}), found ${first}`);
    }
    walk(grid, start, (digits, index) => {
      start = index;
      return !acceptOnly(digits) || toSkip-- > 0;
    });
    return start;
  };
  return { ...all, runs, examined: grid.size, startOf };
}

/** The grid indices of a range of runs, ascending; `grid` is that of the spec, the range one of its plan. */
export function runIndices(spec: SweepSpec, grid: Grid, { first, count, start }: RunRange): GridIndex[] {
  if (spec.sample === undefined && spec.conditions.length === 0) {
    return Array.from({ length: count }, (_, i) => first + i);
  }
  const { accept, sample } = prepare(spec, grid);
  if (sample !== undefined) return [...sample.indices.slice(first, first + count)];
  if (start === undefined) {
    throw new RangeError('runs of a sweep with conditions: expected the start of the range');
  }
  const found: number[] = [];
  walk(grid, start, (digits, index) => {
    if (accept(digits)) found.push(index);
    return found.length < count;
  });
  return found;
}

/** The grid index of run `first + i` of a range by i; see `runIndices`. */
export function indexReader(spec: SweepSpec, grid: Grid, range: RunRange): (i: number) => GridIndex {
  if (spec.sample === undefined && spec.conditions.length === 0) return (i) => range.first + i;
  const indices = runIndices(spec, grid, range);
  return (i) => indices[i]!;
}

interface Prepared {
  readonly spec: SweepSpec;
  readonly accept: Accept;
  readonly sample: Sample | undefined;
}

/** Once per process and sweep: a worker runs many shards of one sample. */
const prepared = new WeakMap<Grid, Prepared>();

function prepare(spec: SweepSpec, grid: Grid): Prepared {
  const there = prepared.get(grid);
  if (there?.spec === spec) return there;
  const accept = acceptAll(compileConditions(spec.conditions, grid));
  const made = { spec, accept, sample: spec.sample && drawSample(spec.sample, grid, accept) };
  prepared.set(grid, made);
  return made;
}

function acceptAll(conditions: readonly Condition[]): Accept {
  return (digits) => conditions.every((condition) => condition.holds(digits));
}

function drawSample(sample: NonNullable<SweepSpec['sample']>, grid: Grid, accept: Accept): Sample {
  const digits: number[] = [];
  return sampleIndices(grid.size, sample.random, sample.seed, (index) =>
    accept(digitsAt(grid, index, digits)),
  );
}

/** Visits the points of a grid from an index on, by ascending index, until `visit` answers false. */
function walk(grid: Grid, start: number, visit: (digits: ArrayLike<number>, index: number) => boolean): void {
  const lengths = grid.axes.map((axis) => axis.values.length);
  const digits = digitsAt(grid, start, []);
  for (let index = start; index < grid.size; index++) {
    if (!visit(digits, index)) return;
    for (let k = lengths.length - 1; k >= 0; k--) {
      if (++digits[k]! < lengths[k]!) break;
      digits[k] = 0;
    }
  }
}

/** Number of points that are runs, and the grid index of every 1,000th of them. */
function countAccepted(grid: Grid, accept: Accept): { runs: number; checkpoints: readonly number[] } {
  if (grid.size > MAX_EXAMINED) {
    throw new InvalidInputError(
      `conditions: expected a grid of at most ${MAX_EXAMINED} points to try them on, found ${grid.size}; ` +
        'add sample: {random: 5000}, or drop values',
    );
  }
  let runs = 0;
  const checkpoints: number[] = [];
  walk(grid, 0, (digits, index) => {
    if (accept(digits) && runs++ % CHECKPOINT_RUNS === 0) checkpoints.push(index);
    return true;
  });
  return { runs, checkpoints };
}

function refuseTooMany(runs: bigint, spec: SweepSpec): number {
  if (runs <= spec.maxRuns) return Number(runs);
  const raise = runs <= SPEC_LIMITS.runsAtMost ? `, or set maxRuns (at most ${SPEC_LIMITS.runsAtMost})` : '';
  throw new InvalidInputError(
    `the grid is too large: expected at most ${spec.maxRuns} runs (maxRuns), found ${runs}; ` +
      `add sample: {random: 5000}, drop values${raise}`,
  );
}

function refuseNone(runs: number, examined: number, excluded: Selection['excluded']): number {
  if (runs > 0) return runs;
  const blame = excluded
    .map(({ condition, points }) => `${JSON.stringify(condition)} excluded ${points}`)
    .join(', ');
  throw new InvalidInputError(
    `conditions: expected at least one run, found none of ${examined} points left: ${blame}; loosen one of them`,
  );
}
