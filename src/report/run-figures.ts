import type { Budget } from './budget.ts';
import { SAMPLE_RUNS } from './budget.ts';
import { pairCube } from './cube.ts';
import { type Histogram, histogramOf } from './histogram.ts';
import { type RunsSource, readMetrics } from './read-runs.ts';
import type { ReportMetric } from './report-data.ts';
import { pickRows, type RunColumns } from './run-columns.ts';
import { sampleRows } from './sample-rows.ts';
import { emptySlices, fillSlices } from './slices.ts';
import { cellRoom } from './sorted-cells.ts';

/** What a page says of all runs. */
export interface RunFigures {
  /** All of them, or a sample. */
  readonly shown: RunColumns;
  /** Null where all are shown. */
  readonly cube: Float32Array | null;
  readonly slices: Float32Array;
  readonly histograms: readonly Histogram[];
}

/** What the figures are about. */
export interface FigureRequest {
  readonly metrics: readonly ReportMetric[];
  /** Positions of every axis. */
  readonly sizes: readonly number[];
  readonly budget: Budget;
  /** Positions of the best run; null = there is none. */
  readonly best: readonly number[] | null;
  /** Metrics of the benchmark, where there is one. */
  readonly benchmark: Readonly<Record<string, number | null>> | null;
}

const SAMPLE_SEED = 1;

/**
 * Takes the figures of all runs. Where a page cannot hold these, some metrics at a time are read, as many as its cube has:
 * a million runs with all of them at once would take several times the memory that running them did.
 */
export async function runFigures(
  source: RunsSource,
  positions: RunColumns['positions'],
  { metrics, sizes, budget, best, benchmark }: FigureRequest,
): Promise<RunFigures> {
  const rows = source.summary.okRuns;
  const sample = budget.complete ? null : sampleRows(rows, SAMPLE_RUNS, SAMPLE_SEED);
  const shown: Float32Array[] = [];
  const slices = emptySlices(sizes, metrics.length);
  const histograms: Histogram[] = [];
  let cube: Float32Array | null = null;
  const step = budget.complete ? metrics.length : budget.cubeMetrics;
  const room = Array.from({ length: step }, () => new Float32Array(rows));
  const cells = cellRoom(rows, sizes.length);
  for (let first = 0; first < metrics.length; first += step) {
    const some = metrics.slice(first, first + step);
    const columns: RunColumns = { rows, positions, metrics: room.slice(0, some.length) };
    await readMetrics(source, some, columns.metrics);
    shown.push(...(sample ? pickRows(columns, sample) : columns).metrics);
    if (first === 0 && !budget.complete) cube = pairCube(columns, sizes, some, best, cells);
    fillSlices(slices, columns, sizes, metrics.length, first, cells);
    for (const [m, { name, direction }] of some.entries()) {
      histograms.push(histogramOf(columns.metrics[m]!, direction, benchmark?.[name] ?? null, cells.sorted));
    }
  }
  const where = sample ? pickRows({ rows, positions, metrics: [] }, sample).positions : positions;
  return {
    shown: { rows: sample?.length ?? rows, positions: where, metrics: shown },
    cube,
    slices,
    histograms,
  };
}
