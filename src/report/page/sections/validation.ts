import type { ValidationSummary } from '../../../contracts/validation-summary.ts';
import { axisLabel } from '../../axis-label.ts';
import { unpack } from '../../typed-arrays.ts';
import { axisStyle, createChart, tooltip } from '../charts.ts';
import { h, scrollTable } from '../dom.ts';
import type { Model } from '../model.ts';
import type { Section } from '../section.ts';
import { fixed, percent, plain, plural, shortId, timeText, typographic, valueText } from '../text.ts';

type WalkForward = NonNullable<ValidationSummary['walkForward']>;

/** How runs chosen on earlier bars fared on later ones; only of a sweep that asks for it. */
export const validation: Section = {
  id: 'validation',
  title: 'Validation',
  appliesTo: ({ data }) => data.summary.validation !== undefined,
  render({ model }) {
    const { walkForward, cpcv, holdout } = model.data.summary.validation!;
    return [
      ...(walkForward ? walkForwardNodes(model, walkForward) : []),
      ...(cpcv ? [h('h3', {}, 'Combinatorial purged cross-validation'), cpcvText(model, cpcv)] : []),
      ...(holdout ? [h('h3', {}, 'Holdout'), holdoutText(model, holdout)] : []),
    ];
  },
};

const share = (value: number | null) => valueText({ unit: 'fraction' }, value);
const day = (iso: string) => timeText(Date.parse(iso));
/** A line may end between two days, not within one. */
const stretch = (from: string, to: string) =>
  h('span', {}, h('span', { class: 'whole' }, day(from)), ' to ', h('span', { class: 'whole' }, day(to)));

function walkForwardNodes(model: Model, found: WalkForward): Node[] {
  const { objective } = model;
  const { folds, axes, stitched, hindsight, distinctRuns, changes } = found;
  const shown = (value: number | null) => valueText(objective, value);
  const paths = new Map(model.data.axes.map(({ name, path }) => [name, path]));
  const label = (axis: string, value: Parameters<typeof axisLabel>[1]) =>
    axisLabel(paths.get(axis) ?? axis, value);
  const name = plain(objective.name);
  const rows = folds.map((fold, i) => [
    String(i + 1),
    stretch(fold.trainFrom, fold.trainTo),
    stretch(fold.testFrom, fold.testTo),
    fold.run_id === null ? 'none' : h('code', { title: `run ${fold.run_id}` }, shortId(fold.run_id)),
    ...axes.map(({ axis }) => (fold.run_id === null ? '–' : label(axis, fold.axes[axis]!))),
    shown(fold.trainObjective),
    shown(fold.testObjective),
    percent(fold.testPercentile, 0) || '–',
  ]);
  const head = ['#', 'train', 'test', 'run', ...axes.map(({ axis }) => axis), `${name} in`, 'out', 'beats'];
  const followed = stitched
    ? `From ${day(stitched.from)} to ${day(stitched.to)}: ${name} ${shown(stitched.objective)}, total return ${share(stitched.total_return)}, max drawdown ${share(stitched.max_drawdown)}; switching cost ${share(stitched.switchCost)} in all.`
    : distinctRuns === 0
      ? 'Nothing could be followed: no run could be ranked in any window.'
      : 'A chosen run could not be replayed: there is no account to show.';
  return [
    h('h3', {}, 'Walk-forward'),
    h(
      'p',
      { class: 'lead' },
      `In each of ${plural(folds.length, 'window')} the run with the best ${name} in training is followed through the test after it. “beats” is the share of runs that did worse in the test.`,
    ),
    scrollTable(
      'Windows of the walk-forward',
      head,
      rows,
      [1, 2, 3],
      // Parameters are told below too, under stability.
      [1, ...axes.map((_, k) => 4 + k)],
    ),
    h('h3', {}, 'The account that followed the choices'),
    h('p', { class: 'followed' }, typographic(followed)),
    ...(model.data.followed ? [followedChart(model, found, followed)] : []),
    ...(hindsight
      ? [
          h(
            'p',
            { class: 'note' },
            `With hindsight, run ${shortId(hindsight.run_id)}, which leads over the whole period: ${name} ${shown(hindsight.objective)}, total return ${share(hindsight.total_return)} on the same bars.`,
          ),
        ]
      : []),
    h('h3', {}, 'Stability'),
    h(
      'p',
      {},
      `${plural(distinctRuns, 'different run')} chosen, changed ${changes} of ${folds.length - 1} times; mean ${name} ${shown(found.meanTrain)} in training and ${shown(found.meanTest)} in the test; rank correlation between them over the runs ${fixed(found.meanRankCorrelation, 2).replace(/^-/, '−') || 'undefined'}.`,
    ),
    h(
      'ul',
      { class: 'gaps' },
      axes.map(({ axis, values, changes: moved }) =>
        h(
          'li',
          {},
          `${axis}: ${values.map(({ value, windows }) => `${label(axis, value)} × ${windows}`).join(', ')} (changed ${plural(moved, 'time')})`,
        ),
      ),
    ),
    ...(found.constraintsNotApplied.length === 0
      ? []
      : [
          h(
            'p',
            { class: 'note' },
            `Constraints not applied in windows, whose returns cannot tell them: ${found.constraintsNotApplied.join(', ')}.`,
          ),
        ]),
  ];
}

