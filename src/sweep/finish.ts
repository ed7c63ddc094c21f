import type { SweepMessage } from '../contracts/message.ts';
import { type Plan, planSchema } from '../contracts/plan.ts';
import { type Summary, summarySchema } from '../contracts/summary.ts';
import { hasEnded, retireMarker } from './active-marker.ts';
import { aggregateSweep } from './aggregate.ts';
import type { AggregateInput } from './aggregate-input.ts';
import { missingShards, shardSets } from './complete.ts';
import type { FoldListener } from './fold-shards.ts';
import { isCancelled } from './generations.ts';
import { getJson } from './json-objects.ts';
import { planKey, summaryKey } from './keys.ts';
import type { Store } from './ports.ts';

/**
 * Does one tick: publishes the generation if its shards are complete or it was cancelled, else does nothing.
 *
 * Gives the summary, or null while shards are missing. `input` is asked for only when there is something to publish.
 */
export async function finishSweep(
  store: Store,
  { sweepId, generation }: Pick<SweepMessage, 'sweepId' | 'generation'>,
  input: (plan: Plan) => AggregateInput | Promise<AggregateInput>,
  onShard?: FoldListener,
): Promise<Summary | null> {
  const summary = await getJson(store, summaryKey(sweepId, generation), summarySchema);
  if (summary) {
    await retireMarker(store, sweepId); // whoever put the summary may have died before this
    return summary;
  }
  const plan = await getJson(store, planKey(sweepId), planSchema);
  if (!plan) {
    if (await hasEnded(store, sweepId, generation)) await retireMarker(store, sweepId);
    return null;
  }
  const sets = await shardSets(store, sweepId, generation, plan.shards);
  const complete = missingShards(sets, plan.shards).length === 0;
  if (!complete && !(await isCancelled(store, sweepId, generation))) return null;
  return aggregateSweep(store, generation, await input(plan), sets, onShard);
}
