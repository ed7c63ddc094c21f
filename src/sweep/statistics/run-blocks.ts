import { BLOCKS, blockBounds } from '../../core/metrics/return-stats.ts';
import type { ResultValues } from '../../formats/results-parquet.ts';

/** Σ r and Σ r² of the blocks of one run, and what is needed to compare it with cash; filled again for every run. */
export interface RunBlocks {
  /** Σ (r − r_f) of each block; [BLOCKS] */
  readonly sum: Float64Array;
  /** Σ (r − r_f)² of each block; [BLOCKS] */
  readonly squares: Float64Array;
  /** Standard deviation of the returns of a bar, ddof 1. */
  deviation: number;
  /** Sharpe ratio of a bar over the whole period. */
  sharpe: number;
}

/** Bars of each block, as numbers; [BLOCKS] */
export function blockLengths(bars: number): Float64Array {
  const bounds = blockBounds(bars);
  return Float64Array.from({ length: BLOCKS }, (_, b) => bounds[b + 1]! - bounds[b]!);
}

/** Bars below which nothing is said from blocks: two a block. */
export const FEWEST_BARS = 2 * BLOCKS;

/** The block sums among the columns of the rows of a shard. */
export function blockColumns(rows: ReadonlyMap<string, ResultValues>, count: number): BlockColumns {
  return { count, columns: BLOCK_COLUMNS.map((name) => rows.get(name) as Float64Array) };
}

/** The part of the sums that rounding may leave of a variance that is 0 in truth. */
const FLAT = 1e-12;

const blocks = Array.from({ length: BLOCKS }, (_, b) => String(b).padStart(2, '0'));

/** Names of the columns of block sums: Σ r of every block, then Σ r². */
export const BLOCK_COLUMNS: readonly string[] = [
  ...blocks.map((b) => `block_sum_${b}`),
  ...blocks.map((b) => `block_squares_${b}`),
];

/** The block sums of the runs of one shard, as its rows hold them. */
export interface BlockColumns {
  readonly count: number;
  /** Column by column: Σ r, then Σ r²; [2·BLOCKS][count], NaN where a run failed. */
  readonly columns: readonly Float64Array[];
}

/**
 * Reads one run's blocks into `out`, less the risk-free rate of a bar.
 *
 * @returns whether its returns are finite and vary: else it says nothing to compare
 */
export function readBlocks(
  { columns }: BlockColumns,
  row: number,
  lengths: Float64Array,
  riskFree: number,
  out: RunBlocks,
): boolean {
  let total = 0;
  let totalSquares = 0;
  let bars = 0;
  for (let b = 0; b < BLOCKS; b++) {
    const n = lengths[b]!;
    const raw = columns[b]![row]!;
    const squares = columns[BLOCKS + b]![row]! - riskFree * (2 * raw - n * riskFree);
    const sum = raw - n * riskFree;
    out.sum[b] = sum;
    out.squares[b] = squares;
    total += sum;
    totalSquares += squares;
    bars += n;
  }
  const deviations = totalSquares - (total * total) / bars;
  if (!(deviations > FLAT * totalSquares && totalSquares < Number.POSITIVE_INFINITY)) return false;
  out.deviation = Math.sqrt(deviations / (bars - 1));
  out.sharpe = total / bars / out.deviation;
  return true;
}

/** Blocks of nothing, for `readBlocks` to fill. */
export function createRunBlocks(): RunBlocks {
  return { sum: new Float64Array(BLOCKS), squares: new Float64Array(BLOCKS), deviation: 0, sharpe: 0 };
}
