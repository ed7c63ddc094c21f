import type { ValidationLayout } from '../../contracts/validation-layout.ts';
import { type ResultColumn, type ResultTable, resultTable } from '../../formats/results-parquet.ts';
import { barsIn } from './intervals.ts';
import type { Stitched } from './stitch.ts';
import type { WindowChoices } from './window-choices.ts';

const text = (name: string): ResultColumn => ({ name, type: 'UTF8', nullable: true });
const count = (name: string): ResultColumn => ({ name, type: 'INT32', nullable: true });
const number = (name: string): ResultColumn => ({ name, type: 'DOUBLE', nullable: true });

/** The columns of `walk_forward` in their order: one row per window. */
export const WALK_FORWARD_COLUMNS: readonly ResultColumn[] = [
  { name: 'generation', type: 'INT32', nullable: false },
  { name: 'fold', type: 'INT32', nullable: false },
  text('train_from'),
  text('train_to'),
  text('test_from'),
  text('test_to'),
  count('train_bars'),
  count('test_bars'),
  count('candidates'),
  count('run_index'),
  text('run_id'),
  text('params'),
  number('train_objective'),
  number('test_objective'),
  number('test_percentile'),
  number('best_test_objective'),
  number('rank_correlation'),
  { name: 'changed', type: 'BOOLEAN', nullable: true },
  number('switch_cost'),
  number('equity'),
];

/** The columns of `walk_forward_equity` in their order: one row per test bar. */
export const WALK_FORWARD_EQUITY_COLUMNS: readonly ResultColumn[] = [
  { name: 'generation', type: 'INT32', nullable: false },
  { name: 'fold', type: 'INT32', nullable: false },
  { name: 'bar', type: 'INT32', nullable: false },
  text('ts'),
  number('return'),
  number('equity'),
];

/** The columns of a run that tables of a validation name. */
export interface NamedRun {
  readonly run_id: string;
  readonly params: string;
}

/** One row per window: its bars, what it chose, how that fared, and the stitched account at the end of its leg. */
export function walkForwardTable(
  generation: number,
  { windows }: Pick<ValidationLayout, 'windows'>,
  choices: WindowChoices,
  runs: ReadonlyMap<number, NamedRun>,
  stitched: Stitched | null,
): ResultTable {
  const table = resultTable(WALK_FORWARD_COLUMNS, windows.length);
  for (const [k, window] of windows.entries()) {
    const { chosen, candidates, bestTest, rankCorrelation, testPercentile } = choices.windows[k]!;
    const before = k > 0 ? (choices.windows[k - 1]!.chosen?.runIndex ?? null) : null;
    const run = chosen && runs.get(chosen.runIndex)!;
    fillRow(table, k, {
      generation,
      fold: k,
      train_from: window.trainFrom,
      train_to: window.trainTo,
      test_from: window.testFrom,
      test_to: window.testTo,
      train_bars: barsIn(window.train),
      test_bars: window.test[1] - window.test[0],
      candidates,
      run_index: chosen?.runIndex ?? Number.NaN,
      run_id: run?.run_id ?? null,
      params: run?.params ?? null,
      train_objective: chosen?.train ?? Number.NaN,
      test_objective: chosen?.test ?? Number.NaN,
      test_percentile: testPercentile,
      best_test_objective: bestTest,
      rank_correlation: rankCorrelation,
      changed: k === 0 ? null : before !== (chosen?.runIndex ?? null),
      switch_cost: stitched?.switchCost[k] ?? Number.NaN,
      equity: stitched?.endLevel[k] ?? Number.NaN,
    });
  }
  return table;
}

/** One row per test bar of the stitched account; none where it could not be stitched. */
export function walkForwardEquityTable(
  generation: number,
  { windows }: Pick<ValidationLayout, 'windows'>,
  stitched: Stitched | null,
  times: Float64Array,
): ResultTable {
  const rows = stitched?.equity.length ?? 0;
  const table = resultTable(WALK_FORWARD_EQUITY_COLUMNS, rows);
  const first = windows[0]?.test[0] ?? 0;
  let fold = 0;
  for (let i = 0; i < rows; i++) {
    const bar = first + i;
    if (windows[fold + 1] && bar >= windows[fold + 1]!.test[0]) fold++;
    fillRow(table, i, {
      generation,
      fold,
      bar,
      ts: new Date(times[bar]!).toISOString(),
      return: stitched!.returns[i]!,
      equity: stitched!.equity[i]!,
    });
  }
  return table;
}

function fillRow(
  table: ResultTable,
  at: number,
  row: Readonly<Record<string, number | string | boolean | null>>,
): void {
  for (const [name, value] of Object.entries(row)) (table.values.get(name) as unknown[])[at] = value;
}
