import { InvalidInputError } from '../contracts/errors.ts';
import type { ShardMessage, SweepMessage } from '../contracts/message.ts';
import { type Plan, planSchema } from '../contracts/plan.ts';
import { isCancelled } from './generations.ts';
import { getJson } from './json-objects.ts';
import { planKey } from './keys.ts';
import { markUnplannable } from './planning-failure.ts';
import type { Queue, Store } from './ports.ts';
import { sendMissing } from './send-missing.ts';

/** What became of a plan message. */
export type PlanOutcome =
  | { readonly kind: 'sent'; readonly messages: number }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Does one plan message: plans the sweep unless it has a plan, and sends the shards that are missing.
 *
 * Where none is, or the sweep is cancelled, it ticks instead. A sweep that cannot be planned ends here, with the reason;
 * what `makePlan` throws besides InvalidInputError is passed on, for a retry.
 */
export async function planSweep(
  store: Store,
  { shards, ticks }: { readonly shards: Queue<ShardMessage>; readonly ticks: Queue<SweepMessage> },
  { sweepId, generation }: SweepMessage,
  makePlan: () => Promise<Plan>,
): Promise<PlanOutcome> {
  const tick = () => ticks.send([{ v: 1, sweepId, generation }]);
  let plan: Plan;
  try {
    plan = (await getJson(store, planKey(sweepId), planSchema)) ?? (await makePlan());
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    await markUnplannable(store, sweepId, generation, error.message);
    await tick();
    return { kind: 'refused', reason: error.message };
  }
  const nobody: Queue<ShardMessage> = { send: async () => undefined };
  const cancelled = await isCancelled(store, sweepId, generation);
  const messages = await sendMissing(store, cancelled ? nobody : shards, plan, generation);
  if (cancelled || messages === 0) await tick();
  return { kind: 'sent', messages: cancelled ? 0 : messages };
}
