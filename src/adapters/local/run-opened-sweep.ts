import type { Summary } from '../../contracts/summary.ts';
import { newestGeneration } from '../../sweep/generations.ts';
import type { Store } from '../../sweep/ports.ts';
import { resumeSweep } from '../../sweep/resume.ts';
import type { RunSweepOptions } from '../../sweep/run-sweep.ts';
import type { OpenedSweep } from './open-sweep.ts';
import { runLocalSweep } from './run-local-sweep.ts';
import { rememberPlaces } from './sweep-places.ts';
import type { WorkerPoolOptions } from './worker-pool.ts';

const NO_QUEUE = { send: async () => undefined };

/**
 * Runs what an opened sweep still lacks, and notes where its content lies: what `backsweep run` and the function
 * `runSweep` of the package do. Gives and throws what `runLocalSweep` does.
 */
export async function runOpenedSweep(
  store: Store,
  opened: OpenedSweep,
  options: RunSweepOptions & WorkerPoolOptions,
): Promise<Summary> {
  const { sweepId } = opened.prepared.plan;
  await rememberPlaces(store, opened);
  // A cancelled or failed sweep goes on in a new generation; others stay where they are.
  if ((await newestGeneration(store, sweepId)) !== null) await resumeSweep(store, NO_QUEUE, sweepId);
  return runLocalSweep(store, opened.prepared, opened.source, options);
}
