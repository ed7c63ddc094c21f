import { ANY, type CellStatistic, cellStatistic, groupRuns } from '../../cells.ts';
import { CUBE_STATISTICS, cubeOffset } from '../../cube.ts';
import { type CellMark, type HeatmapAxis, markCells, PLATEAU_RULE } from '../../plateaus.ts';
import { axisStyle, type Chart, createChart, tooltip } from '../charts.ts';
import { h, scrollTable, select, tableBehind } from '../dom.ts';
import type { Model } from '../model.ts';
import type { Section } from '../section.ts';
import { cellText, count, plain, tickText, valueText } from '../text.ts';

const SINGLE: HeatmapAxis & { labels: readonly string[]; name: string } = {
  size: 1,
  ordered: false,
  nullAt: -1,
  labels: [''],
  name: '',
};
const HOW: readonly (readonly [CellStatistic | 'as_best', string])[] = [
  ['median', 'their median'],
  ['mean', 'their mean'],
  ['best', 'the best of them'],
  ['worst', 'the worst of them'],
  ['as_best', 'as in the best run'],
];
const MARKS: Readonly<Record<Exclude<CellMark, null>, string>> = { plateau: '■', lonely: '△' };

/** What the heatmap shows; the axis y is null where only one axis varies. */
interface View {
  x: number;
  y: number | null;
  metric: number;
  how: CellStatistic | 'as_best';
  /** By axis; ANY = all its values. */
  pins: number[];
}

/** A metric over two axes, the others put together or fixed; plateaus marked. */
export const heatmap: Section = {
  id: 'landscape',
  title: 'Landscape',
  render({ model }) {
    const { data } = model;
    if (data.axes.length === 0)
      return [h('p', { class: 'empty' }, 'Nothing varies: there is one configuration.')];
    if (data.okRuns === 0) return [h('p', { class: 'empty' }, 'No run succeeded.')];
    const view: View = { ...widestAxes(model), metric: 0, how: 'median', pins: data.axes.map(() => ANY) };
    const chart = createChart((width) => heightOf(model, view, width));
    const controls = h('div', { class: 'controls' });
    const caption = h('p', { class: 'status', role: 'status' });
    const table = tableBehind('These cells as a table', () => cellTable(model, view));
    const update = () => {
      draw(model, view, chart, caption);
      if (table.open) {
        table.open = false; // shown again with the new cells
        table.open = true;
      }
    };
    const rebuild = () => {
      controls.replaceChildren(...controlsOf(model, view, update, rebuild));
      update();
    };
    queueMicrotask(rebuild);
    const more = data.runs.complete
      ? 'All runs with a result are in it, also those that miss the constraints.'
      : `This sweep has more runs than a page can carry, so each pair of axes was aggregated over all ${count(data.okRuns)} runs before the report was written: axes cannot be fixed one by one here.`;
    return [
      h('p', { class: 'lead' }, `Each cell stands for all runs at two values. ${more}`),
      controls,
      h('figure', {}, chart.element, h('figcaption', {}, caption, h('p', { class: 'note' }, PLATEAU_RULE))),
      table,
    ];
  },
};

/** The two axes with the most values, the first across. */
function widestAxes({ sizes }: Model): Pick<View, 'x' | 'y'> {
  const [x = 0, y = null] = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  return { x, y };
}

function controlsOf(model: Model, view: View, update: () => void, rebuild: () => void): HTMLElement[] {
  const { axes, metrics } = model.data;
  const carried = model.data.cube?.metrics ?? metrics.length;
  const options = axes.map(({ name }, i) => [String(i), name] as const);
  const across = select('Across', options, String(view.x), (value) => {
    const x = Number(value);
    if (x === view.y) view.y = view.x;
    view.x = x;
    rebuild();
    focusControl(0);
  });
  const up = select('Up', options, String(view.y), (value) => {
    const y = Number(value);
    if (y === view.x) view.x = view.y!;
    view.y = y;
    rebuild();
    focusControl(1);
  });
  const metric = select(
    'Metric',
    metrics.slice(0, carried).map(({ name }, i) => [String(i), plain(name)] as const),
    String(view.metric),
    (value) => {
      view.metric = Number(value);
      update();
    },
  );
  const how = select(
    axes.length > 2 ? 'Other axes' : 'Runs of a cell',
    HOW.filter(([name]) => name !== 'as_best' || model.leaders.rows > 0),
    view.how,
    (value) => {
      view.how = value as View['how'];
      update();
    },
  );
  const pins = model.data.runs.complete
    ? axes.flatMap(({ name, labels }, axis) => {
        if (axis === view.x || axis === view.y) return [];
        const values = [['', 'all'] as const, ...labels.map((label, i) => [String(i), label] as const)];
        return [
          select(name, values, view.pins[axis] === ANY ? '' : String(view.pins[axis]), (value) => {
            view.pins[axis] = value === '' ? ANY : Number(value);
            update();
          }),
        ];
      })
    : [];
  const fixed =
    pins.length === 0 ? [] : [h('fieldset', { class: 'pins' }, h('legend', {}, 'Fix the other axes'), pins)];
  const focusControl = (n: number) =>
    document.querySelectorAll<HTMLSelectElement>('#landscape .controls select')[n]?.focus();
  return [across, ...(axes.length > 1 ? [up] : []), metric, how, ...fixed];
}

