import { BarChart, BoxplotChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { h } from './dom.ts';
import { type ChartColors, chartColors, onTheme } from './theme.ts';

use([
  BarChart,
  BoxplotChart,
  HeatmapChart,
  LineChart,
  ParallelChart,
  ScatterChart,
  GridComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
  CanvasRenderer,
]);

/** What a chart is drawn from: colours of the theme, and the width there is for it. */
export type Drawing = (colors: ChartColors, width: number) => Readonly<Record<string, unknown>>;

/** A chart in the page. */
export interface Chart {
  readonly element: HTMLElement;
  /** What a screen reader says of it. */
  describe(text: string): void;
  draw(drawing: Drawing): void;
  /** The instance, once the chart stands in the document. */
  instance(): ECharts;
}

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** A chart of a height in pixels that follows theme, width and print. */
export function createChart(height: number | ((width: number) => number)): Chart {
  const element = h('div', { class: 'chart', role: 'img' });
  let instance: ECharts | null = null;
  let drawing: Drawing | null = null;
  let drawnWidth = 0;

  function redraw(): void {
    if (drawing === null || element.clientWidth === 0) return;
    drawnWidth = element.clientWidth;
    element.style.height = `${typeof height === 'number' ? height : height(drawnWidth)}px`;
    instance ??= init(element, null, { renderer: 'canvas' });
    instance.resize();
    const colors = chartColors();
    const option = {
      animation: !calm.matches,
      animationDuration: 250,
      animationDurationUpdate: 200,
      backgroundColor: 'transparent',
      useUTC: true,
      textStyle: { fontFamily: FONT, color: colors.text },
      aria: { enabled: false },
      ...drawing(colors, drawnWidth),
    };
    instance.setOption(option, { notMerge: true });
  }

  onTheme(redraw);
  new ResizeObserver(() => element.clientWidth !== drawnWidth && redraw()).observe(element);
  return {
    element,
    describe: (text) => element.setAttribute('aria-label', text),
    draw(next) {
      drawing = next;
      redraw();
    },
    instance: () => {
      if (!instance) redraw();
      return instance!;
    },
  };
}

/** A box at the pointer that shows text as text; `lines` of the first are bold. */
export function tooltip(colors: ChartColors, lines: (params: never) => readonly string[]) {
  return {
    backgroundColor: colors.surface,
    borderColor: colors.line,
    textStyle: { color: colors.text, fontSize: 12 },
    confine: true,
    formatter: (params: never) => {
      const [first = '', ...rest] = lines(params);
      return h(
        'div',
        { class: 'tip' },
        h('strong', {}, first),
        rest.map((line) => h('div', {}, line)),
      );
    },
  };
}

/** Lines and labels of an axis. */
export function axisStyle(colors: ChartColors) {
  return {
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: false },
    axisLabel: { color: colors.muted, fontSize: 11 },
    splitLine: { lineStyle: { color: colors.line, opacity: 0.6 } },
    nameTextStyle: { color: colors.muted, fontSize: 11 },
  };
}
