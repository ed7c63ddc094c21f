import type { Summary } from '../contracts/summary.ts';
import type { Metric } from '../core/metrics/metric.ts';
import type { Histogram } from './histogram.ts';
import type { Packed } from './typed-arrays.ts';

/** An axis of the sweep as the page shows it: positions from 0, each with a label. */
export interface ReportAxis {
  /** The last part of the path, or the whole where two axes would have the same name. */
  readonly name: string;
  readonly path: string;
  readonly labels: readonly string[];
  /** Whether positions beside each other are near each other: numbers are, texts and flags are not. */
  readonly ordered: boolean;
  /** The position of null, which is beside no other; -1 without one. */
  readonly nullAt: number;
  /** Values of the axis in the sweep file; more than labels where neighbours were put together. */
  readonly values: number;
}

/** A metric as the page shows it. */
export type ReportMetric = Pick<Metric, 'name' | 'unit' | 'direction' | 'description'>;

/** Rows of runs by column: positions on the axes (u8), metrics (f32, NaN = undefined). */
export interface PackedRuns {
  readonly rows: number;
  readonly positions: readonly Packed[];
  readonly metrics: readonly Packed[];
}

/** Equity and drawdown at the times of the curves. */
export interface ReportCurve {
  /** f32, in money or from a level of 1. */
  readonly equity: Packed;
  /** f32, ≤ 0, from the highest equity so far, the initial cash included. */
  readonly drawdown: Packed;
}

/** Something at a time on a curve. */
export interface CurveMark {
  readonly time: number;
  readonly asset: string;
  /** The reason of an order. */
  readonly what: string;
}

/** A replayed leader. */
export interface LeaderCurve extends ReportCurve {
  readonly rank: number;
  readonly runId: string;
  readonly stops: readonly CurveMark[];
  /** Where the dense mode would have bought again after a stop; null where that was not computed. */
  readonly prevented: readonly CurveMark[] | null;
  /** All of them, also those beyond what `stops` and `prevented` hold. */
  readonly stopCount: number;
  readonly preventedCount: number;
}

/** The replayed leaders and what they are compared with. */
export interface ReportCurves {
  readonly cash: number;
  /** Epoch milliseconds; f64. All bars, or of each stretch those where a curve is lowest, highest or deepest. */
  readonly times: Packed;
  readonly thinned: boolean;
  /** Whether every replay gave the stored objective, bit for bit. */
  readonly faithful: boolean;
  readonly runs: readonly LeaderCurve[];
  readonly benchmark: (ReportCurve & { readonly metrics: Readonly<Record<string, number | null>> }) | null;
}

/** Runs without a result or without a trade, of one cause. */
export interface ReportCause {
  readonly cause: string;
  readonly runs: number;
  /** A run of this cause, the first by index; null for a shard that was given up. */
  readonly runId: string | null;
}

/** Parity of the runs of one status and class. */
export interface ParityRow {
  readonly status: string;
  readonly denseClass: string | null;
  readonly runs: number;
  /** Sum over the runs; null for runs not checked, as are the means. */
  readonly reentriesDense: number | null;
  /** Mean over the runs, per year. */
  readonly driftTurnover: number | null;
  /** Mean over the runs, in money. */
  readonly driftFees: number | null;
}

/** What stands around each leader on the grid, and how much of it is luck: a value a leader (f32, NaN = undefined). */
export interface LeaderSurroundings {
  readonly robust: Packed;
  readonly neighbours: Packed;
  readonly within: Packed;
  readonly deflated: Packed;
}

/** The account that followed the choices of a walk-forward through its tests, from a level of 1. */
export interface FollowedCurve extends ReportCurve {
  /** Epoch milliseconds, f64; all test bars, or of each stretch those that matter. */
  readonly times: Packed;
}

/** Everything that a report shows of a sweep: a pure function of its results, spec, bars and code. */
export interface ReportData {
  readonly v: 1;
  readonly name: string;
  readonly sweepId: string;
  readonly version: string;
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly assets: number;
  readonly bars: number;
  /** First and last bar, epoch milliseconds; null where the bars are not at hand. */
  readonly from: number | null;
  readonly to: number | null;
  readonly summary: Summary;
  /** spec.json as it stands in the store. */
  readonly spec: string;
  readonly constraints: readonly string[];
  readonly axes: readonly ReportAxis[];
  /** The objective first. */
  readonly metrics: readonly ReportMetric[];
  /** Rows with status ok. */
  readonly okRuns: number;
  /** All runs, or leaders and a seeded sample of them. */
  readonly runs: PackedRuns & { readonly complete: boolean };
  /** By pair of axes, metric and statistic, where `runs` is not complete; see cube.ts. Its first metrics are those of `metrics`. */
  readonly cube: { readonly metrics: number; readonly numbers: Packed } | null;
  /** By axis, metric and statistic; see slices.ts. */
  readonly slices: Packed;
  /** By metric. */
  readonly histograms: readonly Histogram[];
  readonly leaders: PackedRuns & {
    readonly runIds: readonly string[];
    readonly runIndices: readonly number[];
    readonly parity: readonly string[];
    readonly surroundings: LeaderSurroundings;
  };
  /** Quantiles of the logits that the probability of backtest overfitting is counted from; empty where there is none. */
  readonly logits: readonly (readonly [level: number, logit: number])[];
  /** Null without a walk-forward, or where it could not be followed. */
  readonly followed: FollowedCurve | null;
  /** Or why there are none. */
  readonly curves: ReportCurves | string;
  readonly failures: readonly ReportCause[];
  readonly zeroTrades: readonly ReportCause[];
  readonly parity: readonly ParityRow[];
  readonly leastSaving: number | null;
  readonly mostSaving: number | null;
}

/** What was measured, and where the report was made: the only part that the same sweep may have another of elsewhere. */
export interface ReportPlace {
  /** Seconds that a person waited; null where nothing is noted. */
  readonly seconds: number | null;
  readonly workerSeconds: number | null;
  readonly costUsd: number | null;
  /** What took it: `2 threads of this machine`. */
  readonly by: string | null;
  /** Replays a run; `RUN_ID` stands for its id. */
  readonly replayCommand: string;
}
