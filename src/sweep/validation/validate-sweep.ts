import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import type { ValidationSummary } from '../../contracts/validation-summary.ts';
import type { ResultTable } from '../../formats/results-parquet.ts';
import type { AggregateInput } from '../aggregate-input.ts';
import type { Store } from '../ports.ts';
import { type ChosenRun, chosenRuns } from './chosen-runs.ts';
import { cpcvSummary } from './cpcv-summary.ts';
import { holdoutSummary } from './holdout-summary.ts';
import { type Leg, type Stitched, stitch } from './stitch.ts';
import { walkForwardSummary } from './walk-forward-summary.ts';
import { walkForwardEquityTable, walkForwardTable } from './walk-forward-tables.ts';
import type { WindowChoices } from './window-choices.ts';

/** What the validation of a sweep came to: for the summary, and as tables. */
export interface Validation {
  readonly summary: ValidationSummary;
  readonly walkForward: ResultTable;
  readonly equity: ResultTable;
}

/**
 * Replays the runs that windows and splits chose, each once, and sees how following them would have fared.
 *
 * @param leaders the leaderboard as published
 */
export async function validateSweep(
  store: Store,
  generation: number,
  { plan, columns, ranking, runner, windowRanking }: AggregateInput,
  layout: ValidationLayout,
  choices: WindowChoices,
  leaders: ResultTable,
): Promise<Validation> {
  // Weights are wanted where an account may switch: at the close before each test.
  const at = layout.windows.map(({ test }) => test[0] - 1);
  const runs = await chosenRuns(store, plan, columns, choices, at, runner);
  const stitched = stitchedAccount(layout, choices, runs, plan.assets);
  const { metric } = ranking;
  const times = [...runs.values()].find(({ followed }) => followed !== null)?.followed?.times;
  return {
    summary: {
      bars: layout.bars,
      walkForward:
        layout.windows.length === 0
          ? null
          : walkForwardSummary(
              layout,
              metric,
              choices,
              runs,
              stitched,
              leaders,
              windowRanking?.notApplied ?? [],
            ),
      cpcv: layout.cpcv && cpcvSummary(layout, layout.cpcv, metric, choices.splits, runs),
      holdout: layout.holdout && holdoutSummary(layout.holdout, leaders),
    },
    walkForward: walkForwardTable(generation, layout, choices, runs, stitched),
    equity: walkForwardEquityTable(generation, layout, stitched, times ?? new Float64Array(0)),
  };
}

/** The account that followed every choice from its test to the next one's; null without any, or where a run cannot be replayed. */
function stitchedAccount(
  { windows }: ValidationLayout,
  choices: WindowChoices,
  runs: ReadonlyMap<number, ChosenRun>,
  assets: number,
): Stitched | null {
  const legs: Leg[] = [];
  let before: ChosenRun | null = null;
  for (const [k, { test }] of windows.entries()) {
    const { chosen } = choices.windows[k]!;
    const run: ChosenRun | null = chosen && runs.get(chosen.runIndex)!;
    if (run && run.followed === null) return null;
    const weightsOf = (one: ChosenRun | null) =>
      one === null ? [] : one.followed!.weights.subarray(k * assets, (k + 1) * assets);
    legs.push({
      from: test[0],
      to: windows[k + 1]?.test[0] ?? test[1],
      run: chosen && { runIndex: chosen.runIndex, returns: run!.followed!.returns },
      weights: weightsOf(run),
      weightsBefore: weightsOf(before),
      costs: (run ?? before)?.costs ?? NO_COSTS,
    });
    before = run;
  }
  return legs.some(({ run }) => run !== null) ? stitch(legs) : null;
}

const NO_COSTS = { feeRate: 0, slippage: 0, fixedFee: 0, cash: 1 };
