import { cubeLength } from './cube.ts';

/** Bytes of runs or of a cube that a page carries; in base64 a third more. With all else it stays below 5 MB. */
const MOST_BYTES = 2_300_000;
/** Positions of an axis, and metrics of a cube. */
const MOST_POSITIONS = 50;
const CUBE_METRICS = 6;
/** Runs of the sample that stands for the rest, where a page cannot carry all. */
export const SAMPLE_RUNS = 4_000;

/** How much of a sweep a page carries. */
export interface Budget {
  /** All runs, or a cube and a sample. */
  readonly complete: boolean;
  /** Positions of an axis at most. */
  readonly positions: number;
  /** 0 where all runs are carried. */
  readonly cubeMetrics: number;
}

/** Decides by numbers alone, so that the same sweep has the same page everywhere. */
export function budgetOf(runs: number, axisLengths: readonly number[], metrics: number): Budget {
  const bytesOfRun = axisLengths.length + 4 * metrics;
  if (runs * bytesOfRun <= MOST_BYTES) return { complete: true, positions: MOST_POSITIONS, cubeMetrics: 0 };
  const cubeMetrics = Math.min(CUBE_METRICS, metrics);
  let positions = MOST_POSITIONS;
  const sizes = () => axisLengths.map((length) => Math.min(length, positions));
  while (positions > 2 && 4 * cubeLength(sizes(), cubeMetrics) > MOST_BYTES) positions--;
  return { complete: false, positions, cubeMetrics };
}
