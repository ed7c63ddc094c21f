import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { type BlockLoops, TABLE } from './block-loops.ts';
import { naturalLog } from './normal.ts';
import { flatOrT } from './plain-loops.ts';
import type { RunBlocks } from './run-blocks.ts';

const LOW = BLOCKS / 2;

/** What combinatorially symmetric cross-validation says of choosing the best run in-sample. */
export interface Overfitting {
  readonly splits: number;
  readonly runs: number;
  /** PBO: share of the splits in which the run that is best in-sample ranks at or below the median out of sample. */
  readonly probability: number;
  /** Quantiles of the logits by their level: 0, 0.05, 0.25, 0.5, 0.75, 0.95, 1. */
  readonly logitQuantiles: readonly (readonly [level: number, logit: number])[];
  /** Sharpe ratio out of sample of the best run in-sample = intercept + slope·(its in-sample one), least squares, of a bar. */
  readonly slope: number;
  readonly intercept: number;
  /** Share of the splits in which the best run in-sample has a Sharpe ratio below 0 out of sample. */
  readonly lossProbability: number;
  /** Means over the splits of the best run's Sharpe ratio, of a bar. */
  readonly inSample: number;
  readonly outOfSample: number;
}

const LEVELS = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1];
/** A subset whose returns vary less than this share of their squares counts as flat: a Sharpe ratio of 0. */
const FLAT = 1e-9;
/** Runs whose t differs by less than this share are equal: the same backtest, summed in another order. */
const TIE = 1e-12;

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado and Zhu
 * 2017) on Sharpe ratios from block sums, in two passes over the runs: `choose` for every run finds the best of each
 * in-sample half, then `rank` for the same runs counts how many that one beats in the other half.
 *
 * Each half serves as in-sample of one split and as out-of-sample of its mirror, so a pass evaluates it once per run. Σ and Σ²
 * of a half are one sum each of the 2^8 subset sums of the lower and the upper eight blocks. Halves are compared by
 * t = S·|S| / Q, S = Σr and Q = Σr², which ascends with the Sharpe ratio √n−1·S/n / √(Q/n − S²/n²) and spares the
 * root. A run that does not vary in a half has a Sharpe ratio of 0 there. Of equal runs the first is chosen; ranks of
 * equal ones are averaged. Memory does not depend on the number of runs.
 *
 * @param splits as `blockSplits` gives them
 * @param lengths bars of each block
 * @param loops for this alone, or shared with the bootstrap of the same sweep
 */
