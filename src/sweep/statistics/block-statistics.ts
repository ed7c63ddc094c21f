import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { blockDraws, createBlockDeviations, drawsOf } from './block-bootstrap.ts';
import { blockSplits } from './block-splits.ts';
import { compiledLoops } from './compiled-loops.ts';
import { createEffectiveTrials, type EffectiveTrials } from './effective-trials.ts';
import { createOverfitting, type Overfitting } from './overfitting.ts';
import { PLAIN_LOOPS } from './plain-loops.ts';
import { type BlockColumns, blockLengths, createRunBlocks, readBlocks } from './run-blocks.ts';
import { createSuperiorAbility, type SuperiorAbility } from './superior-ability.ts';

/** What the block sums of all runs say. */
export interface BlockStatistics {
  /** Runs whose returns vary. */
  readonly runs: number;
  /** Variance across them of the Sharpe ratio of a bar, ddof 1; null for fewer than 2. */
  readonly sharpeVariance: number | null;
  readonly overfitting: Overfitting | null;
  readonly trials: EffectiveTrials | null;
  readonly superiorAbility: SuperiorAbility | null;
}

/** What they are taken from. */
export interface BlockInput {
  readonly bars: number;
  /** Runs of the sweep: decides how many splits and draws there are. */
  readonly runs: number;
  /** Of a bar. */
  readonly riskFree: number;
  /** Σ returns of each block, null for cash; no benchmark where it is null itself. */
  readonly benchmark: { readonly sums: ArrayLike<number> | null } | null;
  readonly seed: number;
}

/** Of so many runs the rows are kept for the second pass, 256 bytes each; those of a larger sweep are read again. */
const KEPT_RUNS = 15_000;

/**
 * Takes every statistic of the block sums in two passes over the shards, in bounded memory: the rows of a small sweep, and lists as long
 * as there are splits and draws.
 */
export function createBlockStatistics({ bars, runs, riskFree, benchmark, seed }: BlockInput) {
  const lengths = blockLengths(bars);
  const loops = compiledLoops() ?? PLAIN_LOOPS;
  const overfitting = createOverfitting(blockSplits(runs, seed), lengths, loops);
  const trials = createEffectiveTrials(runs);
  const own = createBlockDeviations(lengths);
  const sums = benchmark?.sums ?? null;
  const against = sums && createBlockDeviations(lengths);
  const ability = createSuperiorAbility(blockDraws(drawsOf(runs), seed), against ?? own, bars, loops);
  const difference = new Float64Array(BLOCKS);
  const run = createRunBlocks();
  const kept = new Map<number, BlockColumns>();
  let compared = 0;
  let mean = 0;
  let squares = 0;

  const observeRun = () => {
    compared++;
    const change = run.sharpe - mean;
    mean += change / compared;
    squares += change * (run.sharpe - mean);
    overfitting.choose(run);
    const varies = own.read(run.sum);
    if (varies) trials.observe(own.unit);
    if (benchmark === null) return;
    if (sums === null || against === null) {
      if (varies) ability.observe(run.deviation);
      return;
    }
    for (let b = 0; b < BLOCKS; b++) {
      difference[b] = run.sum[b]! - (sums[b]! - lengths[b]! * riskFree);
    }
    if (against.read(difference)) ability.observe(run.deviation);
  };
  return {
    /** First pass: the rows of each shard, in the order of the runs; nobody changes them meanwhile. */
    observe(shard: number, rows: BlockColumns): void {
      if (runs <= KEPT_RUNS) {
        kept.set(shard, { ...rows, columns: rows.columns.map((column) => column.slice()) });
      }
      for (let row = 0; row < rows.count; row++) {
        if (readBlocks(rows, row, lengths, riskFree, run)) observeRun();
      }
    },
    /** Second pass over the same shards; `read` gives the rows of those that were not kept. */
    async rank(shards: readonly number[], read: (shard: number) => Promise<BlockColumns>): Promise<void> {
      if (compared < 2) return;
      for (const shard of shards) {
        const rows = kept.get(shard) ?? (await read(shard));
        for (let row = 0; row < rows.count; row++) {
          if (readBlocks(rows, row, lengths, riskFree, run)) overfitting.rank(run);
        }
      }
    },
    /** What came of both passes. */
    result(): BlockStatistics {
      return {
        runs: compared,
        sharpeVariance: compared < 2 ? null : squares / (compared - 1),
        overfitting: overfitting.result(),
        trials: trials.result(),
        superiorAbility: ability.result(),
      };
    },
  };
}
