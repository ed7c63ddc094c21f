import { planSchema } from '../contracts/plan.ts';
import { type Summary, summarySchema } from '../contracts/summary.ts';
import { shardSets } from './complete.ts';
import { isCancelled, knownGeneration } from './generations.ts';
import { getJson } from './json-objects.ts';
import { planKey, summaryKey } from './keys.ts';
import type { Store } from './ports.ts';

/** Where a sweep stands; it is complete only when its summary is published. */
export interface SweepStatus {
  readonly sweepId: string;
  readonly generation: number;
  readonly state: 'submitted' | 'running' | 'cancelling' | Summary['status'];
  /** 0 until it is planned. */
  readonly runs: number;
  readonly shards: number;
  readonly doneShards: number;
  readonly failedShards: number;
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
  const waiting = plan ? 'running' : 'submitted';
  return {
    sweepId,
    generation,
    state: summary?.status ?? (cancelled ? 'cancelling' : waiting),
    runs: plan?.runs ?? 0,
    shards,
    doneShards: sets.results.size,
    failedShards: sets.failures.size,
    summary,
  };
}
