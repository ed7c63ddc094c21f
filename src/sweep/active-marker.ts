import { isFinished, newestGeneration } from './generations.ts';
import { activeKey } from './keys.ts';
import { planningFailure } from './planning-failure.ts';
import type { Store } from './ports.ts';

const NOTHING = new Uint8Array(0);

/** Marks a sweep as under way, for whoever looks after those that are. */
export async function raiseMarker(store: Store, sweepId: string): Promise<void> {
  await store.putOnce(activeKey(sweepId), NOTHING);
}

/** The ids of the sweeps that are marked as under way. */
export async function activeSweeps(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('active/')) {
    const sweepId = /^active\/([0-9a-f]{32})$/.exec(key)?.[1];
    if (sweepId !== undefined) found.push(sweepId);
  }
  return found;
}

/**
 * Takes the marker of a sweep away once a generation has ended, but not that of a later one.
 *
 * The marker goes first and the newest generation is asked for afterwards: where that one is not at its end, the marker
 * is raised again. A start that comes later still raises it itself. Whoever dies in between has not acknowledged the
 * message that brought it here.
 */
export async function retireMarker(store: Store, sweepId: string): Promise<void> {
  await store.delete(activeKey(sweepId));
  const newest = await newestGeneration(store, sweepId);
  if (newest !== null && !(await hasEnded(store, sweepId, newest))) await raiseMarker(store, sweepId);
}

/** Whether a generation is over: published, or impossible to plan. */
export async function hasEnded(store: Store, sweepId: string, generation: number): Promise<boolean> {
  if (await isFinished(store, sweepId, generation)) return true;
  return (await planningFailure(store, sweepId, generation)) !== null;
}
