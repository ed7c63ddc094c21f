import type { Summary } from '../contracts/summary.ts';
import type { ValidationSummary } from '../contracts/validation-summary.ts';
import { metricByName } from '../core/metrics/catalog.ts';
import { axisText } from './axis-text.ts';
import { count, fixed, metricText, percent, plural, shortId } from './format.ts';
import { table } from './table.ts';
import { colorsOf, printable } from './terminal.ts';

/** Windows that are listed; of more the latest. */
const FOLDS_SHOWN = 24;
/** Values of an axis that are listed by how often they were chosen. */
const VALUES_SHOWN = 4;

type WalkForward = NonNullable<ValidationSummary['walkForward']>;
type Field = (name: string, text: string) => string;

/** What a validation came to, for a person: windows, the account that followed them, paths, holdout; no lines without one. */
export function validationLines({ validation, objective }: Summary, field: Field): string[] {
  if (!validation) return [];
  const { walkForward, cpcv, holdout } = validation;
  const unit = metricByName(objective.metric)!.unit;
  const shown = (value: number | null) => metricText(unit, value) || 'undefined';
  const lines: string[] = [];
  if (walkForward) lines.push(...walkForwardLines(walkForward, objective.metric, shown, field));
  if (cpcv) {
    const { paths, splits, groups, testGroups, median, min, max, meanTrain } = cpcv;
    const spread =
      cpcv.objectives === null ? 'not replayed' : `median ${shown(median)}, ${shown(min)} to ${shown(max)}`;
    lines.push(
      field(
        'cpcv',
        `${plural(paths, 'path')} of ${plural(splits, 'split')} (${testGroups} of ${groups} groups tested): ` +
          `${objective.metric} ${spread}; in training ${shown(meanTrain)}; ${plural(cpcv.distinctRuns, 'different run')} chosen`,
      ),
    );
  }
  if (holdout) lines.push(field('holdout', holdoutText(holdout, objective.metric, shown)));
  return lines;
}

function walkForwardLines(
  walkForward: WalkForward,
  metric: string,
  shown: (value: number | null) => string,
  field: Field,
): string[] {
  const { bold } = colorsOf(process.stdout);
  const { folds, stitched, hindsight, axes, changes, distinctRuns, constraintsNotApplied } = walkForward;
  const hidden = Math.max(0, folds.length - FOLDS_SHOWN);
  const title = `Walk-forward: ${plural(folds.length, 'window')}, ranked by ${metric} in training, followed in the test`;
  const rows = folds
    .slice(hidden)
    .map((fold, i) => [
      hidden + i + 1,
      `${day(fold.trainFrom)} to ${day(fold.trainTo)}`,
      `${day(fold.testFrom)} to ${day(fold.testTo)}`,
      fold.run_id === null ? 'none' : shortId(fold.run_id),
      ...axes.map(({ axis }) => axisText(fold.axes[axis])),
      shown(fold.trainObjective),
      shown(fold.testObjective),
      percent(fold.testPercentile, 0),
    ]);
  const head = ['#', 'train', 'test', 'run', ...axes.map(({ axis }) => axis), `${metric} in`, 'out', 'beats'];
  const spare = [...axes.map(({ axis }) => axis).reverse(), 'train'];
  const lines = [bold(title), table(head, rows, { spare }).trimEnd()];
  if (hidden > 0) lines.push(`${plural(hidden, 'earlier window')} not shown: table walk_forward has all`);
  lines.push('');
  if (stitched) {
    lines.push(
      field(
        'followed',
        `${metric} ${shown(stitched.objective)}, total return ${percent(stitched.total_return)}, max drawdown ${percent(stitched.max_drawdown)} ` +
          `from ${day(stitched.from)} to ${day(stitched.to)}; switching cost ${percent(stitched.switchCost)} in all`,
      ),
    );
  } else
    lines.push(
      field(
        'followed',
        distinctRuns === 0
          ? 'nothing: no run could be ranked in any window'
          : 'a chosen run could not be replayed',
      ),
    );
  if (hindsight) {
    const { run_id, objective, total_return } = hindsight;
    const choice = `run ${shortId(run_id)}, which leads over the whole period`;
    lines.push(
      field(
        'hindsight',
        `${metric} ${shown(objective)}, total return ${percent(total_return)} on the same bars for ${choice}`,
      ),
    );
  }
  const correlation = fixed(walkForward.meanRankCorrelation, 2) || 'undefined';
  lines.push(
    field(
      'chosen',
      `mean ${metric} ${shown(walkForward.meanTrain)} in training, ${shown(walkForward.meanTest)} in the test; ` +
        `rank correlation over all runs ${correlation}`,
    ),
    field(
      'stability',
      `${plural(distinctRuns, 'run')} chosen, changed ${count(changes)} of ${count(folds.length - 1)} times`,
    ),
  );
  for (const { axis, values, changes } of axes) {
    const named = values
      .slice(0, VALUES_SHOWN)
      .map(({ value, windows }) => `${axisText(value)} × ${windows}`);
    if (values.length > VALUES_SHOWN) named.push(`${values.length - VALUES_SHOWN} more`);
    lines.push(
      field(
        '',
        `${printable(axis)}: ${named.map(printable).join(', ')} (changed ${plural(changes, 'time')})`,
      ),
    );
  }
  if (constraintsNotApplied.length > 0) {
    const texts = constraintsNotApplied.map((text) => printable(text)).join(', ');
    lines.push(field('note', `constraints not applied in windows, whose returns cannot tell them: ${texts}`));
  }
  return lines;
}

function holdoutText(
  { bars, from, to, best, looksAhead }: NonNullable<ValidationSummary['holdout']>,
  metric: string,
  shown: (value: number | null) => string,
): string {
  const { red } = colorsOf(process.stdout);
  const where = `${plural(bars, 'bar')} from ${day(from)} to ${day(to)} held back`;
  if (looksAhead > 0) {
    return red(
      `${where}; ${plural(looksAhead, 'leader')} changed the past once they were added: the strategy looks ahead`,
    );
  }
  if (best === null) return `${where}; no leader was tested on them`;
  const result = best.objective === null ? '' : `${metric} ${shown(best.objective)}, `;
  return `${where}; on them the best run has ${result}total return ${percent(best.total_return)}, max drawdown ${percent(best.max_drawdown)}`;
}

const day = (iso: string) => (iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : `${iso.slice(0, 16)}Z`);
