import type { SweepMessage } from '../contracts/message.ts';
import { raiseMarker } from './active-marker.ts';
import { isFinished, newestGeneration } from './generations.ts';
import { putJson } from './json-objects.ts';
import { controlKey, specKey } from './keys.ts';
import { planningFailure } from './planning-failure.ts';
import type { Queue, Store } from './ports.ts';

/**
 * Makes a sweep known and sends it to the planner; the same sweep submitted again changes nothing.
 *
 * `spec` is what the id was taken from. Gives the newest generation, which is 0 for a new sweep.
 */
export async function submitSweep(
  store: Store,
  plans: Queue<SweepMessage>,
  sweepId: string,
  spec: unknown,
): Promise<number> {
  await putJson(store, specKey(sweepId), spec);
  const newest = (await newestGeneration(store, sweepId)) ?? 0;
  // What kept it from being planned, a strategy that was not deployed, say, may have changed.
  const generation = (await planningFailure(store, sweepId, newest)) === null ? newest : newest + 1;
  if (!(await isFinished(store, sweepId, generation)))
    await startGeneration(store, plans, sweepId, generation);
  return generation;
}

/**
 * Marks a sweep active, starts a generation of it, and sends it to the planner.
 *
 * The marker is raised twice: before, so that whoever dies here leaves no generation that nobody looks after; and after,
 * since an aggregator of the generation before may take the first one away while there is no start to be seen yet.
 */
export async function startGeneration(
  store: Store,
  plans: Queue<SweepMessage>,
  sweepId: string,
  generation: number,
): Promise<void> {
  await raiseMarker(store, sweepId);
  await putJson(store, controlKey(sweepId, generation, 'start'), { v: 1 });
  await raiseMarker(store, sweepId);
  await plans.send([{ v: 1, sweepId, generation }]);
}
