import { InvalidInputError } from '../contracts/errors.ts';
import { controlKey, controlPrefix, generationOfKey, specKey, summaryKey } from './keys.ts';
import type { Store } from './ports.ts';

/** The newest generation of a sweep that was started, or null for a sweep that the store does not know. */
export async function newestGeneration(store: Store, sweepId: string): Promise<number | null> {
  let newest: number | null = null;
  for await (const { key } of store.list(controlPrefix(sweepId))) {
    const generation = generationOfKey(key);
    if (generation !== null && key.endsWith('/start.json')) newest = Math.max(newest ?? 0, generation);
  }
  return newest;
}

/** The newest generation of a sweep that must be known; InvalidInputError else. */
export async function knownGeneration(store: Store, sweepId: string): Promise<number> {
  const generation = await newestGeneration(store, sweepId);
  if (generation === null || (await store.size(specKey(sweepId))) === null) {
    throw new InvalidInputError(
      `sweep ${sweepId}: expected a sweep of this store, found none; \`backsweep list\` shows those it has`,
    );
  }
  return generation;
}

/** Whether a generation has been told to stop. */
export async function isCancelled(store: Store, sweepId: string, generation: number): Promise<boolean> {
  return (await store.size(controlKey(sweepId, generation, 'cancel'))) !== null;
}

/** Whether a generation has its summary, which is its end. */
export async function isFinished(store: Store, sweepId: string, generation: number): Promise<boolean> {
  return (await store.size(summaryKey(sweepId, generation))) !== null;
}