/** The value of every cell, (x, y) at x · height + y. */
function cellsOf(
  { data, runs, leaders, cube, sizes }: Model,
  { x, y, metric, how, pins }: View,
): Float32Array {
  const { direction } = data.metrics[metric]!;
  if (cube === null) {
    const asBest = how === 'as_best';
    const fixed = data.axes.map((_, axis) =>
      axis === x || axis === y ? ANY : asBest ? leaders.positions[axis]![0]! : pins[axis]!,
    );
    const grouped = groupRuns(runs, y === null ? [x] : [x, y], sizes, fixed);
    return cellStatistic(grouped, runs.metrics[metric]!, asBest ? 'mean' : how, direction);
  }
  const pair: [number, number] = x < y! ? [x, y!] : [y!, x];
  const statistic = CUBE_STATISTICS.indexOf(how);
  const offset = cubeOffset(sizes, data.cube!.metrics, pair, metric, statistic);
  const stored = cube.subarray(offset, offset + sizes[x]! * sizes[y!]!);
  if (x < y!) return stored;
  return Float32Array.from(
    stored,
    (_, i) => stored[(i % sizes[y!]!) * sizes[x]! + Math.floor(i / sizes[y!]!)]!,
  );
}

function axesOf({ data }: Model, { x, y }: View) {
  const shown = (axis: number) => {
    const { labels, ordered, nullAt, name } = data.axes[axis]!;
    return { size: labels.length, ordered, nullAt, labels, name };
  };
  return { across: shown(x), up: y === null ? SINGLE : shown(y) };
}

function heightOf(model: Model, view: View, width: number): number {
  const { up } = axesOf(model, view);
  const row = width < 560 ? 22 : 26;
  return Math.max(up.size === 1 ? 150 : 200, Math.min(620, up.size * row)) + 126;
}

