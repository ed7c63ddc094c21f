import * as z from 'zod';
import { InvalidInputError } from '../contracts/errors.ts';
import type { Plan } from '../contracts/plan.ts';
import type { Bars } from '../core/bars.ts';
import type { AggregateInput } from './aggregate-input.ts';
import { boundedCache } from './bounded-cache.ts';
import { getJson } from './json-objects.ts';
import { specKey } from './keys.ts';
import { refuseBarsThatDoNotFit } from './memory-need.ts';
import type { Store } from './ports.ts';
import { aggregateInput, prepareSweep } from './prepare-sweep.ts';
import { createShardEngine, type ShardEngine } from './shard-engine.ts';
import { readStoredSweep, type StoredSweep } from './stored-sweep.ts';
import type { StrategyModule } from './strategy-source.ts';
import { readResolvedSpec } from './sweep-content.ts';

/** Sweeps of a store, as the functions of the cloud open them; what was opened last stays open between calls. */
export interface StoredSweeps {
  /** Plans a sweep; InvalidInputError for one that this deployment cannot run. */
  plan(sweepId: string): Promise<Plan>;
  engine(plan: Plan): Promise<ShardEngine>;
  /** Needs the spec alone: a sweep that a deployment of another version overtook still ends, its leaders not replayed. */
  aggregate(plan: Plan): Promise<Omit<AggregateInput, 'runner'>>;
}

/**
 * Opens sweeps, keeping bars by the digest that names them, and engines, in at most a quarter of the memory besides the
 * sweep at hand.
 *
 * @param memoryMb of the process
 */
export function storedSweeps(
  store: Store,
  modules: readonly StrategyModule[],
  memoryMb: number,
): StoredSweeps {
  const budget = (memoryMb * 2 ** 20) / 8;
  const bars = boundedCache<Bars>(budget, ({ buffer }) => buffer.byteLength);
  const sweeps = boundedCache<{ stored: StoredSweep; engine: ShardEngine | null }>(
    budget,
    ({ stored: { inputs } }) =>
      inputs.allBars.buffer.byteLength + (inputs.bars === inputs.allBars ? 0 : inputs.bars.buffer.byteLength),
  );
  const open = (sweepId: string) =>
    sweeps.get(sweepId, async () => ({
      stored: await readStoredSweep(store, sweepId, { modules, bars }),
      engine: null,
    }));
  return {
    async plan(sweepId) {
      const { content, inputs } = (await open(sweepId)).stored;
      const { allBars: bars, spec, strategy } = inputs;
      refuseBarsThatDoNotFit(bars.symbols.length, bars.length, memoryMb);
      return prepareSweep(spec, content, { bars, strategy }).plan;
    },
    async engine(plan) {
      const opened = await open(plan.sweepId);
      opened.engine ??= createShardEngine(plan, opened.stored.inputs);
      return opened.engine;
    },
    async aggregate(plan) {
      const resolved = await getJson(store, specKey(plan.sweepId), z.unknown());
      return aggregateInput(plan, readResolvedSpec(resolved), resolved, async () => {
        try {
          return (await open(plan.sweepId)).stored.inputs.bars;
        } catch (error) {
          if (error instanceof InvalidInputError) return null; // of another version: see above
          throw error;
        }
      });
    },
  };
}
