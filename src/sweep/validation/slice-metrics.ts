import type { Interval } from '../../contracts/validation-layout.ts';
import { createLedger } from '../../core/execution/ledger.ts';
import { fillModel } from '../../core/fill-model.ts';
import { metricByName } from '../../core/metrics/catalog.ts';
import { NOISE } from '../../core/metrics/deviation.ts';
import { createReturnStats, type ReturnStats } from '../../core/metrics/return-stats.ts';
import { NO_STOPS, type RunConfig } from '../../core/run-config.ts';

/** The metrics that the returns of some bars tell: of the others, orders and holdings would have to be known bar by bar. */
export const SLICE_METRICS = [
  'total_return',
  'cagr',
  'volatility',
  'sharpe',
  'sortino',
  'max_drawdown',
  'calmar',
  'omega',
] as const;
export type SliceMetric = (typeof SLICE_METRICS)[number];

export const isSliceMetric = (name: string): name is SliceMetric =>
  (SLICE_METRICS as readonly string[]).includes(name);

/** What annual figures need besides returns. */
export interface Annual {
  readonly barsPerYear: number;
  /** Per year. */
  readonly riskFreeRate: number;
}

/** Gives a metric from the sums over some returns, NaN where it is undefined; the formulas are those of a whole run. */
export function sliceMetric(name: SliceMetric, annual: Annual): (returns: ReturnStats) => number {
  const metric = metricByName(name)!;
  const input = {
    totals: createLedger(0).totals,
    config: { ...ANY_RUN, ...annual },
    returns: createReturnStats(),
  };
  return (returns) => {
    input.returns = returns;
    const value = metric.value(input);
    return Number.isFinite(value) ? value + 0 : Number.NaN;
  };
}

/** Of its settings the metrics of slices read the annual ones alone. */
const ANY_RUN: Omit<RunConfig, keyof Annual> = {
  cash: 1,
  feeRate: 0,
  fixedFee: 0,
  slippage: 0,
  maxLeverage: 1,
  lotSize: 0,
  minSize: 0,
  minNotional: 0,
  stops: NO_STOPS,
  fill: fillModel('realistic', {}),
};

/** The part of a run that slices are taken from; [T] each, `start` the initial cash. */
export interface SlicedRun {
  readonly returns: Float64Array;
  readonly equity: Float64Array;
  readonly start: number;
}

/** Sums over slices of one run after another, in memory that does not grow. */
export interface Slices {
  /** Reads a run once, whatever the number of slices. */
  read(run: SlicedRun): void;
  /** The sums over slice i of the run read last, from a level of 1; null where its equity was ever ≤ 0. Holds until the next call. */
  of(slice: number): ReturnStats | null;
}

/** Below this part of Σr² the sum of squared deviations is rounding: the returns do not differ. */
const CANCELLED = 1e-12;

/**
 * Slices of a run's returns: each is a list of intervals of bars, read as if they followed one another.
 *
 * The bars are cut once into the segments between all ends of all intervals; a run is summed up segment by segment, and a
 * slice adds up its segments. So windows that overlap share the work: one pass over the bars, whatever there are of them.
 *
 * The level before a slice is 1 and counts as its first peak. Variance is Σr² − (Σr)²/n; skewness, kurtosis, blocks and
 * the length of the drawdown are not filled.
 */
export function createSlices(slices: readonly (readonly Interval[])[]): Slices {
  const bounds = [...new Set(slices.flat(2))].sort((a, b) => a - b);
  const place = new Map(bounds.map((bar, i) => [bar, i]));
  const count = Math.max(0, bounds.length - 1);
  const segmentsOf = slices.map((intervals) =>
    Int32Array.from(
      intervals.flatMap(([from, to]) => {
        const first = place.get(from)!;
        return Array.from({ length: place.get(to)! - first }, (_, i) => first + i);
      }),
    ),
  );
  const used = new Uint8Array(count);
  for (const segments of segmentsOf) for (const s of segments) used[s] = 1;

  const column = () => new Float64Array(count);
  const [sum, squares, downside, gains, losses] = [column(), column(), column(), column(), column()];
  const [growth, top, bottom, drawdown] = [column(), column(), column(), column()];
  const solvent = new Uint8Array(count);
  const stats = createReturnStats();

  function read({ returns, equity, start }: SlicedRun): void {
    for (let s = 0; s < count; s++) {
      if (used[s] === 0) continue;
      const [from, to] = [bounds[s]!, bounds[s + 1]!];
      const base = from === 0 ? start : equity[from - 1]!;
      let sumOf = 0;
      let squaresOf = 0;
      let downsideOf = 0;
      let gainsOf = 0;
      let lossesOf = 0;
      let peak = base;
      let trough = base;
      let lowest = base;
      let deepest = 0;
      for (let t = from; t < to; t++) {
        const r = returns[t]!;
        const e = equity[t]!;
        sumOf += r;
        squaresOf += r * r;
        if (r < 0) {
          downsideOf += r * r;
          lossesOf -= r;
        } else gainsOf += r;
        if (e >= peak) {
          if (trough < peak && trough / peak - 1 < deepest) deepest = trough / peak - 1;
          peak = e;
          trough = e;
        } else if (e < trough) {
          trough = e;
          if (e < lowest) lowest = e;
        }
      }
      if (trough < peak && trough / peak - 1 < deepest) deepest = trough / peak - 1;
      sum[s] = sumOf;
      squares[s] = squaresOf;
      downside[s] = downsideOf;
      gains[s] = gainsOf;
      losses[s] = lossesOf;
      growth[s] = equity[to - 1]! / base;
      top[s] = peak / base;
      bottom[s] = lowest / base;
      drawdown[s] = deepest;
      solvent[s] = lowest > 0 ? 1 : 0;
    }
  }

  function of(slice: number): ReturnStats | null {
    let n = 0;
    let sumOf = 0;
    let squaresOf = 0;
    let downsideOf = 0;
    let gainsOf = 0;
    let lossesOf = 0;
    let level = 1;
    let peak = 1;
    let deepest = 0;
    for (const s of segmentsOf[slice]!) {
      if (solvent[s] === 0) return null;
      n += bounds[s + 1]! - bounds[s]!;
      sumOf += sum[s]!;
      squaresOf += squares[s]!;
      downsideOf += downside[s]!;
      gainsOf += gains[s]!;
      lossesOf += losses[s]!;
      // The deepest fall begins at a peak of the segment itself, or at one before it.
      if (drawdown[s]! < deepest) deepest = drawdown[s]!;
      const lowest = level * bottom[s]!;
      if (lowest < peak * (1 + deepest)) deepest = lowest / peak - 1;
      if (level * top[s]! > peak) peak = level * top[s]!;
      level *= growth[s]!;
    }
    const mean = n > 0 ? sumOf / n : 0;
    const deviations = squaresOf - sumOf * mean;
    stats.n = n;
    stats.start = 1;
    stats.end = level;
    stats.mean = mean;
    stats.squares = deviations > CANCELLED * squaresOf ? deviations : 0;
    stats.downsideSquares = downsideOf;
    stats.gains = gainsOf;
    stats.losses = lossesOf;
    stats.maxDrawdown = deepest < -NOISE ? deepest : 0;
    return stats;
  }

  return { read, of };
}
