import type { ShardMessage, SweepMessage } from '../contracts/message.ts';
import { type Plan, planSchema } from '../contracts/plan.ts';
import { isCancelled } from './generations.ts';
import { getJson, putJson } from './json-objects.ts';
import { failureKey, planKey, resultKey } from './keys.ts';
import type { Queue, ShardRunner, Store } from './ports.ts';

/** What became of a shard message; `nondeterministic`: other bytes were there already, and were kept. */
export type ShardOutcome =
  | { readonly kind: 'cancelled' | 'there' | 'given-up' }
  | { readonly kind: 'created' | 'same' | 'nondeterministic'; readonly failedRuns: number };

/**
 * Does one shard message: runs the shard unless it is cancelled or done, puts its object once, then ticks.
 *
 * The tick follows the put also where the object was there already: whoever put it may have died before its own tick.
 * Acknowledge the message only after this returns. What the runner throws is passed on, for a retry.
 */
export async function workShard(
  store: Store,
  ticks: Queue<SweepMessage>,
  runner: ShardRunner,
  message: ShardMessage,
): Promise<ShardOutcome> {
  const outcome = await outcomeOf(store, runner, message);
  await tick(ticks, message);
  return outcome;
}

async function outcomeOf(store: Store, runner: ShardRunner, message: ShardMessage): Promise<ShardOutcome> {
  const { sweepId, generation, shard } = message;
  if (await isCancelled(store, sweepId, generation)) return { kind: 'cancelled' };
  const key = resultKey(sweepId, shard);
  if ((await store.size(key)) !== null) return { kind: 'there' };
  const output = await runner.run(shard);
  if ('gaveUp' in output) {
    await markFailed(store, message, output.gaveUp, output.attempts);
    return { kind: 'given-up' };
  }
  const put = await store.putOnce(key, output.bytes);
  output.release?.();
  return { kind: put === 'different' ? 'nondeterministic' : put, failedRuns: output.failedRuns };
}

/**
 * The plan that a shard message belongs to; null for a sweep that the store does not know and for a shard that its plan
 * does not have: such a message can never be done.
 */
export async function planOfMessage(store: Store, { sweepId, shard }: ShardMessage): Promise<Plan | null> {
  const plan = await getJson(store, planKey(sweepId), planSchema);
  return plan !== null && shard < plan.shards ? plan : null;
}

/**
 * Gives up the shard of a message that keeps failing: puts its failure marker and ticks, so that a sweep always ends.
 *
 * @returns false where its result is there: then it was the tick, or the acknowledgement, that kept failing
 */
export async function failShard(
  store: Store,
  ticks: Queue<SweepMessage>,
  message: ShardMessage,
  reason: string,
  attempts: number,
): Promise<boolean> {
  const isMissing = (await store.size(resultKey(message.sweepId, message.shard))) === null;
  if (isMissing) await markFailed(store, message, reason, attempts);
  await tick(ticks, message);
  return isMissing;
}

/** Puts the failure marker of a shard that is given up. */
export function markFailed(store: Store, message: ShardMessage, reason: string, attempts: number) {
  const { sweepId, generation, shard } = message;
  return putJson(store, failureKey(sweepId, generation, shard), { v: 1, shard, reason, attempts });
}

const tick = (ticks: Queue<SweepMessage>, { sweepId, generation }: SweepMessage) =>
  ticks.send([{ v: 1, sweepId, generation }]);
