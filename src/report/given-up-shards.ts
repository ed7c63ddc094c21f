import * as z from 'zod';
import type { Plan } from '../contracts/plan.ts';
import type { Summary } from '../contracts/summary.ts';
import { getJson } from '../sweep/json-objects.ts';
import { failureKey } from '../sweep/keys.ts';
import { shardRange } from '../sweep/plan.ts';
import type { Store } from '../sweep/ports.ts';
import { rangesOf } from '../sweep/shard-ranges.ts';
import { type Causes, causeCounter } from './causes.ts';

const marker = z.object({ reason: z.string() });

/** The runs of shards that have no result, by why their shard was given up. */
export async function givenUpShards(store: Store, plan: Plan, summary: Summary): Promise<Causes> {
  const counter = causeCounter();
  for (const shard of rangesOf(summary.missingShards, plan.shards) ?? []) {
    const failure = await getJson(store, failureKey(plan.sweepId, summary.generation, shard), marker);
    const cause = failure ? `shard given up: ${failure.reason}` : 'not run: the sweep was cancelled';
    counter.add(cause, null, shardRange(plan, shard).count);
  }
  return counter.causes();
}
