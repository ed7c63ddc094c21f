import type { ShardMessage } from '../contracts/message.ts';
import type { Plan } from '../contracts/plan.ts';
import { missingShards, shardSets } from './complete.ts';
import { putJson } from './json-objects.ts';
import { planKey } from './keys.ts';
import type { Queue, Store } from './ports.ts';

/**
 * Does the planner's part: puts the plan once, then sends a message for every shard that has neither result nor failure
 * marker. Repeating it is harmless, and is also how lost messages are sent again. Gives how many were sent.
 */
export async function sendMissing(
  store: Store,
  queue: Queue<ShardMessage>,
  plan: Plan,
  generation: number,
): Promise<number> {
  await putJson(store, planKey(plan.sweepId), plan);
  return resendMissing(store, queue, plan, generation);
}

/** Sends the missing shards of a sweep that has its plan. Gives how many were sent. */
export async function resendMissing(
  store: Store,
  queue: Queue<ShardMessage>,
  { sweepId, shards }: Plan,
  generation: number,
): Promise<number> {
  const sets = await shardSets(store, sweepId, generation, shards);
  const missing = missingShards(sets, shards);
  await queue.send(missing.map((shard) => ({ v: 1, sweepId, generation, shard })));
  return missing.length;
}
