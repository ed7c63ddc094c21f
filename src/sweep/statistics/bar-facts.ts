import * as z from 'zod';
import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import type { Bars } from '../../core/bars.ts';
import { BLOCKS, blockBounds } from '../../core/metrics/return-stats.ts';
import { barsPerYearOf } from '../sweep-content.ts';

/** What the statistics need to know of the bars; published with the leaderboard, so that everyone goes on from the same. */
export const barFactsSchema = z.strictObject({
  barsPerYear: z.number(),
  /** Σ of the benchmark's returns in each block where the benchmark is all assets in equal weight; null else. */
  equalWeight: z.array(z.number()).length(BLOCKS).nullable(),
});

export type BarFacts = z.infer<typeof barFactsSchema>;

/** The facts that a sweep of this spec needs. */
export function barFacts(spec: Pick<SweepSpec, 'barsPerYear' | 'statistics'>, bars: Bars): BarFacts {
  const wanted = spec.statistics.benchmark === 'equal-weight';
  return { barsPerYear: barsPerYearOf(spec, bars), equalWeight: wanted ? equalWeightBlocks(bars) : null };
}

/**
 * Σ of the returns of each block of all assets in equal weight, set anew at every close without costs: the mean of
 * close/close − 1 over the assets that have a price at both, 0 where none has.
 */
export function equalWeightBlocks({ symbols, length, lastClose }: Bars): number[] {
  const bounds = blockBounds(length);
  return Array.from({ length: BLOCKS }, (_, b) => {
    let sum = 0;
    for (let t = Math.max(1, bounds[b]!); t < bounds[b + 1]!; t++) {
      let returns = 0;
      let assets = 0;
      for (let a = 0; a < symbols.length; a++) {
        const change = lastClose[a * length + t]! / lastClose[a * length + t - 1]! - 1;
        if (!Number.isFinite(change)) continue;
        returns += change;
        assets++;
      }
      if (assets > 0) sum += returns / assets;
    }
    return sum;
  });
}
