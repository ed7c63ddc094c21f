import { planSchema } from '../contracts/plan.ts';
import { type Summary, summarySchema } from '../contracts/summary.ts';
import { missingShards, shardSets } from './complete.ts';
import { isCancelled, knownGeneration } from './generations.ts';
import { getJson } from './json-objects.ts';
import { planKey, summaryKey } from './keys.ts';
import { planningFailure } from './planning-failure.ts';
import type { Store } from './ports.ts';
import { rangesText } from './shard-ranges.ts';

/** Where a sweep stands; it is complete only when its summary is published. */
export interface SweepStatus {
  readonly sweepId: string;
  readonly generation: number;
  /** `refused`: it cannot be planned, for the reason in `refusal`. */
  readonly state: 'submitted' | 'refused' | 'running' | 'cancelling' | Summary['status'];
  readonly refusal: string | null;
  /** 0 until it is planned. */
  readonly runs: number;
  readonly shards: number;
  readonly doneShards: number;
  readonly failedShards: number;
  /** Shards that have neither a result nor a failure marker, as ranges: "3,10-12". */
  readonly missingShards: string;
  readonly summary: Summary | null;
}

/** Asks the store where the newest generation of a sweep stands; InvalidInputError for an unknown sweep. */
export async function sweepStatus(store: Store, sweepId: string): Promise<SweepStatus> {
  const generation = await knownGeneration(store, sweepId);
  const summary = await getJson(store, summaryKey(sweepId, generation), summarySchema);
  const plan = await getJson(store, planKey(sweepId), planSchema);
  const shards = plan?.shards ?? 0;
  const sets = await shardSets(store, sweepId, generation, shards);
  const cancelled = await isCancelled(store, sweepId, generation);
  const refusal = plan ? null : await planningFailure(store, sweepId, generation);
  const waiting = plan ? 'running' : refusal === null ? 'submitted' : 'refused';
  return {
    sweepId,
    generation,
    state: summary?.status ?? (cancelled && refusal === null ? 'cancelling' : waiting),
    refusal,
    runs: plan?.runs ?? 0,
    shards,
    doneShards: sets.results.size,
    failedShards: sets.failures.size,
    missingShards: rangesText(missingShards(sets, shards)),
    summary,
  };
}
