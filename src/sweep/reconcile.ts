import type { ShardMessage, SweepMessage } from '../contracts/message.ts';
import { type Plan, planSchema } from '../contracts/plan.ts';
import { hasEnded } from './active-marker.ts';
import { missingShards, shardSets } from './complete.ts';
import { isCancelled, newestGeneration } from './generations.ts';
import { getJson, putJson } from './json-objects.ts';
import { controlKey, controlPrefix, failurePrefix, planKey, resultPrefix } from './keys.ts';
import { inLanes } from './lanes.ts';
import { markUnplannable } from './planning-failure.ts';
import type { Queue, Store } from './ports.ts';
import { resendMissing } from './send-missing.ts';
import { markFailed } from './work-shard.ts';

/** How often a generation that stands still is sent again before what is missing is given up. */
export const MAX_REQUEUES = 3;

/** What the reconciler needs besides the store. */
export interface ReconcilePorts {
  readonly plans: Queue<SweepMessage>;
  readonly shards: Queue<ShardMessage>;
  readonly ticks: Queue<SweepMessage>;
}

/** What was done for one sweep. */
export type Reconciled = 'ticked' | 'waiting' | 'sent again' | 'given up' | 'unknown';

/**
 * Looks after one active sweep, since queues only carry hints: ticks where it is at its end or cancelled, sends again
 * what is missing where nothing came for `patienceMs`, and after three times gives that up, so that it ends.
 *
 * @param nowMs by the clock of the store, as `modifiedMs` is: this machine's clock decides nothing
 * @param patienceMs at least the time after which an unacknowledged message comes again
 */
export async function reconcileSweep(
  store: Store,
  { plans, shards, ticks }: ReconcilePorts,
  sweepId: string,
  nowMs: number,
  patienceMs: number,
): Promise<Reconciled> {
  const generation = await newestGeneration(store, sweepId);
  if (generation === null) return 'unknown'; // between its marker and its start; a submit again does the rest
  const message: SweepMessage = { v: 1, sweepId, generation };
  const plan = await getJson(store, planKey(sweepId), planSchema);
  if ((await hasEnded(store, sweepId, generation)) || (await isAtItsEnd(store, plan, message))) {
    await ticks.send([message]);
    return 'ticked';
  }
  const { latestMs, requeues } = await progressOf(store, message);
  if (nowMs - latestMs < patienceMs) return 'waiting';
  if (requeues >= MAX_REQUEUES) {
    await giveUp(store, plan, message);
    await ticks.send([message]);
    return 'given up';
  }
  // First the marker: where this process dies in between, one time of three was for nothing, but their number is bounded.
  await putJson(store, controlKey(sweepId, generation, `requeue-${requeues}`), { v: 1 });
  if (plan) await resendMissing(store, shards, plan, generation);
  else await plans.send([message]);
  return 'sent again';
}

async function isAtItsEnd(store: Store, plan: Plan | null, { sweepId, generation }: SweepMessage) {
  if (plan === null) return false;
  if (await isCancelled(store, sweepId, generation)) return true;
  return missingShards(await shardSets(store, sweepId, generation, plan.shards), plan.shards).length === 0;
}

/** When anything of a generation last came into being, by the clock of the store, and how often it was sent again. */
async function progressOf(store: Store, { sweepId, generation }: SweepMessage) {
  let latestMs = 0;
  let requeues = 0;
  const here = `${controlPrefix(sweepId)}g${generation}/`;
  for (const prefix of [here, planKey(sweepId), failurePrefix(sweepId, generation), resultPrefix(sweepId)]) {
    for await (const { key, modifiedMs } of store.list(prefix)) {
      latestMs = Math.max(latestMs, modifiedMs);
      if (key.startsWith(`${here}requeue-`)) requeues++;
    }
  }
  return { latestMs, requeues };
}

async function giveUp(store: Store, plan: Plan | null, { sweepId, generation }: SweepMessage): Promise<void> {
  const reason = `nothing came of it, although it was sent again ${MAX_REQUEUES} times`;
  if (plan === null) return markUnplannable(store, sweepId, generation, reason);
  const missing = missingShards(await shardSets(store, sweepId, generation, plan.shards), plan.shards);
  await inLanes(missing, 16, async (shard) => {
    await markFailed(store, { v: 1, sweepId, generation, shard }, reason, MAX_REQUEUES + 1);
  });
}
