import { SLICE_QUANTILES, sliceOffset } from '../../slices.ts';
import { axisStyle, createChart, tooltip } from '../charts.ts';
import { h, scrollTable, select, tableBehind } from '../dom.ts';
import type { Model } from '../model.ts';
import type { Section } from '../section.ts';
import { count, plain, tickText, valueText } from '../text.ts';

/** One axis at a time: how a metric is spread at each of its values, over all others. */
export const slices: Section = {
  id: 'slices',
  title: 'Slices',
  render({ model }) {
    const { data } = model;
    if (data.axes.length === 0)
      return [h('p', { class: 'empty' }, 'Nothing varies: there is no axis to cut along.')];
    if (data.okRuns === 0) return [h('p', { class: 'empty' }, 'No run succeeded.')];
    let metric = 0;
    const charts = data.axes.map((_, axis) => {
      const chart = createChart(210);
      const table = tableBehind('As a table', () => sliceTable(model, axis, metric));
      const figure = h('figure', {}, h('h3', {}, data.axes[axis]!.name), chart.element, table);
      return { axis, chart, table, figure };
    });
    const update = () => {
      for (const { axis, chart, table } of charts) {
        chart.describe(describe(model, axis, metric));
        chart.draw((colors, width) => option(model, axis, metric, colors, width));
        table.open = false;
      }
    };
    queueMicrotask(update);
    return [
      h(
        'p',
        { class: 'lead' },
        'At each value of an axis, all runs that have it: the box is the middle half, its line the median, the whiskers reach the worst and the best run.',
      ),
      h(
        'div',
        { class: 'controls' },
        select(
          'Metric',
          data.metrics.map(({ name }, i) => [String(i), plain(name)] as const),
          '0',
          (value) => {
            metric = Number(value);
            update();
          },
        ),
      ),
      h(
        'div',
        { class: 'multiples' },
        charts.map(({ figure }) => figure),
      ),
    ];
  },
};

/** Least, quartiles, most; mean; runs. */
function numbersAt({ slices, sizes, data }: Model, axis: number, metric: number, position: number) {
  const offset = sliceOffset(sizes, data.metrics.length, axis, metric, position);
  const quantiles = [...slices.subarray(offset, offset + SLICE_QUANTILES.length)];
  return {
    quantiles,
    mean: slices[offset + SLICE_QUANTILES.length]!,
    runs: slices[offset + SLICE_QUANTILES.length + 1]!,
  };
}

function describe(model: Model, axis: number, m: number): string {
  const { name, labels } = model.data.axes[axis]!;
  const metric = model.data.metrics[m]!;
  const medians = labels.map((label, position) => ({
    label,
    median: numbersAt(model, axis, m, position).quantiles[2]!,
  }));
  const defined = medians.filter(({ median }) => !Number.isNaN(median)).sort((a, b) => a.median - b.median);
  if (defined.length === 0) return `${plain(metric.name)} by ${name}: undefined everywhere.`;
  const [least, most] = [defined[0]!, defined.at(-1)!];
  return (
    `Box plot of ${plain(metric.name)} by ${name}: the median goes from ${valueText(metric, least.median)} at ` +
    `${least.label} to ${valueText(metric, most.median)} at ${most.label}.`
  );
}

function option(
  model: Model,
  axis: number,
  m: number,
  colors: Parameters<Parameters<ReturnType<typeof createChart>['draw']>[0]>[0],
  width: number,
) {
  const { name, labels } = model.data.axes[axis]!;
  const metric = model.data.metrics[m]!;
  const numbers = labels.map((_, position) => numbersAt(model, axis, m, position));
  return {
    grid: { left: 4, right: 8, top: 12, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      type: 'category',
      data: labels,
      ...axisStyle(colors),
      axisLabel: {
        ...axisStyle(colors).axisLabel,
        hideOverlap: true,
        width: width / 3,
        overflow: 'truncate',
      },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value',
      scale: true,
      splitNumber: 4,
      ...axisStyle(colors),
      axisLabel: { ...axisStyle(colors).axisLabel, formatter: (value: number) => tickText(metric, value) },
    },
    tooltip: tooltip(colors, ({ dataIndex }: { dataIndex: number }) => {
      const { quantiles, mean, runs } = numbers[dataIndex]!;
      const [least, low, median, high, most] = quantiles.map((value) => valueText(metric, value));
      return [
        `${name} ${labels[dataIndex]}`,
        `median ${median}, mean ${valueText(metric, mean)}`,
        `middle half ${low} to ${high}`,
        `all ${least} to ${most}`,
        `${count(runs)} runs`,
      ];
    }),
    series: [
      {
        type: 'boxplot',
        boxWidth: [3, 26],
        itemStyle: { color: `${colors.bar}44`, borderColor: colors.bar, borderWidth: 1.3 },
        emphasis: { itemStyle: { borderWidth: 2, shadowBlur: 0 } },
        data: numbers.map(({ quantiles }) => (Number.isNaN(quantiles[0]) ? [] : quantiles)),
      },
    ],
  };
}

function sliceTable(model: Model, axis: number, m: number): HTMLElement {
  const { name, labels } = model.data.axes[axis]!;
  const metric = model.data.metrics[m]!;
  return scrollTable(
    `${plain(metric.name)} by ${name}`,
    [name, 'least', 'lower quartile', 'median', 'upper quartile', 'most', 'mean', 'runs'],
    labels.map((label, position) => {
      const { quantiles, mean, runs } = numbersAt(model, axis, m, position);
      return [
        label,
        ...quantiles.map((value) => valueText(metric, value)),
        valueText(metric, mean),
        count(runs),
      ];
    }),
  );
}
