import type { PlacedAxis } from './axes.ts';
import type { Budget } from './budget.ts';
import { SAMPLE_RUNS } from './budget.ts';
import { emptyCube, fillAsBest, fillCube } from './cube.ts';
import { type Histogram, histogramOf } from './histogram.ts';
import { type ReadRuns, type RunsSource, readMetrics, readRuns } from './read-runs.ts';
import type { ReportMetric } from './report-data.ts';
import { pickRows, type RunColumns, runColumns } from './run-columns.ts';
import { sampleRows } from './sample-rows.ts';
import { emptySlices, fillSlices } from './slices.ts';
import { cellSorter } from './sorted-cells.ts';

/** What a page says of all runs. */
export interface RunFigures extends ReadRuns {
  /** All of them, or a sample. */
  readonly shown: RunColumns;
  /** Null where all are shown. */
  readonly cube: Float32Array | null;
  readonly slices: Float32Array;
  readonly histograms: readonly Histogram[];
}

/** What the figures are about. */
export interface FigureRequest {
  readonly axes: readonly PlacedAxis[];
  readonly metrics: readonly ReportMetric[];
  readonly budget: Budget;
  /** Positions of the best run; null = there is none. */
  readonly best: readonly number[] | null;
  /** Metrics of the benchmark, where there is one. */
  readonly benchmark: Readonly<Record<string, number | null>> | null;
}

const SAMPLE_SEED = 1;
/** Values of runs that are held at once, 4 bytes each: a million runs with all metrics took several times the memory that running them did. */
const HELD_VALUES = 6_000_000;

/** Takes the figures of all runs, some metrics at a time: as many as are held at once. */
export async function runFigures(
  source: RunsSource,
  { axes, metrics, budget, best, benchmark }: FigureRequest,
): Promise<RunFigures> {
  const rows = source.summary.okRuns;
  const sizes = axes.map(({ axis }) => axis.labels.length);
  const sample = budget.complete ? null : sampleRows(rows, SAMPLE_RUNS, SAMPLE_SEED);
  const held = Math.max(1, Math.floor(HELD_VALUES / Math.max(1, rows)));
  const step = budget.complete ? metrics.length : Math.min(metrics.length, held);
  const room = runColumns(axes.length, step, rows);
  const cube = budget.complete ? null : emptyCube(sizes, budget.cubeMetrics);
  const slices = emptySlices(sizes, metrics.length);
  const histograms: Histogram[] = [];
  const shown: Float32Array[] = [];
  const read = await readRuns(source, axes, metrics.slice(0, step), room);
  const cells = cellSorter(room, sizes);
  for (let first = 0; first < metrics.length; first += step) {
    const some = metrics.slice(first, first + step);
    const columns: RunColumns = { ...room, metrics: room.metrics.slice(0, some.length) };
    if (first > 0) await readMetrics(source, some, columns);
    shown.push(...(sample ? pickRows(columns, sample) : columns).metrics);
    if (cube && best && first < budget.cubeMetrics) {
      fillAsBest(cube, columns, sizes, budget.cubeMetrics, best, first);
    }
    for (const [i, { name, direction }] of some.entries()) {
      const ascending = cells.sort(columns.metrics[i]!);
      const m = first + i;
      if (cube && m < budget.cubeMetrics) fillCube(cube, cells, sizes, budget.cubeMetrics, m, direction);
      fillSlices(slices, cells, sizes, metrics.length, m);
      histograms.push(histogramOf(ascending, rows - ascending.length, direction, benchmark?.[name] ?? null));
    }
  }
  const { positions } = sample ? pickRows({ ...room, metrics: [] }, sample) : room;
  return {
    ...read,
    shown: { rows: sample?.length ?? rows, positions, metrics: shown },
    cube,
    slices,
    histograms,
  };
}
