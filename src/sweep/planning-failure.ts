import * as z from 'zod';
import { getJson, putJson } from './json-objects.ts';
import { planFailureKey, planKey } from './keys.ts';
import type { Store } from './ports.ts';

const schema = z.strictObject({ v: z.literal(1), reason: z.string() });

/** Ends a generation that cannot be planned: no shards are known, so nothing else could say that it is over. */
export async function markUnplannable(
  store: Store,
  sweepId: string,
  generation: number,
  reason: string,
): Promise<void> {
  await putJson(store, planFailureKey(sweepId, generation), { v: 1, reason });
}

/** Why a generation could not be planned; null where it has a plan after all, or may still get one. */
export async function planningFailure(
  store: Store,
  sweepId: string,
  generation: number,
): Promise<string | null> {
  const failure = await getJson(store, planFailureKey(sweepId, generation), schema);
  if (failure === null || (await store.size(planKey(sweepId))) !== null) return null;
  return failure.reason;
}
