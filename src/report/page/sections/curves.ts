import type { LeaderCurve, ReportCurve, ReportCurves } from '../../report-data.ts';
import { unpack } from '../../typed-arrays.ts';
import { axisStyle, createChart, tooltip } from '../charts.ts';
import { h, scrollTable, select, tableBehind } from '../dom.ts';
import type { Section } from '../section.ts';
import { amountText, count, fixed, percent, plain, plural, shortId, timeText } from '../text.ts';
import { chartColors, onTheme } from '../theme.ts';

const BENCHMARK = 'equal weight';

interface Line {
  readonly name: string;
  readonly times: Float64Array;
  readonly equity: Float32Array;
  readonly drawdown: Float32Array;
}

/** Equity and drawdown of the best runs beside equal weight, stops and prevented re-entries marked. */
export const curves: Section = {
  id: 'curves',
  title: 'Best runs over time',
  render({ model }) {
    const { curves: found, bars } = model.data;
    if (typeof found === 'string') {
      return [h('p', { class: 'empty' }, `The best runs were not replayed for this report: ${found}.`)];
    }
    return overTime(found, bars);
  },
};

function overTime(found: ReportCurves, bars: number): Node[] {
  const times = unpack(found.times) as Float64Array;
  const lines = [
    ...found.runs.map((run) => ({ name: `#${run.rank} ${shortId(run.runId)}`, ...lineOf(run, times) })),
    ...(found.benchmark ? [{ name: BENCHMARK, ...lineOf(found.benchmark, times) }] : []),
  ];
  const hidden = new Set<string>();
  let log = false;
  let marked = 0;
  const chart = createChart((width) => (width < 560 ? 440 : 500));
  const caption = h('p', { class: 'status', role: 'status' });
  const table = tableBehind('Stops and prevented re-entries as a table', () =>
    markTable(found.runs[marked]!),
  );
  const legend = h('div', { class: 'legend', role: 'group', 'aria-label': 'Lines shown' });

  const update = () => {
    const run = found.runs[marked];
    caption.textContent = run ? captionOf(run) : '';
    const scale = log ? 'Equity on a logarithmic scale.' : '';
    chart.describe(`${lines.map(describeLine).join(' ')} ${caption.textContent} ${scale}`);
    chart.draw((colors, width) => option(found, lines, { hidden, log, marked, width, colors }));
    table.open = false;
  };
  const drawLegend = () => {
    const { series, muted } = chartColors();
    legend.replaceChildren(
      ...lines.map(({ name }, i) => {
        const box = h('input', {
          type: 'checkbox',
          checked: !hidden.has(name),
          onchange: () => {
            if (box.checked) hidden.delete(name);
            else hidden.add(name);
            update();
          },
        });
        const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
        swatch.style.background = name === BENCHMARK ? muted : series[i]!;
        return h('label', {}, box, swatch, name);
      }),
    );
  };
  onTheme(drawLegend);
  queueMicrotask(() => {
    drawLegend();
    update();
  });
  const scale = select(
    'Equity scale',
    [
      ['linear', 'linear'],
      ['log', 'logarithmic'],
    ],
    'linear',
    (value) => {
      log = value === 'log';
      update();
    },
  );
  const marks = select(
    'Marks of',
    found.runs.map(({ rank, runId }, i) => [String(i), `#${rank} ${shortId(runId)}`] as const),
    '0',
    (value) => {
      marked = Number(value);
      update();
    },
  );
  const notes = [
    'The best runs that traded differently, replayed with the same bars.',
    found.faithful
      ? 'Every replay gave the stored objective, bit for bit.'
      : 'A replay gave another objective than the stored row: the strategy is not deterministic.',
    `Equal weight is the built-in strategy equal-weight with its defaults: equal shares of all assets listed so far, restored on the first bar of each month, under the costs and fills of run #${found.runs[0]?.rank ?? 1} and without stops.`,
    ...(found.thinned
      ? [
          `Of ${count(bars)} bars each stretch shows its lowest and highest equity and its deepest drawdown, so that no spike is lost.`,
        ]
      : []),
  ];
  return [
    h('p', { class: 'lead' }, notes.join(' ')),
    h('div', { class: 'controls' }, scale, marks),
    legend,
    h('figure', {}, chart.element, h('figcaption', {}, caption)),
    table,
  ];
}

