import type { SweepMessage } from '../contracts/message.ts';
import { isFinished, knownGeneration } from './generations.ts';
import { putJson } from './json-objects.ts';
import { controlKey } from './keys.ts';
import type { Queue, Store } from './ports.ts';

/**
 * Tells the newest generation of a sweep to stop: no further shard starts, and what is there gets published.
 *
 * Gives `finished` where there is nothing left to stop. InvalidInputError for an unknown sweep.
 */
export async function cancelSweep(
  store: Store,
  ticks: Queue<SweepMessage>,
  sweepId: string,
): Promise<'cancelled' | 'finished'> {
  const generation = await knownGeneration(store, sweepId);
  if (await isFinished(store, sweepId, generation)) return 'finished';
  await putJson(store, controlKey(sweepId, generation, 'cancel'), { v: 1 });
  await ticks.send([{ v: 1, sweepId, generation }]);
  return 'cancelled';
}
