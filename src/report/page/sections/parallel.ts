import { createChart } from '../charts.ts';
import { h, select } from '../dom.ts';
import type { Dimension, Interval } from '../filter.ts';
import { type Model, metricIndex } from '../model.ts';
import type { PageContext, Section } from '../section.ts';
import { count, plain, plural, tickText, valueText } from '../text.ts';

/** Lines drawn; more would be one colour. */
const MOST_LINES = 1_500;
const METRICS = ['total_return', 'max_drawdown', 'orders'];

interface ShownDimension extends Dimension {
  readonly name: string;
  readonly id: string;
}

/** Every run as a line over its parameters and metrics; what is brushed filters the leaderboard. */
export const parallel: Section = {
  id: 'parallel',
  title: 'Parallel coordinates',
  render(page) {
    const { model } = page;
    if (model.data.okRuns === 0) return [h('p', { class: 'empty' }, 'No run succeeded.')];
    if (model.data.axes.length === 0)
      return [h('p', { class: 'empty' }, 'Nothing varies: there is one run.')];
    return coordinates(page);
  },
};

function coordinates({ model, filter }: PageContext): Node[] {
  const { data, runs } = model;
  const dimensions = dimensionsOf(model);
  const rows = linesOf(model);
  const chart = createChart((width) => (isNarrow(width) ? 70 * dimensions.length + 40 : 380));
  const status = h('p', { class: 'status', role: 'status' });
  const form = h('div', { class: 'controls' });
  let brushing = false;

  const tell = () => {
    const passing = filter.rows(runs).length;
    const of = data.runs.complete ? plural(runs.rows, 'run') : `${count(runs.rows)} sampled runs`;
    status.textContent = filter.active
      ? `${count(passing)} of ${of} pass; the leaderboard shows the leaders among them.`
      : `${plural(rows.length, 'line')} of ${count(data.okRuns)} runs. Drag along an axis to filter; a click on it lets go.`;
    chart.describe(
      `Parallel coordinates of ${dimensions.map(({ name }) => name).join(', ')}. ${status.textContent} The selects below filter by keyboard.`,
    );
  };
  const draw = () => chart.draw((colors, width) => option(model, dimensions, rows, colors, width));
  /** Shows on the axes what the filter holds, for what was chosen in the selects. */
  const showBrushes = () => {
    for (const { id, ...dimension } of dimensions) {
      const intervals = filter.intervals(dimension).map(([from, to]) => [from, to]);
      chart.instance().dispatchAction({ type: 'axisAreaSelect', parallelAxisId: id, intervals });
    }
  };
  filter.onChange(() => {
    tell();
    form.replaceChildren(...selectsOf(model, dimensions, filter, showAfter));
    if (!brushing) showBrushes();
  });
  function showAfter(id: string) {
    document.querySelector<HTMLSelectElement>(`[data-filter="${id}"]`)?.focus();
  }
  queueMicrotask(() => {
    draw();
    tell();
    form.replaceChildren(...selectsOf(model, dimensions, filter, showAfter));
    chart.instance().on('axisareaselected', (event) => {
      const { parallelAxisId, intervals } = event as { parallelAxisId?: string; intervals?: Interval[] };
      const dimension = dimensions.find(({ id }) => id === parallelAxisId);
      if (!dimension || brushing) return;
      const known = JSON.stringify(filter.intervals(dimension));
      if (JSON.stringify(intervals ?? []) === known) return;
      brushing = true;
      filter.set(dimension, intervals ?? []);
      brushing = false;
    });
  });
  const sampled = data.runs.complete
    ? rows.length < runs.rows
      ? `Drawn are the leaders and a seeded sample, ${plural(rows.length, 'line')} in all.`
      : 'Every run is a line.'
    : `This sweep has ${count(data.okRuns)} runs: drawn is a seeded sample of them, filtered are the leaders.`;
  return [
    h(
      'p',
      { class: 'lead' },
      `${sampled} The colour is the ${plain(model.objective.name)}; the better end of a metric is up.`,
    ),
    h('figure', {}, chart.element, h('figcaption', {}, status)),
    h('details', { class: 'behind', id: 'filters' }, h('summary', {}, 'Filter without a pointer'), form),
  ];
}

function dimensionsOf({ data }: Model): ShownDimension[] {
  const axes = data.axes.map(({ name }, index) => ({
    kind: 'axis' as const,
    index,
    name,
    id: `axis-${index}`,
  }));
  const names = [data.metrics[0]!.name, ...METRICS.filter((name) => name !== data.metrics[0]!.name)];
  const metrics = names.map((name) => {
    const index = metricIndex({ data } as Model, name);
    return { kind: 'metric' as const, index, name: plain(name), id: `metric-${index}` };
  });
  return [...axes, ...metrics];
}

/** Rows that are drawn: of a page that carries all runs every n-th by index, so that the grid is covered evenly. */
function linesOf({ runs }: Model): number[] {
  const step = Math.max(1, runs.rows / MOST_LINES);
  return Array.from({ length: Math.min(runs.rows, MOST_LINES) }, (_, i) => Math.floor(i * step));
}

const isNarrow = (width: number) => width < 640;

