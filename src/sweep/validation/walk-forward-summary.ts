import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import type { ValidationSummary } from '../../contracts/validation-summary.ts';
import type { ResultTable } from '../../formats/results-parquet.ts';
import type { ChosenRun } from './chosen-runs.ts';
import { figuresOf, meanOf, nullable } from './figures.ts';
import { axisStability } from './stability.ts';
import type { Stitched } from './stitch.ts';
import type { WindowChoices } from './window-choices.ts';

/** What a walk-forward came to, in the words of the summary. */
export function walkForwardSummary(
  layout: ValidationLayout,
  objective: string,
  { windows, sampledRuns }: WindowChoices,
  runs: ReadonlyMap<number, ChosenRun>,
  stitched: Stitched | null,
  leaders: ResultTable,
  constraintsNotApplied: readonly string[],
): ValidationSummary['walkForward'] {
  const runOf = (k: number) => {
    const { chosen } = windows[k]!;
    return chosen && runs.get(chosen.runIndex)!;
  };
  const chosen = windows.flatMap(({ chosen }) => (chosen ? [runs.get(chosen.runIndex)!] : []));
  const indices = windows.map(({ chosen }) => chosen?.runIndex ?? null);
  const axes = [...new Set(chosen.flatMap((run) => Object.keys(run.axes)))];
  return {
    folds: layout.windows.map(({ trainFrom, trainTo, testFrom, testTo }, k) => {
      const { chosen, testPercentile, rankCorrelation } = windows[k]!;
      const run = runOf(k);
      return {
        trainFrom,
        trainTo,
        testFrom,
        testTo,
        run_id: run?.run_id ?? null,
        axes: { ...run?.axes },
        trainObjective: nullable(chosen?.train ?? Number.NaN),
        testObjective: nullable(chosen?.test ?? Number.NaN),
        testPercentile: nullable(testPercentile),
        rankCorrelation: nullable(rankCorrelation),
      };
    }),
    meanTrain: meanOf(windows.map(({ chosen }) => chosen?.train ?? Number.NaN)),
    meanTest: meanOf(windows.map(({ chosen }) => chosen?.test ?? Number.NaN)),
    meanRankCorrelation: meanOf(windows.map(({ rankCorrelation }) => rankCorrelation)),
    sampledRuns,
    distinctRuns: new Set(indices.filter((index) => index !== null)).size,
    changes: indices.filter((index, k) => k > 0 && index !== indices[k - 1]).length,
    axes: axisStability(
      chosen.map((run) => run.axes),
      axes,
    ).map((each) => ({ ...each, values: [...each.values] })),
    constraintsNotApplied: [...constraintsNotApplied],
    stitched: stitched && {
      ...figuresOf(stitched, objective, layout),
      from: layout.windows[0]!.testFrom,
      to: layout.windows.at(-1)!.testTo,
      bars: stitched.returns.length,
      switches: stitched.switchCost.filter((cost) => cost > 0).length,
      switchCost: stitched.switchCost.reduce((sum, cost) => sum + cost, 0),
    },
    hindsight: hindsight(leaders),
  };
}

function hindsight({ rows, values }: ResultTable) {
  if (rows === 0) return null;
  const number = (name: string) => nullable(values.get(name)![0] as number);
  return {
    run_id: values.get('run_id')![0] as string,
    objective: number('out_of_sample_objective'),
    total_return: number('out_of_sample_total_return'),
  };
}
