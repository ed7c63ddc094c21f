import type { Summary } from '../../../contracts/summary.ts';
import { axisStyle, createChart, tooltip } from '../charts.ts';
import { h, scrollTable, tableBehind } from '../dom.ts';
import type { Section } from '../section.ts';
import { count, fixed, percent, plural, probabilityText, typographic } from '../text.ts';

/** How much of the best run is chance: the sentences, and the figures that they are made of. */
export const verdict: Section = {
  id: 'verdict',
  title: 'Verdict',
  render({ model: { data } }) {
    const { verdict: sentences, statistics } = data.summary;
    const { gaps } = statistics;
    const [judgement, ...reasons] = sentences.slice(0, sentences.length - gaps.length);
    const rows = figures(data.summary).map(({ name, value, reading }) => [
      name,
      value ?? '–',
      h('span', { class: 'reading' }, reading),
    ]);
    const isKnown = statistics.leader !== null || statistics.overfitting !== null;
    return [
      judgement === undefined
        ? h('p', { class: 'empty' }, 'How much of the best run is luck could not be told.')
        : h('p', { class: 'judgement' }, typographic(judgement)),
      ...reasons.map((sentence) => h('p', { class: 'reason' }, typographic(sentence))),
      ...(gaps.length === 0
        ? []
        : [
            h('h3', {}, 'What could not be told'),
            h(
              'ul',
              { class: 'gaps' },
              gaps.map((gap) => h('li', {}, gap)),
            ),
          ]),
      ...(isKnown
        ? [scrollTable('The figures behind the verdict', ['figure', 'value', 'how to read it'], rows, [2])]
        : []),
      ...(data.logits.length === 0 ? [] : logitPicture(data.logits)),
    ];
  },
};

function figures({ statistics }: Pick<Summary, 'statistics'>) {
  const { leader, overfitting, superiorAbility: ability, effectiveTrials, comparedRuns, years } = statistics;
  const ratio = (value: number | null | undefined) => fixed(value, 2).replace(/^-/, '−') || null;
  return [
    {
      name: 'Best Sharpe ratio',
      value: ratio(leader?.sharpe),
      reading: 'Per year, of the first of the leaderboard.',
    },
    {
      name: 'Luckiest Sharpe ratio',
      value: ratio(leader?.luckiestSharpe),
      reading:
        'What the best of so many runs without any skill would show; below it, the best run says nothing.',
    },
    {
      name: 'Deflated Sharpe ratio',
      value: probabilityText(leader?.deflatedSharpe),
      reading:
        'Probability that the true Sharpe ratio is above the luckiest one; 0.95 or more counts as shown.',
    },
    {
      name: 'PSR',
      value: probabilityText(leader?.psr),
      reading: 'Probability that the true Sharpe ratio is above 0, as if this were the only run tried.',
    },
    {
      name: 'Effective trials',
      value: effectiveTrials === null ? null : significant(effectiveTrials),
      reading: `Independent runs that ${plural(comparedRuns, 'compared run')} are worth, since neighbours do nearly the same.`,
    },
    {
      name: 'PBO',
      value: probabilityText(overfitting?.probability),
      reading: `Share of ${overfitting ? `${count(overfitting.splits)} splits` : 'the splits'} in which the best in-sample is below the median outside; 0.5 is a coin toss.`,
    },
    {
      name: 'MinTRL',
      value:
        leader?.minTrackRecordBars == null ? null : `${count(Math.ceil(leader.minTrackRecordBars))} bars`,
      reading: 'Bars that it takes to show, at 95 %, that the Sharpe ratio of this one run is above 0.',
    },
    {
      name: 'MinBTL',
      value: leader?.minBacktestYears == null ? null : `${fixed(leader.minBacktestYears, 1)} years`,
      reading: `In less than this so many runs reach the best Sharpe ratio by luck${years === null ? '' : `; this backtest has ${fixed(years, 1)} years`}.`,
    },
    {
      name: 'SPA p',
      value: probabilityText(ability?.spaP),
      reading: `Chance of a lead like this where no run beats ${ability?.benchmark ?? 'the benchmark'}; 0.05 or less counts as shown.`,
    },
    {
      name: 'Reality Check p',
      value: probabilityText(ability?.realityCheckP),
      reading: 'The same by White’s older test, which poor runs in the grid make more cautious.',
    },
  ];
}

/** Two digits, as in the verdict; an estimate is no more exact. */
const significant = (value: number) => (value < 10 ? fixed(value, 1) : count(Number(value.toPrecision(2))));

function logitPicture(logits: readonly (readonly [level: number, logit: number])[]): Node[] {
  const chart = createChart(180);
  const text = (value: number) => fixed(value, 2).replace(/^-/, '−');
  const say = logits.map(([level, logit]) => `${percent(level, 0)} below ${text(logit)}`).join(', ');
  chart.describe(`Quantiles of the logits of the rank outside: ${say}.`);
  queueMicrotask(() =>
    chart.draw((colors) => ({
      grid: {
        left: 4,
        right: 16,
        top: 24,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      xAxis: { type: 'value', ...axisStyle(colors), splitLine: { show: false } },
      yAxis: {
        type: 'value',
        min: 0,
        max: 1,
        interval: 0.25,
        ...axisStyle(colors),
        axisLabel: { ...axisStyle(colors).axisLabel, formatter: (value: number) => percent(value, 0) },
      },
      tooltip: {
        trigger: 'axis',
        axisPointer: { lineStyle: { color: colors.muted } },
        ...tooltip(colors, ([point]: readonly { value: readonly [number, number] }[]) => [
          `logit ${text(point!.value[0])}`,
          `${percent(point!.value[1], 0)} of the splits are below`,
        ]),
      },
      series: [
        {
          type: 'line',
          symbolSize: 6,
          lineStyle: { color: colors.series[0], width: 1.5 },
          itemStyle: { color: colors.series[0] },
          data: logits.map(([level, logit]) => [logit, level]),
          markLine: {
            symbol: 'none',
            silent: true,
            animation: false,
            data: [
              {
                xAxis: 0,
                lineStyle: { color: colors.muted, type: 'dashed' },
                label: { formatter: 'the median', color: colors.text, fontSize: 11 },
              },
            ],
          },
        },
      ],
    })),
  );
  return [
    h('h3', {}, 'Where the best in-sample lands outside'),
    h(
      'figure',
      {},
      chart.element,
      h(
        'figcaption',
        { class: 'note' },
        'Share of the splits whose logit of the rank outside is below a value; what is left of the dashed line is the PBO.',
      ),
    ),
    tableBehind('These quantiles as a table', () =>
      scrollTable(
        'Quantiles of the logits',
        ['share of the splits', 'logit below'],
        logits.map(([level, logit]) => [percent(level, 0), text(logit)]),
      ),
    ),
  ];
}
