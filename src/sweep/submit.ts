import type { SweepMessage } from '../contracts/message.ts';
import { isFinished, newestGeneration } from './generations.ts';
import { putJson } from './json-objects.ts';
import { activeKey, controlKey, specKey } from './keys.ts';
import type { Queue, Store } from './ports.ts';

const NOTHING = new Uint8Array(0);

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
  const generation = (await newestGeneration(store, sweepId)) ?? 0;
  if (!(await isFinished(store, sweepId, generation)))
    await startGeneration(store, plans, sweepId, generation);
  return generation;
}

/** Marks a sweep active, starts a generation of it, and sends it to the planner. */
export async function startGeneration(
  store: Store,
  plans: Queue<SweepMessage>,
  sweepId: string,
  generation: number,
): Promise<void> {
  await store.putOnce(activeKey(sweepId), NOTHING);
  await putJson(store, controlKey(sweepId, generation, 'start'), { v: 1 });
  await plans.send([{ v: 1, sweepId, generation }]);
}
