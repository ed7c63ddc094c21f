import { quantileOf } from '../../cells.ts';
import type { RunColumns } from '../../run-columns.ts';
import { sampleRows } from '../../sample-rows.ts';
import { createChart } from '../charts.ts';
import { h, select } from '../dom.ts';
import type { Dimension, Interval } from '../filter.ts';
import { type Model, metricIndex } from '../model.ts';
import type { PageContext, Section } from '../section.ts';
import { count, plain, plural, tickText, valueText } from '../text.ts';

/** Lines drawn; more would be one colour. */
const MOST_LINES = 1_500;
/** Leaders drawn above a sample. */
const BEST_LINES = 100;
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
  const lines = linesOf(model);
  const chart = createChart((width) => (isNarrow(width) ? 70 * dimensions.length + 40 : 380));
  const status = h('p', { class: 'status', role: 'status' });
  const form = h('div', { class: 'controls' });
  let brushing = false;

  const tell = () => {
    const passing = filter.rows(runs).length;
    const of = data.runs.complete ? plural(runs.rows, 'run') : `${count(runs.rows)} sampled runs`;
    status.textContent = filter.active
      ? `${count(passing)} of ${of} pass; the leaderboard shows the leaders among them.`
      : `${plural(lines.length, 'line')} of ${count(data.okRuns)} runs. Drag along an axis to filter; a click on it lets go.`;
    chart.describe(
      `Parallel coordinates of ${dimensions.map(({ name }) => name).join(', ')}. ${status.textContent} The selects below filter by keyboard.`,
    );
  };
  const draw = () => chart.draw((colors, width) => option(model, dimensions, lines, colors, width));
  const shownOf = (dimension: Dimension) => {
    const [low, high] = rangeOf(model, dimension);
    return filter.intervals(dimension).map(([from, to]) => [Math.max(low, from), Math.min(high, to)]);
  };
  /** Shows on the axes what the filter holds, for what was chosen in the selects. */
  const showBrushes = () => {
    for (const { id, ...dimension } of dimensions) {
      const intervals = shownOf(dimension);
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
      const chosen = (intervals ?? []).map((interval) => snapped(dimension, interval));
      const known = filter.intervals(dimension);
      if (JSON.stringify(chosen) === JSON.stringify(known)) return;
      if (JSON.stringify(intervals ?? []) === JSON.stringify(shownOf(dimension))) return; // an echo of the selects
      brushing = true;
      filter.set(dimension, chosen);
      brushing = false;
    });
  });
  const drawn =
    lines.length < data.okRuns
      ? `Drawn are a seeded sample of the ${count(data.okRuns)} runs and the best ${BEST_LINES}.`
      : 'Every run is a line.';
  return [
    h(
      'p',
      { class: 'lead' },
      `${drawn} The colour is the ${plain(model.objective.name)}; the better end of a metric is up.`,
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

/** A run that is drawn: a row of the runs, or one of the leaders. */
interface Line {
  readonly columns: RunColumns<Float32Array | Float64Array>;
  readonly row: number;
}

/** A seeded sample of the runs, and the best above them. */
function linesOf({ runs, leaders }: Model): Line[] {
  const sampled = [...sampleRows(runs.rows, MOST_LINES, 1)].map((row) => ({ columns: runs, row }));
  const best = Math.min(leaders.rows, runs.rows > MOST_LINES ? BEST_LINES : 0);
  return [...sampled, ...Array.from({ length: best }, (_, i) => ({ columns: leaders, row: best - 1 - i }))];
}

const isNarrow = (width: number) => width < 640;

function numberOf({ columns, row }: Line, { kind, index }: Dimension): number {
  return (kind === 'axis' ? columns.positions[index]! : columns.metrics[index]!)[row]!;
}

function option(
  model: Model,
  dimensions: readonly ShownDimension[],
  lines: readonly Line[],
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
  const [low, high] = middle(model.runs.metrics[0]!);
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
      const behind = { backgroundColor: `${colors.surface}cc`, borderRadius: 2 };
      const label = { color: colors.text, fontSize: 10, hideOverlap: true, padding: [1, 3], ...behind };
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
        lineStyle: { width: 1, opacity: lines.length > 400 ? 0.35 : 0.6 },
        inactiveOpacity: 0.02,
        activeOpacity: 0.7,
        progressive: 0,
        animation: false,
        data: lines.map((line) =>
          dimensions.map((dimension) => {
            const value = numberOf(line, dimension);
            return Number.isNaN(value) ? '-' : value;
          }),
        ),
      },
    ],
  };
}

const shortened = (label: string) => (label.length > 14 ? `${label.slice(0, 13)}…` : label);

/** A brush on an axis of few positions takes those that it nearly reaches. */
function snapped({ kind }: Dimension, [from, to]: Interval): Interval {
  return kind === 'axis' ? [from - 0.25, to + 0.25] : [from, to];
}

/** The ends of what is drawn of a dimension. */
function rangeOf({ sizes, runs }: Model, { kind, index }: Dimension): [number, number] {
  return kind === 'axis' ? [0, sizes[index]! - 1] : extent(runs.metrics[index]!);
}

/** Least and most of the values that are defined; 0 and 0 without any. */
function extent(values: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low > high ? [0, 0] : [low, high];
}

/** The middle 90 % of the values that are defined, so that colours tell them apart; 0 and 0 without any. */
function middle(values: Float32Array): [number, number] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  return sorted.length === 0 ? [0, 0] : [quantileOf(sorted, 0.05), quantileOf(sorted, 0.95)];
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
    // Of an axis the positions inside, of a metric the tenths around: so that the selects hold all that passes.
    const inner = dimension.kind === 'axis';
    const start = inner
      ? steps.findIndex(({ value }) => value >= from)
      : Math.max(
          0,
          steps.findLastIndex(({ value }) => value <= from),
        );
    const found = inner
      ? steps.findLastIndex(({ value }) => value <= to)
      : steps.findIndex(({ value }) => value >= to);
    const end = found < 0 ? last : found;
    const options = steps.map(({ text }, i) => [String(i), text] as const);
    const choose = (id: string, a: number, b: number) => {
      const [low, high] = a <= b ? [a, b] : [b, a];
      const all = low === 0 && high === last;
      // The ends are open: leaders may lie beyond a sample.
      const least = low === 0 ? Number.NEGATIVE_INFINITY : steps[low]!.value;
      const most = high === last ? Number.POSITIVE_INFINITY : steps[high]!.value;
      filter.set(dimension, all ? [] : [[least, most]]);
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
