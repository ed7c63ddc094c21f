import type { PackedRuns, ReportData, ReportMetric, ReportPlace } from '../report-data.ts';
import type { RunColumns } from '../run-columns.ts';
import { unpack } from '../typed-arrays.ts';

/** The data of a report, unpacked. */
export interface Model {
  readonly data: ReportData;
  readonly place: ReportPlace;
  /** Number of positions of each axis. */
  readonly sizes: readonly number[];
  readonly objective: ReportMetric;
  /** All runs, or a sample. */
  readonly runs: RunColumns;
  readonly leaders: RunColumns<Float64Array>;
  readonly cube: Float32Array | null;
  readonly slices: Float32Array;
}

/** Reads the report's data from the document. */
export function readModel(): Model {
  const json = (id: string) => JSON.parse(document.getElementById(id)!.textContent!) as unknown;
  const data = json('data') as ReportData;
  return {
    data,
    place: json('place') as ReportPlace,
    sizes: data.axes.map(({ labels }) => labels.length),
    objective: data.metrics[0]!,
    runs: unpackRuns(data.runs),
    leaders: unpackRuns(data.leaders),
    cube: data.cube && (unpack(data.cube.numbers) as Float32Array),
    slices: unpack(data.slices) as Float32Array,
  };
}

function unpackRuns<Metric extends Float32Array | Float64Array>({
  rows,
  positions,
  metrics,
}: PackedRuns): RunColumns<Metric> {
  return {
    rows,
    positions: positions.map((packed) => unpack(packed) as Uint8Array),
    metrics: metrics.map((packed) => unpack(packed) as Metric),
  };
}

/** The index of a metric of the page; -1 where it has none of that name. */
export const metricIndex = ({ data }: Model, name: string) =>
  data.metrics.findIndex((metric) => metric.name === name);