function lineOf({ equity, drawdown }: ReportCurve, times: Float64Array): Omit<Line, 'name'> {
  return {
    times,
    equity: unpack(equity) as Float32Array,
    drawdown: unpack(drawdown) as Float32Array,
  };
}

function describeLine({ name, equity, drawdown }: Line): string {
  return `${name}: equity ends at ${fixed(equity.at(-1), 0)}, deepest drawdown ${percent(deepest(drawdown), 1)}.`;
}

const deepest = (drawdown: Float32Array) => drawdown.reduce((low, value) => Math.min(low, value), 0);

function captionOf({ rank, stopCount, stops, prevented, preventedCount }: LeaderCurve): string {
  if (stopCount === 0) return `Run #${rank} was never stopped out.`;
  const shown = stops.length < stopCount ? ` (the first ${count(stops.length)} are marked)` : '';
  const reentries =
    prevented === null
      ? 're-entries were not looked for, since the dense form would be too large'
      : `the dense mode would have bought again ${plural(preventedCount, 'time')} (○)`;
  return `Run #${rank} was stopped out ${plural(stopCount, 'time')} (▼)${shown}; ${reentries}.`;
}

/** The index of the last shown time at or before a time. */
function indexAt(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** 1, 1.5, 2, 3, 5, 7 and their multiples by powers of ten within a range, its ends included in what is drawn. */
function logTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    for (const step of high / low > 30 ? [1, 3] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 7]) ticks.push(power * step);
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

function option(
  found: ReportCurves,
  lines: readonly Line[],
  {
    hidden,
    log,
    marked,
    width,
    colors,
  }: {
    hidden: ReadonlySet<string>;
    log: boolean;
    marked: number;
    width: number;
    colors: ReturnType<typeof chartColors>;
  },
) {
  const narrow = width < 560;
  const shown = lines.map((line, i) => ({ ...line, i })).filter(({ name }) => !hidden.has(name));
  const positive = shown.every(({ equity }) => equity.every((value) => value > 0));
  const useLog = log && positive && shown.length > 0;
  const all = shown.flatMap(({ equity }) => [Math.min(...equity), Math.max(...equity)]);
  const [low, high] = [Math.min(...all) * 0.98, Math.max(...all) * 1.02];
  const ticks = useLog ? logTicks(low, high) : [];
  const colorOf = ({ name, i }: { name: string; i: number }) =>
    name === BENCHMARK ? colors.muted : colors.series[i]!;
  const series = (values: 'equity' | 'drawdown', grid: number) =>
    shown.map((line) => ({
      type: 'line',
      name: line.name,
      xAxisIndex: grid,
      yAxisIndex: grid,
      symbol: 'none',
      animation: false,
      lineStyle: {
        width: line.i === marked ? 2 : 1.3,
        color: colorOf(line),
        type: line.name === BENCHMARK ? 'dashed' : 'solid',
      },
      itemStyle: { color: colorOf(line) },
      areaStyle: grid === 1 && line.i === marked ? { color: colorOf(line), opacity: 0.12 } : undefined,
      z: line.i === marked ? 3 : 2,
      data: [...line[values]].map((value, t) => [line.times[t], value]),
    }));
  const run = found.runs[marked];
  const line = lines[marked];
  const isShown = run !== undefined && line !== undefined && !hidden.has(line.name);
  const points = (marks: readonly { time: number; asset: string; what: string }[]) =>
    isShown
      ? marks.map(({ time, asset, what }) => ({
          value: [line.times[indexAt(line.times, time)], line.equity[indexAt(line.times, time)]],
          asset,
          what,
        }))
      : [];
  const times = { type: 'time', ...axisStyle(colors), splitLine: { show: false } };
  const label = axisStyle(colors).axisLabel;
  const left = narrow ? 46 : 56;
  return {
    grid: [
      { left, right: 14, top: 14, height: narrow ? 220 : 280 },
      { left, right: 14, top: narrow ? 276 : 340, height: narrow ? 120 : 120 },
    ],
    axisPointer: { link: [{ xAxisIndex: 'all' }], lineStyle: { color: colors.muted } },
    xAxis: [
      { ...times, gridIndex: 0, axisLabel: { show: false } },
      { ...times, gridIndex: 1, axisLabel: { ...label, hideOverlap: true } },
    ],
    yAxis: [
      {
        gridIndex: 0,
        name: '',
        ...axisStyle(colors),
        ...(useLog
          ? {
              type: 'log',
              min: low,
              max: high,
              axisTick: { show: false, customValues: ticks },
              axisLabel: { ...label, customValues: ticks, formatter: (value: number) => amountText(value) },
            }
          : {
              type: 'value',
              scale: true,
              axisLabel: { ...label, formatter: (value: number) => amountText(value) },
            }),
      },
      {
        gridIndex: 1,
        type: 'value',
        max: 0,
        splitNumber: 3,
        ...axisStyle(colors),
        axisLabel: { ...label, formatter: (value: number) => percent(value, 0).replace('-', '−') },
      },
    ],
    tooltip: {
      trigger: 'axis',
      ...tooltip(colors, (params: readonly TooltipParam[]) => tooltipLines(params)),
    },
    series: [
      ...series('equity', 0),
      ...series('drawdown', 1),
      {
        type: 'scatter',
        name: 'stop exit',
        symbol: 'triangle',
        symbolRotate: 180,
        symbolSize: 9,
        symbolOffset: [0, -9],
        itemStyle: { color: colors.warn, borderColor: colors.surface, borderWidth: 0.5 },
        z: 5,
        animation: false,
        data: points(run?.stops ?? []),
      },
      {
        type: 'scatter',
        name: 're-entry prevented',
        symbol: 'circle',
        symbolSize: 8,
        symbolOffset: [0, 9],
        itemStyle: { color: 'transparent', borderColor: colors.text, borderWidth: 1.2 },
        z: 4,
        animation: false,
        data: points(run?.prevented ?? []),
      },
    ],
  };
}

