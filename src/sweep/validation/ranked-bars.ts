import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import { allocateBars, type Bars } from '../../core/bars.ts';
import { holdoutBars } from './holdout-bars.ts';

/** The bars of a sweep with and without those held back; one object where none are. */
export interface SweepBars {
  /** What the runs are simulated on and ranked by. */
  readonly bars: Bars;
  /** With the holdout. */
  readonly allBars: Bars;
}

/** Cuts the holdout of a sweep off its bars, so that no run can see it; a copy, since columns stand one after the other. */
export function rankedBars({ validation }: Pick<SweepSpec, 'validation'>, allBars: Bars): SweepBars {
  if (validation?.holdout === undefined) return { bars: allBars, allBars };
  const length = allBars.length - holdoutBars(validation.holdout, allBars.times);
  const bars = allocateBars(allBars.symbols, length);
  bars.times.set(allBars.times.subarray(0, length));
  for (const name of ['open', 'high', 'low', 'close', 'volume', 'lastClose'] as const) {
    for (let a = 0; a < bars.symbols.length; a++) {
      const from = a * allBars.length;
      bars[name].set(allBars[name].subarray(from, from + length), a * length);
    }
  }
  return { bars, allBars };
}