function valuesOf({ runs }: Model, { kind, index }: Dimension): Uint8Array | Float32Array {
  return kind === 'axis' ? runs.positions[index]! : runs.metrics[index]!;
}

function option(
  model: Model,
  dimensions: readonly ShownDimension[],
  rows: readonly number[],
  colors: Parameters<Parameters<ReturnType<typeof createChart>['draw']>[0]>[0],
  width: number,
) {
  const narrow = isNarrow(width);
  const objective = dimensions.findIndex(({ kind, index }) => kind === 'metric' && index === 0);
  const lower = model.objective.direction === 'lower';
  const scale = (lower ? [...colors.scale].reverse() : colors.scale).slice(
    lower ? 0 : 1,
    lower ? -1 : undefined,
  );
  const [low, high] = extent(model.runs.metrics[0]!);
  return {
    parallel: narrow
      ? { layout: 'vertical', left: 16, right: 22, top: 34, bottom: 14 }
      : { left: 46, right: 70, top: 44, bottom: 24 },
    parallelAxis: dimensions.map((dimension, dim) => {
      const style = {
        id: dimension.id,
        dim,
        name: dimension.name,
        nameLocation: narrow ? 'start' : 'end',
        nameGap: narrow ? 4 : 14,
        nameTextStyle: {
          color: colors.text,
          fontSize: 11,
          ...(narrow ? { align: 'left', verticalAlign: 'bottom', padding: [0, 0, 18, 4] } : {}),
        },
        axisLine: { lineStyle: { color: colors.muted } },
        axisTick: { lineStyle: { color: colors.line } },
        areaSelectStyle: { width: 18, borderColor: colors.series[1], color: colors.series[1], opacity: 0.25 },
        realtime: true,
      };
      const label = { color: colors.muted, fontSize: 10, hideOverlap: true };
      if (dimension.kind === 'axis') {
        const { labels } = model.data.axes[dimension.index]!;
        return {
          ...style,
          type: 'value',
          min: 0,
          max: Math.max(1, labels.length - 1),
          interval: Math.max(1, Math.ceil(labels.length / (narrow ? 5 : 12))),
          axisLabel: { ...label, formatter: (value: number) => shortened(labels[value] ?? '') },
        };
      }
      const metric = model.data.metrics[dimension.index]!;
      return {
        ...style,
        type: 'value',
        scale: true,
        inverse: metric.direction === 'lower',
        splitNumber: narrow ? 3 : 5,
        axisLabel: { ...label, formatter: (value: number) => tickText(metric, value) },
      };
    }),
    visualMap: {
      show: false,
      type: 'continuous',
      min: low,
      max: high === low ? low + 1 : high,
      dimension: objective,
      inRange: { color: scale },
    },
    series: [
      {
        type: 'parallel',
        lineStyle: { width: 1, opacity: rows.length > 400 ? 0.35 : 0.6 },
        inactiveOpacity: 0.02,
        activeOpacity: 0.7,
        progressive: 0,
        animation: false,
        data: rows.map((row) =>
          dimensions.map((dimension) => {
            const value = valuesOf(model, dimension)[row]!;
            return Number.isNaN(value) ? '-' : value;
          }),
        ),
      },
    ],
  };
}

const shortened = (label: string) => (label.length > 14 ? `${label.slice(0, 13)}…` : label);

/** Least and most of the values that are defined; 0 and 0 without any. */
function extent(values: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [0, 0] : [low, high];
}

/** A from and a to for every dimension: positions of an axis, tenths of the range of a metric. */
function selectsOf(
  model: Model,
  dimensions: readonly ShownDimension[],
  filter: PageContext['filter'],
  focus: (id: string) => void,
): HTMLElement[] {
  return dimensions.map((dimension) => {
    const steps = stepsOf(model, dimension);
    const last = steps.length - 1;
    const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] =
      filter.intervals(dimension)[0] ?? [];
    const start = Math.max(
      0,
      steps.findLastIndex(({ value }) => value <= from),
    );
    const found = steps.findIndex(({ value }) => value >= to);
    const end = found < 0 ? last : found;
    const options = steps.map(({ text }, i) => [String(i), text] as const);
    const choose = (id: string, a: number, b: number) => {
      const [low, high] = a <= b ? [a, b] : [b, a];
      const all = low === 0 && high === last;
      filter.set(dimension, all ? [] : [[steps[low]!.value, steps[high]!.value]]);
      focus(id);
    };
    const ids = [`${dimension.id}-from`, `${dimension.id}-to`] as const;
    return h(
      'fieldset',
      {},
      h('legend', {}, dimension.name),
      select('from', options, String(start), (value) => choose(ids[0], Number(value), end), {
        'data-filter': ids[0],
      }),
      select('to', options, String(end), (value) => choose(ids[1], start, Number(value)), {
        'data-filter': ids[1],
      }),
    );
  });
}

function stepsOf(model: Model, { kind, index }: Dimension): { value: number; text: string }[] {
  if (kind === 'axis') return model.data.axes[index]!.labels.map((text, value) => ({ value, text }));
  const metric = model.data.metrics[index]!;
  const [low, high] = extent(model.runs.metrics[index]!);
  return Array.from({ length: 11 }, (_, i) => {
    const value = low + ((high - low) * i) / 10;
    return { value, text: valueText(metric, value) };
  });
}
