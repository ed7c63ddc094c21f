import { BLOCKS } from '../../core/metrics/return-stats.ts';
import type { ResultTable } from '../../formats/results-parquet.ts';
import {
  luckiestSharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  probabilisticSharpe,
  type SharpeSample,
  sharpeSample,
} from './probabilistic-sharpe.ts';

/** What the luck of a run is judged by. */
export interface LuckContext {
  readonly bars: number;
  readonly barsPerYear: number;
  /** Of a bar. */
  readonly riskFree: number;
  /** Across the runs, of the Sharpe ratio of a bar; null where undefined. */
  readonly sharpeVariance: number | null;
  /** Effective number of independent trials; null where undefined. */
  readonly trials: number | null;
}

/** How much of a run's Sharpe ratio is luck; null where undefined or infinite. */
export interface RunLuck {
  readonly sample: SharpeSample;
  /** Expected of the best of the trials, of a bar. */
  readonly luckiest: number | null;
  readonly psr: number | null;
  readonly deflatedSharpe: number | null;
  readonly minTrackRecordBars: number | null;
  readonly minBacktestYears: number | null;
}

/** Of a record as long as MinTRL the Sharpe ratio is above 0 with this probability. */
export const CONFIDENCE = 0.95;

/** The luck of the run in a row of the leaderboard; null where its returns do not vary. */
export function luckOf(board: ResultTable, row: number, context: LuckContext): RunLuck | null {
  const at = (name: string) => board.values.get(name)![row] as number;
  const sumOf = (name: string) => {
    let sum = 0;
    for (let b = 0; b < BLOCKS; b++) sum += at(`${name}_${String(b).padStart(2, '0')}`);
    return sum;
  };
  const sums = [sumOf('block_sum'), sumOf('block_squares'), at('sum_cubes'), at('sum_fourths')] as const;
  const { bars, barsPerYear, riskFree, sharpeVariance, trials } = context;
  const sample = sharpeSample(bars, sums, riskFree);
  if (sample === null) return null;
  const luckiest = sharpeVariance === null || trials === null ? null : luckiestSharpe(trials, sharpeVariance);
  const annual = sample.sharpe * Math.sqrt(barsPerYear);
  return {
    sample,
    luckiest,
    psr: finite(probabilisticSharpe(sample, 0)),
    deflatedSharpe: luckiest === null ? null : finite(probabilisticSharpe(sample, luckiest)),
    minTrackRecordBars: finite(minimumTrackRecord(sample, 0, CONFIDENCE)),
    minBacktestYears: trials === null ? null : finite(minimumBacktestYears(trials, annual)),
  };
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
