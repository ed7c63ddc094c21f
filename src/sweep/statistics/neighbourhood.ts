import type { GridNeighbours } from './grid-neighbours.ts';

/** How the objective looks around one run. */
export interface Neighbourhood {
  /** Neighbours with a defined objective. */
  readonly neighbours: number;
  /** Neighbouring points of the grid without one: left out, failed, or undefined. */
  readonly missing: number;
  /** Mean of the neighbours; null without any. */
  readonly mean: number | null;
  /** The worst of them: the lowest, or the highest where lower is better. */
  readonly worst: number | null;
  /** Share of them that are worse than the run by at most 10 % of its value, or better. */
  readonly shareWithin: number | null;
  /** Mean of the run and its neighbours; null where the run is undefined, or stands alone though it could have neighbours. */
  readonly robust: number | null;
}

const WITHIN = 0.1;

/**
 * Gives the neighbourhood of runs; the robust objective of a run is the mean of its own objective and those of its neighbours.
 *
 * @param objective of every run, NaN where undefined
 */
export function neighbourhoods(
  grid: GridNeighbours,
  objective: Float64Array,
  direction: 'higher' | 'lower',
): (run: number) => Neighbourhood {
  const sign = direction === 'higher' ? 1 : -1;
  const beside = new Int32Array(2 * Math.max(1, grid.orderedAxes.length));
  return (run) => {
    const own = objective[run]!;
    const points = grid.neighbours(run, beside);
    let neighbours = 0;
    let sum = 0;
    let worst = Number.POSITIVE_INFINITY;
    let within = 0;
    for (let i = 0; i < points; i++) {
      const value = beside[i]! >= 0 ? objective[beside[i]!]! : Number.NaN;
      if (Number.isNaN(value)) continue;
      neighbours++;
      sum += value;
      worst = Math.min(worst, sign * value);
      if (sign * value >= sign * own - WITHIN * Math.abs(own)) within++;
    }
    const alone = neighbours === 0;
    const undefinedHere = Number.isNaN(own) || (alone && grid.orderedAxes.length > 0);
    return {
      neighbours,
      missing: points - neighbours,
      mean: alone ? null : sum / neighbours,
      worst: alone ? null : sign * worst,
      shareWithin: alone ? null : within / neighbours,
      robust: undefinedHere ? null : (own + sum) / (1 + neighbours),
    };
  };
}
