import { BLOCKS } from '../../core/metrics/return-stats.ts';
import type { BlockDeviations } from './block-bootstrap.ts';
import { type BlockLoops, LANES } from './block-loops.ts';
import { naturalLog } from './normal.ts';

/** Whether the best of many runs beats a benchmark by more than luck; p-values are (1 + draws as high) / (1 + draws). */
export interface SuperiorAbility {
  readonly runs: number;
  readonly draws: number;
  /** White's Reality Check: the highest √n·mean of the differences, and its p-value. */
  readonly realityCheck: number;
  readonly realityCheckP: number;
  /** Hansen's SPA: the highest √n·mean/σ, and its consistent p-value, between the lower and the upper bound. */
  readonly statistic: number;
  readonly lowerP: number;
  readonly consistentP: number;
  readonly upperP: number;
}

/** Runs whose t statistic is below −√(2 ln ln m), m = 16 observations, are out of the race (Hansen 2005). */
const HOPELESS = -Math.sqrt(2 * naturalLog(naturalLog(BLOCKS)));
/** Deviations from a mean of 16 are too small by as much. */
const SMALL_SAMPLE = Math.sqrt(BLOCKS / (BLOCKS - 1));

/**
 * White's Reality Check (2000) and Hansen's test for superior predictive ability (2005) of mean return per bar against a
 * benchmark, over all runs, by the bootstrap of blocks: one pass, memory of eight numbers a draw.
 *
 * The blocks are the observations: m = 16 in Hansen's threshold, deviations are scaled by √(16/15). σ is the standard
 * deviation of the run's own returns over all bars, not one estimated from 16 blocks: with that the maximum over
 * thousands of runs is one over heavy-tailed t statistics, which the draws do not have. Upper: all runs as good as the
 * benchmark in truth; lower: a run that did worse stands where it stood; consistent: only one below the threshold does.
 *
 * @param picks as `blockDraws` gives them
 * @param differences of the run observed from the benchmark
 * @param bars of the period
 */
export function createSuperiorAbility(
  picks: Uint8Array,
  differences: BlockDeviations,
  bars: number,
  loops: BlockLoops,
) {
  const draws = picks.length / BLOCKS;
  const pairs = Uint16Array.from(
    { length: picks.length / 2 },
    (_, k) => BLOCKS * picks[2 * k]! + picks[2 * k + 1]!,
  );
  const [units, scales] = [loops.floats(LANES * BLOCKS), loops.floats(LANES * 4)];
  const none = () => loops.floats(2 * draws).fill(Number.NEGATIVE_INFINITY);
  const [upper, consistent, lower, reality] = [none(), none(), none(), none()];
  const raiseMaxima = loops.raiseMaxima(pairs, { units, scales }, { upper, consistent, lower, reality });
  let lane = 0;
  let realityCheck = Number.NEGATIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let runs = 0;
  return {
    /**
     * The run whose differences were read just now.
     *
     * @param deviation σ of a bar of the run's own returns
     */
    observe(deviation: number): void {
      runs++;
      const { total, norm } = differences;
      const scale = Math.sqrt(bars) * deviation;
      const statistic = total / scale;
      const factor = (norm * SMALL_SAMPLE) / scale;
      if (statistic * deviation > realityCheck) realityCheck = statistic * deviation;
      if (statistic > highest) highest = statistic;
      const worse = Math.min(statistic, 0);
      const hopeless = total / (norm * SMALL_SAMPLE) < HOPELESS ? statistic : 0;
      for (let b = 0; b < BLOCKS; b++) units[LANES * b + lane] = differences.unit[b]!;
      scales[lane] = factor;
      scales[LANES + lane] = hopeless;
      scales[2 * LANES + lane] = worse;
      scales[3 * LANES + lane] = deviation;
      lane = (lane + 1) % LANES;
      if (lane === 0) raiseMaxima();
    },
    /** The outcome; null without runs. */
    result(): SuperiorAbility | null {
      if (runs === 0) return null;
      if (lane > 0) {
        // A lane that is still free does as the first.
        for (const lanes of [units, scales]) {
          for (let i = 0; i < lanes.length; i += LANES) lanes.fill(lanes[i]!, i + lane, i + LANES);
        }
        raiseMaxima();
      }
      const p = (maxima: Float64Array, value: number) => {
        let asHigh = 0;
        for (let d = 0; d < draws; d++) if (Math.max(maxima[2 * d]!, maxima[2 * d + 1]!) >= value) asHigh++;
        return (1 + asHigh) / (1 + draws);
      };
      return {
        runs,
        draws,
        realityCheck,
        realityCheckP: p(reality, realityCheck),
        statistic: highest,
        lowerP: p(lower, highest),
        consistentP: p(consistent, highest),
        upperP: p(upper, highest),
      };
    },
  };
}
