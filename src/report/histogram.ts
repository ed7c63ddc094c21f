import { quantileOf, sumOf } from './cells.ts';

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
 * Counts the values of a metric by bins.
 *
 * @param sorted the defined values, ascending
 * @param missing how many are undefined
 */
export function histogramOf(
  sorted: Float32Array,
  missing: number,
  direction: 'higher' | 'lower' | 'none',
  benchmark: number | null,
): Histogram {
  const defined = sorted.length;
  const empty = { from: 0, to: 0, bins: [], below: 0, above: 0, benchmark: null };
  if (defined === 0) {
    return { defined, undefined: missing, least: null, median: null, most: null, mean: null, ...empty };
  }
  const [from, to] = [quantileOf(sorted, 0.005), quantileOf(sorted, 0.995)];
  const below = firstFrom(sorted, 0, (value) => value >= from);
  const end = firstFrom(sorted, below, (value) => value > to);
  const binOf = (value: number) => Math.min(BINS - 1, Math.floor((BINS * (value - from)) / (to - from)));
  const middle = sorted.subarray(0, end);
  const endOf = (bin: number) => firstFrom(middle, below, (value) => binOf(value) > bin);
  const ends = from === to ? [end] : Array.from({ length: BINS }, (_, bin) => endOf(bin));
  const lower = direction === 'lower';
  return {
    defined,
    undefined: missing,
    least: sorted[0]!,
    median: quantileOf(sorted, 0.5),
    most: sorted[defined - 1]!,
    mean: sumOf(sorted) / defined,
    from,
    to,
    bins: ends.map((next, bin) => next - (bin === 0 ? below : ends[bin - 1]!)),
    below,
    above: defined - end,
    benchmark:
      benchmark === null
        ? null
        : {
            value: benchmark,
            better: lower
              ? firstFrom(sorted, 0, (value) => value >= benchmark)
              : defined - firstFrom(sorted, 0, (value) => value > benchmark),
          },
  };
}

/** The first index from `start` on whose value fulfils what all greater ones do too; the length if none does. */
function firstFrom(sorted: Float32Array, start: number, holds: (value: number) => boolean): number {
  let [low, high] = [start, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
