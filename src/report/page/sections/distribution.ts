import { axisStyle, createChart, tooltip } from '../charts.ts';
import { h, scrollTable, select, tableBehind } from '../dom.ts';
import type { Model } from '../model.ts';
import type { Section } from '../section.ts';
import { count, percent, plain, plural, tickText, valueText } from '../text.ts';

/** How a metric is spread over all runs, with the best run and equal weight in it. */
export const distribution: Section = {
  id: 'distribution',
  title: 'Distribution',
  render({ model }) {
    const { data } = model;
    if (data.okRuns === 0) return [h('p', { class: 'empty' }, 'No run succeeded.')];
    let metric = 0;
    const chart = createChart(260);
    const caption = h('p', { class: 'status', role: 'status' });
    const table = tableBehind('These bars as a table', () => binTable(model, metric));
    const update = () => {
      draw(model, metric, chart, caption);
      table.open = false;
    };
    queueMicrotask(update);
    return [
      h('p', { class: 'lead' }, 'All runs with a result, those that miss the constraints included.'),
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
      h('figure', {}, chart.element, h('figcaption', {}, caption)),
      table,
    ];
  },
};

function captionOf({ data }: Model, m: number): string {
  const metric = data.metrics[m]!;
  const {
    defined,
    undefined: missing,
    least,
    median,
    most,
    mean,
    below,
    above,
    benchmark,
  } = data.histograms[m]!;
  if (defined === 0) return `${plain(metric.name)} is undefined in all runs.`;
  const text = (value: number | null) => valueText(metric, value);
  const parts = [
    `${plural(defined, 'run')} from ${text(least)} to ${text(most)}, median ${text(median)}, mean ${text(mean)}.`,
  ];
  if (benchmark) {
    const better = metric.direction === 'none' ? 'have more' : 'are better';
    parts.push(
      `Equal weight ${text(benchmark.value)}: ${count(benchmark.better)} runs (${percent(benchmark.better / defined, 1)}) ${better}.`,
    );
  }
  if (below + above > 0)
    parts.push(
      `Not drawn, to keep the rest legible: ${plural(below, 'run')} below and ${count(above)} above.`,
    );
  if (missing > 0) parts.push(`Undefined in ${plural(missing, 'run')}.`);
  return parts.join(' ');
}

function draw(model: Model, m: number, chart: ReturnType<typeof createChart>, caption: HTMLElement): void {
  const { data, leaders } = model;
  const metric = data.metrics[m]!;
  const { bins, from, to, benchmark } = data.histograms[m]!;
  const width = (to - from) / bins.length;
  caption.textContent = captionOf(model, m);
  chart.describe(`Histogram of ${plain(metric.name)}. ${caption.textContent}`);
  const ends = (bin: number) => [from + bin * width, from + (bin + 1) * width] as const;
  const lines = [
    ...(leaders.rows > 0 ? [{ at: leaders.metrics[m]![0]!, name: 'best run' }] : []),
    ...(benchmark ? [{ at: benchmark.value, name: 'equal weight' }] : []),
  ].filter(({ at }) => !Number.isNaN(at));
  chart.draw((colors) => {
    const low = Math.min(from, ...lines.map(({ at }) => at));
    const high = Math.max(to, ...lines.map(({ at }) => at));
    const margin = (high - low) * 0.02 || Math.abs(low) * 0.1 || 1;
    return {
      grid: {
        left: 4,
        right: 12,
        top: 36,
        bottom: 4,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      xAxis: {
        type: 'value',
        min: low - margin,
        max: high + margin,
        ...axisStyle(colors),
        splitLine: { show: false },
        axisLabel: {
          ...axisStyle(colors).axisLabel,
          showMinLabel: false,
          showMaxLabel: false,
          hideOverlap: true,
          formatter: (value: number) => tickText(metric, value),
        },
      },
      yAxis: {
        type: 'value',
        name: 'runs',
        minInterval: 1,
        ...axisStyle(colors),
        axisLabel: { ...axisStyle(colors).axisLabel, formatter: (value: number) => count(value) },
      },
      tooltip: {
        trigger: 'axis',
        axisPointer: { type: 'none' },
        ...tooltip(colors, (params: readonly { dataIndex: number; seriesType: string }[]) => {
          const bin = params.find(({ seriesType }) => seriesType === 'bar')?.dataIndex ?? 0;
          const [a, b] = ends(bin);
          return [
            plural(bins[bin]!, 'run'),
            from === to ? valueText(metric, from) : `${valueText(metric, a)} to ${valueText(metric, b)}`,
          ];
        }),
      },
      series: [
        {
          type: 'bar',
          barWidth: from === to ? 20 : '96%',
          barCategoryGap: 0,
          itemStyle: { color: colors.bar },
          data: bins.map((runs, bin) => [from === to ? from : (ends(bin)[0] + ends(bin)[1]) / 2, runs]),
          markLine: {
            symbol: 'none',
            silent: true,
            animation: false,
            data: lines.map(({ at, name }, i) => ({
              xAxis: at,
              lineStyle: {
                color: i === 0 && name === 'best run' ? colors.series[1] : colors.muted,
                type: name === 'best run' ? 'solid' : 'dashed',
                width: 1.5,
              },
              label: {
                formatter: name,
                color: colors.text,
                fontSize: 11,
                distance: 4 + 13 * i,
                // Near an edge the text would leave a narrow chart.
                align:
                  at > high - 0.2 * (high - low)
                    ? 'right'
                    : at < low + 0.2 * (high - low)
                      ? 'left'
                      : 'center',
              },
            })),
          },
        },
      ],
    };
  });
}

function binTable({ data }: Model, m: number): HTMLElement {
  const metric = data.metrics[m]!;
  const { bins, from, to, below, above } = data.histograms[m]!;
  const width = (to - from) / Math.max(1, bins.length);
  const rows = bins.map((runs, bin) => [
    from === to
      ? valueText(metric, from)
      : `${valueText(metric, from + bin * width)} to ${valueText(metric, from + (bin + 1) * width)}`,
    count(runs),
  ]);
  if (below > 0) rows.unshift([`below ${valueText(metric, from)}`, count(below)]);
  if (above > 0) rows.push([`above ${valueText(metric, to)}`, count(above)]);
  return scrollTable(`Runs by ${plain(metric.name)}`, [plain(metric.name), 'runs'], rows);
}
