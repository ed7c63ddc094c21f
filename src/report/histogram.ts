import { quantileOf } from './cells.ts';
import { sortFloats } from './sort-floats.ts';

const BINS = 48;

/** How the values of one metric are spread; numbers are null without a defined value. */
export interface Histogram {
  /** Runs where the metric is defined, and where it is not. */
  readonly defined: number;
  readonly undefined: number;
  readonly least: number | null;
  readonly median: number | null;
  readonly most: number | null;
  readonly mean: number | null;
  /** Ends of the bins: the middle 99 % of the runs, so that one outlier does not hide the rest. */
  readonly from: number;
  readonly to: number;
  /** Runs by bin, of equal width; the last includes its end. One bin where all values are the same. */
  readonly bins: readonly number[];
  readonly below: number;
  readonly above: number;
  /** The value compared with, and how many runs are better; null without one. */
  readonly benchmark: { readonly value: number; readonly better: number } | null;
}

/**
 * Counts the values of a metric by bins; NaN = undefined.
 *
 * @param room memory to sort in, [values]
 */
export function histogramOf(
  values: Float32Array,
  direction: 'higher' | 'lower' | 'none',
  benchmark: number | null,
  room: Float32Array = new Float32Array(values.length),
): Histogram {
  const sorted = sortFloats(definedOf(values, room));
  const defined = sorted.length;
  const empty = { from: 0, to: 0, bins: [], below: 0, above: 0, benchmark: null };
  const missing = values.length - defined;
  if (defined === 0) {
    return { defined, undefined: missing, least: null, median: null, most: null, mean: null, ...empty };
  }
  const [from, to] = [quantileOf(sorted, 0.005), quantileOf(sorted, 0.995)];
  const bins = new Array<number>(from === to ? 1 : BINS).fill(0);
  let [below, above, sum] = [0, 0, 0];
  for (let i = 0; i < defined; i++) {
    const value = sorted[i]!;
    sum += value;
    if (value < from) below++;
    else if (value > to) above++;
    else bins[from === to ? 0 : Math.min(BINS - 1, Math.floor((BINS * (value - from)) / (to - from)))]!++;
  }
  const lower = direction === 'lower';
  return {
    defined,
    undefined: missing,
    least: sorted[0]!,
    median: quantileOf(sorted, 0.5),
    most: sorted[defined - 1]!,
    mean: sum / defined,
    from,
    to,
    bins,
    below,
    above,
    benchmark:
      benchmark === null
        ? null
        : {
            value: benchmark,
            better: sorted.reduce(
              (count, value) => count + Number(lower ? value < benchmark : value > benchmark),
              0,
            ),
          },
  };
}

function definedOf(values: Float32Array, found: Float32Array): Float32Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) found[count++] = values[i]!;
  return found.subarray(0, count);
}
