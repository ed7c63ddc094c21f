import { loadStrategy } from '../adapters/local/load-strategy.ts';
import type { Bars } from '../core/bars.ts';
import { boundedCache } from '../sweep/bounded-cache.ts';
import type { Store } from '../sweep/ports.ts';
import type { SweepInputs } from '../sweep/shard-engine.ts';
import { readStoredSweep } from '../sweep/stored-sweep.ts';

/**
 * What replaying a run of a sweep takes, from the bucket where it ran; its bars are read once.
 *
 * @param strategyModule a strategy of one's own, whose code is not in the bucket
 * @throws InvalidInputError where this version or that module would compute something else
 */
export async function bucketInputs(
  store: Store,
  sweepId: string,
  strategyModule: string | undefined,
): Promise<SweepInputs> {
  const modules =
    strategyModule === undefined
      ? []
      : [
          await loadStrategy(strategyModule).then(({ strategy, ...own }) => ({
            name: strategy.name,
            ...own,
          })),
        ];
  const bars = boundedCache<Bars>(0, ({ buffer }) => buffer.byteLength);
  return (await readStoredSweep(store, sweepId, { modules, bars })).inputs;
}
