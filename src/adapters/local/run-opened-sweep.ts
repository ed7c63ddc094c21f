import type { Summary } from '../../contracts/summary.ts';
import { newestGeneration } from '../../sweep/generations.ts';
import type { ShardRunner, Store } from '../../sweep/ports.ts';
import { resumeSweep } from '../../sweep/resume.ts';
import { type RunSweepOptions, runSweep } from '../../sweep/run-sweep.ts';
import type { OpenedSweep } from './open-sweep.ts';
import { rememberPlaces } from './sweep-places.ts';
import type { WorkerPoolOptions } from './worker-pool.ts';

const NO_QUEUE = { send: async () => undefined };

/**
 * Runs what an opened sweep still lacks, and notes where its content lies: what `backsweep run` and the function
 * `runSweep` of the package do. Gives and throws what `runLocalSweep` does.
 *
 * @param options `runner` computes the shards in place of threads, whose code is then not even loaded
 */
export async function runOpenedSweep(
  store: Store,
  opened: OpenedSweep,
  options: RunSweepOptions & WorkerPoolOptions & { readonly runner?: ShardRunner },
): Promise<Summary> {
  const { sweepId } = opened.prepared.plan;
  await rememberPlaces(store, opened);
  // A cancelled or failed sweep goes on in a new generation; others stay where they are.
  if ((await newestGeneration(store, sweepId)) !== null) await resumeSweep(store, NO_QUEUE, sweepId);
  const { runner } = options;
  if (runner) {
    const { spec, plan, aggregate } = opened.prepared;
    return runSweep(store, { spec, plan, runner, aggregate }, options);
  }
  const { runLocalSweep } = await import('./run-local-sweep.ts');
  return runLocalSweep(store, opened.prepared, opened.source, options);
}
