import type { Plan } from '../../contracts/plan.ts';
import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import type { ResultColumn, ResultValues } from '../../formats/results-parquet.ts';
import type { RowObserver } from '../fold-shards.ts';
import { parityChosen } from '../plan.ts';
import { rankCorrelation } from './rank-correlation.ts';
import { windowColumns } from './run-validation.ts';

/** Values that are kept for rank correlations, and runs at most: both bound the memory of the aggregator. */
const SAMPLED_VALUES = 4_000_000;
const SAMPLED_RUNS = 20_000;

/** The run that a window chose: the best by its training data. */
export interface Chosen {
  readonly runIndex: number;
  readonly shard: number;
  readonly row: number;
  /** Objective on the training data. */
  readonly train: number;
  /** Objective in the test; NaN where undefined, and for a split. */
  readonly test: number;
}

/** What all runs together showed in one window. */
export interface WindowChoice {
  /** null where no run has a defined objective and meets the constraints. */
  readonly chosen: Chosen | null;
  /** Runs that could have been chosen. */
  readonly candidates: number;
  /** The best objective of any run in the test, known only afterwards; NaN where none is defined. */
  readonly bestTest: number;
  /** Spearman's correlation of training and test objective over the sampled runs; NaN where undefined. */
  readonly rankCorrelation: number;
  /** Share of the sampled runs that did worse than the chosen in the test, ties counted half; NaN where undefined. */
  readonly testPercentile: number;
}

/** What all windows and splits of a sweep chose. */
export interface WindowChoices {
  readonly windows: readonly WindowChoice[];
  readonly splits: readonly (Chosen | null)[];
  /** Runs over which rank correlations and percentiles were taken. */
  readonly sampledRuns: number;
}

/** Ranks the runs of a sweep in each of its windows while its shards go by. */
export interface WindowFold extends RowObserver {
  /** The columns of windows, which are not columns of every sweep. */
  readonly windowColumns: readonly ResultColumn[];
  choices(): WindowChoices;
}

/** Objectives whose difference is at most this part of them are equal. */
const SAME = 1e-12;

interface Best {
  value: number;
  runIndex: number;
  shard: number;
  row: number;
  test: number;
}

/**
 * Chooses in every window the run with the best training objective; equal ones, to 1e-12 of themselves, by the lowest run
 * index.
 *
 * Memory does not grow with the runs: of a sweep with more than 20,000 (fewer where there are many windows) the rank
 * correlations are taken over a sample of about so many, drawn by a hash of the run index.
 */
export function foldWindows(
  layout: ValidationLayout,
  { runs, shardRuns }: Pick<Plan, 'runs' | 'shardRuns'>,
  direction: 'higher' | 'lower',
): WindowFold {
  const { train, test, cpcv } = windowColumns(layout);
  const own = [...train, ...test, ...cpcv];
  const better = direction === 'higher' ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
  const nobody = (): Best => ({ value: Number.NaN, runIndex: -1, shard: -1, row: -1, test: Number.NaN });
  const best = train.map(nobody);
  const bestSplit = cpcv.map(nobody);
  const candidates = new Float64Array(train.length);
  const bestTest = new Float64Array(train.length).fill(Number.NaN);
  const most = Math.min(SAMPLED_RUNS, SAMPLED_VALUES / Math.max(1, 2 * train.length));
  const share = most / runs;
  const sampled = train.map(() => ({ train: [] as number[], test: [] as number[] }));
  let sampledRuns = 0;

  function observe(shard: number, rows: ReadonlyMap<string, ResultValues>, count: number): void {
    const column = ({ name }: ResultColumn) => rows.get(name) as Float64Array;
    const [trains, tests, splits] = [train.map(column), test.map(column), cpcv.map(column)];
    const status = rows.get('status')!;
    for (let row = 0; row < count; row++) {
      if (status[row] !== 'ok') continue;
      const runIndex = shard * shardRuns + row;
      const inSample = share >= 1 || parityChosen(runIndex, share);
      if (inSample) sampledRuns++;
      for (let k = 0; k < trains.length; k++) {
        const [value, tested] = [trains[k]![row]!, tests[k]![row]!];
        if (inSample) {
          sampled[k]!.train.push(value);
          sampled[k]!.test.push(tested);
        }
        if (Number.isNaN(bestTest[k]!) || better(tested, bestTest[k]!)) bestTest[k] = tested;
        if (Number.isNaN(value)) continue;
        candidates[k]!++;
        offer(best[k]!, value, runIndex, shard, row, tested);
      }
      for (let k = 0; k < splits.length; k++) {
        const value = splits[k]![row]!;
        if (!Number.isNaN(value)) offer(bestSplit[k]!, value, runIndex, shard, row, Number.NaN);
      }
    }
  }

  function offer(
    to: Best,
    value: number,
    runIndex: number,
    shard: number,
    row: number,
    tested: number,
  ): void {
    // Runs come by ascending index. Two that did the same, such as one whose stop was never touched, differ by rounding.
    if (
      to.runIndex >= 0 &&
      (!better(value, to.value) || Math.abs(value - to.value) <= SAME * Math.abs(value))
    )
      return;
    to.value = value;
    to.runIndex = runIndex;
    to.shard = shard;
    to.row = row;
    to.test = tested;
  }

  const chosenOf = ({ value, runIndex, shard, row, test }: Best): Chosen | null =>
    runIndex < 0 ? null : { runIndex, shard, row, train: value, test };

  return {
    windowColumns: own,
    columns: own.map(({ name }) => name),
    observe,
    choices: () => ({
      windows: best.map((each, k) => ({
        chosen: chosenOf(each),
        candidates: candidates[k]!,
        bestTest: bestTest[k]!,
        rankCorrelation: rankCorrelation(sampled[k]!.train, sampled[k]!.test),
        testPercentile: shareBelow(sampled[k]!.test, each.test, better),
      })),
      splits: bestSplit.map(chosenOf),
      sampledRuns,
    }),
  };
}

/** Share of the defined values that are worse than `value`, ties counted half. */
function shareBelow(
  values: readonly number[],
  value: number,
  better: (a: number, b: number) => boolean,
): number {
  let [below, count] = [0, 0];
  for (const each of values) {
    if (Number.isNaN(each)) continue;
    count++;
    if (better(value, each)) below++;
    else if (each === value) below += 0.5;
  }
  return count > 0 && !Number.isNaN(value) ? below / count : Number.NaN;
}
