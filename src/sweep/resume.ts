import type { SweepMessage } from '../contracts/message.ts';
import { summarySchema } from '../contracts/summary.ts';
import { knownGeneration } from './generations.ts';
import { getJson } from './json-objects.ts';
import { summaryKey } from './keys.ts';
import { planningFailure } from './planning-failure.ts';
import type { Queue, Store } from './ports.ts';
import { startGeneration } from './submit.ts';

/**
 * Runs what a sweep still lacks: an unfinished generation goes on, a cancelled or failed one, or one that
 * could not be planned, is followed by the next,
 * in which only shards without a result run; a complete sweep stays as it is. What was published never changes.
 *
 * Gives the generation that now holds. InvalidInputError for an unknown sweep.
 */
export async function resumeSweep(
  store: Store,
  plans: Queue<SweepMessage>,
  sweepId: string,
): Promise<{ readonly generation: number; readonly outcome: 'started' | 'continued' | 'complete' }> {
  const newest = await knownGeneration(store, sweepId);
  const summary = await getJson(store, summaryKey(sweepId, newest), summarySchema);
  if (summary?.status === 'complete') return { generation: newest, outcome: 'complete' };
  const ended = summary !== null || (await planningFailure(store, sweepId, newest)) !== null;
  const generation = ended ? newest + 1 : newest;
  await startGeneration(store, plans, sweepId, generation);
  return { generation, outcome: ended ? 'started' : 'continued' };
}