export function createOverfitting(splits: Uint16Array, lengths: Float64Array, loops: BlockLoops) {
  const pairs = splits.length;
  const halves = 2 * pairs;
  /** Σr and Σr² of each block of a run, side by side. */
  const blocks = loops.floats(2 * BLOCKS);
  const tables = loops.floats(2 * TABLE);
  const bars = Float64Array.from({ length: halves }, (_, h) => {
    const mask = h % 2 === 0 ? splits[h >> 1]! : 0xffff ^ splits[h >> 1]!;
    return lengths.reduce((sum, n, b) => sum + ((mask >> b) & 1) * n, 0);
  });
  const limit = loops.floats(halves);
  limit.set(bars.map((n) => n * (1 - FLAT)));
  /** By the half that is in-sample: t of its best run there, and of the same run in the other half. */
  const best = loops.floats(halves).fill(Number.NEGATIVE_INFINITY);
  const outside = new Float64Array(halves);
  /** By the half that is out of sample: bounds of what counts as equal to the chosen run, and runs below and not above it. */
  const lowEdge = loops.floats(halves);
  const highEdge = loops.floats(halves);
  const below = loops.floats(halves);
  const notAbove = loops.floats(halves);
  let runs = 0;
  let ranking = false;

  const put = { splits: loops.masks(splits), tables };
  const ranks = { lowEdge, highEdge, below, notAbove };
  const betterPair = loops.betterPair(put, best);
  const betterOrFlatPair = loops.betterOrFlatPair(put, best, limit);
  const countRanks = loops.countRanks(put, ranks);
  const countFlatRanks = loops.countFlatRanks(put, ranks, limit);
  const fillLower = loops.subsetSums(blocks, 0, tables.subarray(0, TABLE));
  const fillUpper = loops.subsetSums(blocks, LOW, tables.subarray(TABLE));
  const sumSubsets = (run: RunBlocks) => {
    for (let b = 0; b < BLOCKS; b++) {
      blocks[2 * b] = run.sum[b]!;
      blocks[2 * b + 1] = run.squares[b]!;
    }
    fillLower();
    fillUpper();
  };
  /** t of half h, which is the complement of half h − 1 where h is odd. */
  const value = (h: number) => {
    const mask = h % 2 === 0 ? splits[h >> 1]! : 0xffff ^ splits[h >> 1]!;
    return flatOrT(tables, mask, limit[h]!);
  };
  const offer = (h: number) => {
    const t = value(h);
    if (!(t > best[h]!)) return;
    best[h] = t;
    outside[h] = value(h ^ 1);
  };
  return {
    /** First pass, in the order of the runs. */
    choose(run: RunBlocks): void {
      runs++;
      sumSubsets(run);
      // Where no half is flat: t > best without the division, which is for the few that are better.
      const better = hasFlatBlock(run, lengths) ? betterOrFlatPair : betterPair;
      for (let p = better(0); p < pairs; p = better(p + 1)) {
        offer(2 * p);
        offer(2 * p + 1);
      }
    },
    /** Second pass, over the same runs in any order. */
    rank(run: RunBlocks): void {
      if (!ranking) {
        // By the half that is out of sample: between these the chosen run's own t.
        for (let h = 0; h < halves; h++) {
          const margin = TIE * Math.abs(outside[h ^ 1]!);
          lowEdge[h] = outside[h ^ 1]! - margin;
          highEdge[h] = outside[h ^ 1]! + margin;
        }
        ranking = true;
      }
      sumSubsets(run);
      if (hasFlatBlock(run, lengths)) countFlatRanks();
      else countRanks();
    },
    /** What came of it; null for fewer than 2 runs. */
    result(): Overfitting | null {
      if (runs < 2) return null;
      const logits = Float64Array.from({ length: halves }, (_, h) => {
        const rank = (below[h ^ 1]! + notAbove[h ^ 1]! + 1) / 2;
        return naturalLog(rank / (runs + 1 - rank));
      });
      const inside = Float64Array.from(best, (t, h) => sharpeOf(t, bars[h]!));
      const out = Float64Array.from(outside, (t, h) => sharpeOf(t, bars[h ^ 1]!));
      const count = (holds: (h: number) => boolean) =>
        logits.reduce((sum, _, h) => sum + (holds(h) ? 1 : 0), 0) / halves;
      const probability = count((h) => logits[h]! <= 0);
      const lossProbability = count((h) => out[h]! < 0);
      return {
        splits: halves,
        runs,
        probability,
        logitQuantiles: quantiles(logits),
        ...regression(inside, out),
        lossProbability,
        inSample: mean(inside),
        outOfSample: mean(out),
      };
    },
  };
}

/** Whether the returns of a block do not vary, within rounding: then those of a half may not. */
function hasFlatBlock({ sum, squares }: RunBlocks, lengths: Float64Array): boolean {
  for (let b = 0; b < BLOCKS; b++) {
    if (!(sum[b]! * sum[b]! <= squares[b]! * lengths[b]! * (1 - FLAT)) || squares[b] === 0) return true;
  }
  return false;
}

/** The Sharpe ratio of a bar (ddof 1) that t = S·|S|/Q over n bars means. */
function sharpeOf(t: number, n: number): number {
  const size = Math.abs(t);
  return (Math.sign(t) * Math.sqrt(size * (n - 1))) / (n * Math.sqrt(1 - size / n));
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

function regression(x: Float64Array, y: Float64Array): { slope: number; intercept: number } {
  const xMean = mean(x);
  const yMean = mean(y);
  const products = x.reduce((sum, value, i) => sum + (value - xMean) * (y[i]! - yMean), 0);
  const squares = x.reduce((sum, value) => sum + (value - xMean) * (value - xMean), 0);
  const slope = products / squares;
  return { slope, intercept: yMean - slope * xMean };
}

/** Linear between the ascending values, at level·(n − 1). */
function quantiles(values: Float64Array): [number, number][] {
  const ascending = values.slice().sort();
  return LEVELS.map((level) => {
    const position = level * (ascending.length - 1);
    const lower = ascending[Math.floor(position)]!;
    const upper = ascending[Math.ceil(position)]!;
    return [level, lower + (upper - lower) * (position - Math.floor(position))];
  });
}
