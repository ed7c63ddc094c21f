import { VALIDATION_COLUMNS } from '../../contracts/result-row.ts';
import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import type { Interval, ValidationLayout } from '../../contracts/validation-layout.ts';
import type { ResultColumn } from '../../formats/results-parquet.ts';
import { createSlices, type SlicedRun, type SliceMetric, sliceMetric } from './slice-metrics.ts';
import { windowRanking } from './window-ranking.ts';

const numbered = (prefix: string, count: number): readonly ResultColumn[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `${prefix}_${String(i).padStart(3, '0')}`,
    type: 'DOUBLE',
    nullable: true,
  }));

/** The columns that only the rows of a sweep with such windows have, as they have those of its axes. */
export interface WindowColumns {
  /** Objective in training and in test, by window of the walk-forward. */
  readonly train: readonly ResultColumn[];
  readonly test: readonly ResultColumn[];
  /** Objective on the training data of each split of the cross-validation. */
  readonly cpcv: readonly ResultColumn[];
}

/** The columns of a layout's windows: `wf_train_000`, `wf_test_000`, `cpcv_train_000` and so on. */
export function windowColumns({ windows, cpcv }: Pick<ValidationLayout, 'windows' | 'cpcv'>): WindowColumns {
  return {
    train: numbered('wf_train', windows.length),
    test: numbered('wf_test', windows.length),
    cpcv: numbered('cpcv_train', cpcv?.splits.length ?? 0),
  };
}

/** Measures runs by the windows of a sweep, one after the other. */
export interface RunValidation {
  /** Those that are not columns of every sweep. */
  readonly windowColumns: readonly ResultColumn[];
  /** `windowColumns`, then `VALIDATION_COLUMNS`. */
  readonly columns: readonly ResultColumn[];
  /** The values of `columns`, NaN = undefined; they hold until the next call. */
  measure(run: SlicedRun): Float64Array;
}

/**
 * Measures runs by the windows of a layout; null where it has none (a holdout is looked at by the leaders alone).
 *
 * In a training window the objective is NaN too where the run does not meet the constraints there, so that the best value of
 * a column is the run that would have been chosen.
 */
export function createRunValidation(
  layout: ValidationLayout,
  spec: Pick<SweepSpec, 'objective' | 'constraints'>,
): RunValidation | null {
  const { windows, cpcv } = layout;
  if (windows.length === 0 && cpcv === null) return null;
  const { train, test, cpcv: splits } = windowColumns(layout);
  const own = [...train, ...test, ...splits];
  const columns = [...own, ...VALIDATION_COLUMNS];
  const values = new Float64Array(columns.length);
  const trained = [...windows, ...(cpcv?.splits ?? [])].map((each) => each.train);
  const tested = windows.map(({ test }) => [test]);
  const slices = createSlices([...trained, ...tested, testedBars(layout)]);

  const objective = sliceMetric(spec.objective.metric as SliceMetric, layout);
  const { meets } = windowRanking(spec, layout);
  const whole = (['total_return', 'sharpe', 'max_drawdown'] as const).map((name) =>
    sliceMetric(name, layout),
  );

  function measure(run: SlicedRun): Float64Array {
    slices.read(run);
    const count = windows.length;
    for (let i = 0; i < trained.length; i++) {
      const at = i < count ? i : count + i; // splits come after the tests
      const stats = slices.of(i);
      values[at] = stats !== null && meets(stats) ? objective(stats) : Number.NaN;
    }
    for (let k = 0; k < count; k++) {
      const stats = slices.of(trained.length + k);
      values[count + k] = stats === null ? Number.NaN : objective(stats);
    }
    const outOfSample = count === 0 ? null : slices.of(trained.length + count);
    const rest = trained.length + count;
    values[rest] = mean(values.subarray(0, count));
    values[rest + 1] = outOfSample === null ? Number.NaN : objective(outOfSample);
    for (let k = 0; k < whole.length; k++) {
      values[rest + 2 + k] = outOfSample === null ? Number.NaN : whole[k]!(outOfSample);
    }
    return values;
  }

  return { windowColumns: own, columns, measure };
}

/** All bars that are tested by some window: tests follow one another without a gap. */
export function testedBars({ windows }: Pick<ValidationLayout, 'windows'>): Interval[] {
  const [first, last] = [windows[0], windows.at(-1)];
  return first && last ? [[first.test[0], last.test[1]]] : [];
}

/** Mean of the values that are defined; NaN where none is. */
function mean(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}