function followedChart({ data }: Model, { folds }: WalkForward, description: string): HTMLElement {
  const chart = createChart(260);
  const { times, equity } = data.followed!;
  const [at, level] = [unpack(times), unpack(equity)];
  chart.describe(`Out-of-sample equity from a level of 1. ${description}`);
  const points = Array.from(at, (time, i) => [time, level[i]!]);
  queueMicrotask(() =>
    chart.draw((colors) => ({
      grid: {
        left: 4,
        right: 16,
        top: 16,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      xAxis: {
        type: 'time',
        ...axisStyle(colors),
        splitLine: { show: false },
        axisLabel: { ...axisStyle(colors).axisLabel, hideOverlap: true },
      },
      yAxis: { type: 'value', scale: true, ...axisStyle(colors) },
      tooltip: {
        trigger: 'axis',
        axisPointer: { lineStyle: { color: colors.muted } },
        ...tooltip(colors, ([point]: readonly { value: readonly [number, number] }[]) => [
          timeText(point!.value[0]),
          `level ${fixed(point!.value[1], 3)}`,
        ]),
      },
      series: [
        {
          type: 'line',
          symbol: 'none',
          lineStyle: { color: colors.series[0], width: 1.5 },
          itemStyle: { color: colors.series[0] },
          data: points,
          markLine: {
            symbol: 'none',
            silent: true,
            animation: false,
            label: { show: false },
            lineStyle: { color: colors.muted, type: 'dashed', width: 1, opacity: 0.6 },
            data: folds.map(({ testFrom }) => ({ xAxis: Date.parse(testFrom) })),
          },
        },
      ],
    })),
  );
  return h(
    'figure',
    {},
    chart.element,
    h(
      'figcaption',
      { class: 'note' },
      'Out-of-sample equity from a level of 1; a dashed line is the beginning of a test.',
    ),
  );
}

function cpcvText({ objective }: Model, found: NonNullable<ValidationSummary['cpcv']>): HTMLElement {
  const shown = (value: number | null) => valueText(objective, value);
  const spread =
    found.objectives === null
      ? 'a chosen run could not be replayed'
      : `${plain(objective.name)} median ${shown(found.median)}, quartiles ${shown(found.lowerQuartile)} and ${shown(found.upperQuartile)}, ${shown(found.min)} to ${shown(found.max)}`;
  return h(
    'p',
    { class: 'cpcv' },
    typographic(
      `${plural(found.paths, 'path')} of ${plural(found.splits, 'split')} (${found.testGroups} of ${found.groups} groups tested): ${spread}; in training ${shown(found.meanTrain)}; ${plural(found.distinctRuns, 'different run')} chosen.`,
    ),
  );
}

function holdoutText({ objective }: Model, found: NonNullable<ValidationSummary['holdout']>): HTMLElement {
  const { bars, from, to, best, looksAhead } = found;
  const where = `${plural(bars, 'bar')} from ${day(from)} to ${day(to)} held back`;
  const what =
    looksAhead > 0
      ? `${plural(looksAhead, 'leader')} changed the past once they were added: the strategy looks ahead.`
      : best === null
        ? 'no leader was tested on them.'
        : `on them the best run has ${plain(objective.name)} ${valueText(objective, best.objective)}, total return ${share(best.total_return)}, max drawdown ${share(best.max_drawdown)}.`;
  return h('p', { class: looksAhead > 0 ? 'holdout warning' : 'holdout' }, typographic(`${where}; ${what}`));
}