interface TooltipParam {
  readonly seriesName: string;
  readonly seriesType: string;
  readonly axisIndex: number;
  readonly value: readonly [number, number];
  readonly data: { readonly asset?: string; readonly what?: string };
}

/** Time, then equity and drawdown by line, then what happened. */
function tooltipLines(params: readonly TooltipParam[]): string[] {
  const time = params[0]?.value[0];
  if (time === undefined) return [];
  const lines = params.filter(({ seriesType }) => seriesType === 'line');
  const names = [...new Set(lines.map(({ seriesName }) => seriesName))];
  const events = params
    .filter(({ seriesType }) => seriesType === 'scatter')
    .map(
      ({ seriesName, data }) =>
        `${seriesName}: ${data.asset}${data.what === 're-entry' ? '' : ` (${plain(data.what ?? '')})`}`,
    );
  return [
    timeText(time),
    ...names.map((name) => {
      const values = lines.filter(({ seriesName }) => seriesName === name).map(({ value }) => value[1]);
      const [equity, drawdown] =
        values.length === 2 ? [Math.max(...values), Math.min(...values)] : [values[0]!, null];
      return `${name}: ${fixed(equity, 0)}${drawdown === null ? '' : `, ${percent(drawdown, 1).replace('-', '−')}`}`;
    }),
    ...[...new Set(events)].slice(0, 6),
  ];
}

function markTable({ stops, prevented }: LeaderCurve): HTMLElement {
  const marks = [...stops, ...(prevented ?? [])].sort((a, b) => a.time - b.time);
  if (marks.length === 0) return h('p', { class: 'empty' }, 'This run was never stopped out.');
  return scrollTable(
    'Stops and prevented re-entries',
    ['time', 'asset', 'what'],
    marks.map(({ time, asset, what }) => [
      timeText(time),
      asset,
      what === 're-entry' ? 're-entry prevented' : `${plain(what)} exit`,
    ]),
    [1, 2],
  );
}
