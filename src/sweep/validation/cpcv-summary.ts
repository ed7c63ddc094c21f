import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import type { ValidationSummary } from '../../contracts/validation-summary.ts';
import type { ChosenRun } from './chosen-runs.ts';
import { cpcvPaths } from './cpcv-splits.ts';
import { figuresOf, meanOf } from './figures.ts';
import type { Annual, SlicedRun } from './slice-metrics.ts';
import type { Chosen } from './window-choices.ts';

const CHOSEN_SHOWN = 10;

/** What a cross-validation came to: how often which run was chosen, and the objective of every path. */
export function cpcvSummary(
  annual: Annual,
  cpcv: NonNullable<ValidationLayout['cpcv']>,
  objective: string,
  choices: readonly (Chosen | null)[],
  runs: ReadonlyMap<number, ChosenRun>,
): NonNullable<ValidationSummary['cpcv']> {
  const paths = cpcvPaths(cpcv);
  const counts = new Map<number, number>();
  for (const chosen of choices) {
    if (chosen) counts.set(chosen.runIndex, (counts.get(chosen.runIndex) ?? 0) + 1);
  }
  const chosen = [...counts].sort(([a, m], [b, n]) => n - m || a - b).slice(0, CHOSEN_SHOWN);
  const replayed = [...counts.keys()].every((index) => runs.get(index)!.followed !== null);
  const returnsOf = (split: number) => {
    const of = choices[split];
    return of ? runs.get(of.runIndex)!.followed!.returns : null;
  };
  const objectives = replayed
    ? paths.map((path) => figuresOf(pathAccount(cpcv.bounds, path, returnsOf), objective, annual).objective)
    : null;
  const sorted = (objectives ?? []).filter((value) => value !== null).sort((a, b) => a - b);
  return {
    groups: cpcv.bounds.length - 1,
    testGroups: cpcv.splits[0]!.test.length,
    splits: cpcv.splits.length,
    paths: paths.length,
    distinctRuns: counts.size,
    chosen: chosen.map(([index, splits]) => ({ run_id: runs.get(index)!.run_id, splits })),
    meanTrain: meanOf(choices.map((each) => each?.train ?? Number.NaN)),
    objectives,
    mean: meanOf(sorted),
    std: deviationOf(sorted),
    min: sorted[0] ?? null,
    lowerQuartile: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    upperQuartile: quantile(sorted, 0.75),
    max: sorted.at(-1) ?? null,
  };
}

/**
 * The returns of one path: in group g those of the run that its split chose, cash where that chose none.
 *
 * No switch is charged: a path is no account that could have been followed, since its choices know what came later.
 */
function pathAccount(
  bounds: readonly number[],
  path: readonly number[],
  returnsOf: (split: number) => Float64Array | null,
): SlicedRun {
  const length = bounds.at(-1)!;
  const [returns, equity] = [new Float64Array(length), new Float64Array(length)];
  let level = 1;
  for (const [g, split] of path.entries()) {
    const from = returnsOf(split);
    for (let t = bounds[g]!; t < bounds[g + 1]!; t++) {
      const r = level > 0 && from !== null ? from[t]! : 0;
      returns[t] = r;
      level *= 1 + r;
      equity[t] = level;
    }
  }
  return { returns, equity, start: 1 };
}

/** Linear interpolation between the order statistics, as numpy's default; null without values. */
function quantile(sorted: readonly number[], q: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * q;
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (place - low);
}

function deviationOf(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = meanOf(values)!;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (values.length - 1));
}
