import type { Interval, ValidationLayout } from '../../contracts/validation-layout.ts';
import { windowColumns } from './run-validation.ts';

/** What a validation adds to a sweep; all 0 without one. */
export interface ValidationWork {
  /** Seconds of one core that measuring one run by all windows takes, by the constants of the version. */
  readonly runSeconds: number;
  /** Columns of numbers that a row has more. */
  readonly columns: number;
  /** Runs that are replayed at most because some window or split chose them. */
  readonly chosenRuns: number;
  /** Simulations of a leader besides its replay, in lengths of a ranked run: one over all bars where some are held back. */
  readonly leaderRuns: number;
}

/** Constants of the version, as those of `runSeconds`: of reading a bar, of a metric of a slice, of adding a segment to a slice. */
const BAR_SECONDS = 5e-9;
const SLICE_SECONDS = 0.2e-6;
const SEGMENT_SECONDS = 20e-9;

/** The work of a layout; pure. */
export function validationWork(layout: ValidationLayout | undefined): ValidationWork {
  if (layout === undefined) return { runSeconds: 0, columns: 0, chosenRuns: 0, leaderRuns: 0 };
  const { windows, cpcv, bars, holdout } = layout;
  const splits = cpcv?.splits ?? [];
  const slices = [...windows, ...splits]
    .flatMap(({ train }) => train)
    .concat(windows.map(({ test }) => test));
  const columns = Object.values(windowColumns(layout)).flat().length;
  return {
    runSeconds:
      slices.length === 0
        ? 0
        : bars * BAR_SECONDS + columns * SLICE_SECONDS + segmentsOf(slices) * SEGMENT_SECONDS,
    columns,
    chosenRuns: windows.length + splits.length,
    leaderRuns: holdout === null ? 0 : (bars + holdout.bars) / bars,
  };
}

/** Segments between ends of intervals, counted once for each interval that holds them. */
function segmentsOf(intervals: readonly Interval[]): number {
  const bounds = [...new Set(intervals.flat())].sort((a, b) => a - b);
  const place = new Map(bounds.map((bar, i) => [bar, i]));
  return intervals.reduce((sum, [from, to]) => sum + place.get(to)! - place.get(from)!, 0);
}