function draw(model: Model, view: View, chart: Chart, caption: HTMLElement): void {
  const { across, up } = axesOf(model, view);
  const metric = model.data.metrics[view.metric]!;
  const cells = cellsOf(model, view);
  const marks = markCells(cells, across, up, metric.direction);
  const defined = [...cells].filter((value) => !Number.isNaN(value));
  const how = HOW.find(([name]) => name === view.how)![1];
  const named = `${plain(metric.name)} over ${across.name}${up.name === '' ? '' : ` and ${up.name}`}`;
  if (defined.length === 0) {
    caption.textContent = `No cell has a defined ${plain(metric.name)} here.`;
  } else {
    const [plateaus, lonely] = (['plateau', 'lonely'] as const).map(
      (mark) => marks.filter((m) => m === mark).length,
    );
    const best = cells.indexOf(metric.direction === 'lower' ? Math.min(...defined) : Math.max(...defined));
    const at = [across.labels[Math.floor(best / up.size)], up.labels[best % up.size]].filter((l) => l !== '');
    caption.textContent =
      `${plain(metric.name)}, ${view.how === 'as_best' ? 'other axes as in the best run' : how.replace('them', 'the runs').replace('their', 'the')}: ` +
      `best ${valueText(metric, cells[best]!)} at ${at.join(', ')}; ${count(plateaus)} ${plateaus === 1 ? 'plateau cell' : 'plateau cells'}, ${count(lonely)} lonely ${lonely === 1 ? 'peak' : 'peaks'}.`;
  }
  chart.describe(`Heatmap of ${named}. ${caption.textContent} The cells are in the table below.`);
  const [low, high] = [Math.min(...defined), Math.max(...defined)];
  chart.draw((colors, width) => {
    const scale = metric.direction === 'lower' ? [...colors.scale].reverse() : colors.scale;
    const cellWidth = (width - 110) / across.size;
    const showsValue = cellWidth > 50;
    return {
      grid: {
        left: 8,
        right: 12,
        top: 26,
        bottom: 66,
        outerBoundsMode: 'same',
        outerBoundsContain: 'axisLabel',
      },
      xAxis: {
        type: 'category',
        data: across.labels,
        name: across.name,
        nameLocation: 'middle',
        nameGap: 28,
        ...axisStyle(colors),
        axisLabel: { ...axisStyle(colors).axisLabel, hideOverlap: true },
        splitLine: { show: false },
      },
      yAxis: {
        type: 'category',
        data: up.labels,
        name: up.name,
        nameLocation: 'end',
        ...axisStyle(colors),
        splitLine: { show: false },
      },
      visualMap: {
        type: 'continuous',
        min: low === high ? low - 1 : low,
        max: low === high ? high + 1 : high,
        orient: 'horizontal',
        left: 'center',
        bottom: 0,
        itemWidth: 12,
        itemHeight: Math.min(220, width - 150),
        text: [tickText(metric, high), tickText(metric, low)],
        textStyle: { color: colors.muted, fontSize: 11 },
        inRange: { color: scale },
        calculable: false,
        formatter: (value: number) => tickText(metric, value),
      },
      tooltip: tooltip(colors, ({ data }: { data: { cell: number } }) => [
        `${plain(metric.name)} ${valueText(metric, cells[data.cell]!)}`,
        `${across.name} ${across.labels[Math.floor(data.cell / up.size)]}`,
        ...(up.name === '' ? [] : [`${up.name} ${up.labels[data.cell % up.size]}`]),
        ...(marks[data.cell] ? [marks[data.cell] === 'plateau' ? 'on a plateau' : 'a lonely peak'] : []),
      ]),
      series: [
        {
          type: 'heatmap',
          data: [...cells].flatMap((value, cell) => {
            if (Number.isNaN(value)) return [];
            const mark = marks[cell];
            const strong =
              low !== high && isStrong((value - low) / (high - low), metric.direction, colors.dark);
            return [
              {
                value: [Math.floor(cell / up.size), cell % up.size, value],
                cell,
                label: {
                  color:
                    strong === colors.dark
                      ? '#12181d'
                      : colors.dark
                        ? colors.text
                        : strong
                          ? '#ffffff'
                          : colors.text,
                },
                itemStyle: mark === 'plateau' ? { borderColor: colors.text, borderWidth: 1.5 } : {},
              },
            ];
          }),
          itemStyle: { borderColor: colors.surface, borderWidth: 1 },
          label: {
            show: true,
            fontSize: cellWidth > 30 ? 11 : 9,
            formatter: ({ data }: { data: { cell: number } }) => {
              const mark = marks[data.cell];
              const sign = mark ? MARKS[mark] : '';
              return showsValue ? `${cellText(metric, cells[data.cell]!)}${sign ? ` ${sign}` : ''}` : sign;
            },
          },
          emphasis: { itemStyle: { color: 'inherit', borderColor: colors.text, borderWidth: 2 } },
        },
      ],
    };
  });
}

/** Whether a cell is so far towards the strong end of the scale that its label must contrast with that. */
function isStrong(share: number, direction: string, dark: boolean): boolean {
  return (direction === 'lower' ? 1 - share : share) > (dark ? 0.5 : 0.7);
}

function cellTable(model: Model, view: View): HTMLElement {
  const { across, up } = axesOf(model, view);
  const metric = model.data.metrics[view.metric]!;
  const cells = cellsOf(model, view);
  const marks = markCells(cells, across, up, metric.direction);
  const cell = (i: number, j: number) => {
    const at = i * up.size + j;
    const mark = marks[at];
    const text = valueText(metric, cells[at]!);
    return mark
      ? h(
          'span',
          {},
          text,
          h('span', { 'aria-label': mark === 'plateau' ? 'plateau' : 'lonely peak' }, ` ${MARKS[mark]}`),
        )
      : text;
  };
  return scrollTable(
    `${plain(metric.name)} by ${across.name}${up.name === '' ? '' : ` (rows) and ${up.name} (columns)`}`,
    [
      up.name === '' ? across.name : `${across.name} \\ ${up.name}`,
      ...(up.name === '' ? [plain(metric.name)] : up.labels),
    ],
    across.labels.map((label, i) => [label, ...up.labels.map((_, j) => cell(i, j))]),
  );
}
