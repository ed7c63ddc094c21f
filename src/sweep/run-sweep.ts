import { OutsideError } from '../contracts/errors.ts';
import type { Plan } from '../contracts/plan.ts';
import { type Summary, summarySchema } from '../contracts/summary.ts';
import { retireMarker } from './active-marker.ts';
import { aggregateSweep } from './aggregate.ts';
import type { AggregateInput } from './aggregate-input.ts';
import { missingShards, type ShardSets, shardSets } from './complete.ts';
import { finishSweep } from './finish.ts';
import { getJson, putJson } from './json-objects.ts';
import { planKey, summaryKey } from './keys.ts';
import { inLanes } from './lanes.ts';
import { shardRange } from './plan.ts';
import type { ProgressListener, Queue, ShardRunner, Store } from './ports.ts';
import { gateShards } from './shard-gate.ts';
import { submitSweep } from './submit.ts';
import { workShard } from './work-shard.ts';

/** A sweep with all that running it in one process takes. */
export interface RunnableSweep {
  /** What the id was taken from; becomes spec.json. */
  readonly spec: unknown;
  readonly plan: Plan;
  readonly runner: ShardRunner;
  readonly aggregate: Omit<AggregateInput, 'runner'>;
}

/** What steers a run but changes no result. */
export interface RunSweepOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
  /** Hears of a shard whose object was there with other bytes: the strategy is not deterministic. */
  readonly onNondeterministic?: ((shard: number) => void) | undefined;
}

/** From so many runs on, what is noted of each of them (9 to 21 bytes) makes it worth some 30 ms to free memory between two phases. */
export const MANY_RUNS = 250_000;

/** One process is its own planner, worker and aggregator: nobody waits for a hint. */
const NO_QUEUE: Queue<unknown> = { send: async () => undefined };

/**
 * Runs a sweep in this process by the protocol of the cloud: only shards that the store lacks run, the summary comes
 * last. Repeated, nothing runs and the same summary comes back; interrupted, what is finished is kept.
 *
 * Rejects with the signal's reason when aborted, and with the first failure of the store or the runner; both leave
 * a sweep that the same call continues.
 */
export async function runSweep(
  store: Store,
  { spec, plan, runner, aggregate }: RunnableSweep,
  { signal, onProgress, onNondeterministic }: RunSweepOptions = {},
): Promise<Summary> {
  const { sweepId } = plan;
  const generation = await submitSweep(store, NO_QUEUE, sweepId, spec);
  const published = await getJson(store, summaryKey(sweepId, generation), summarySchema);
  if (published) {
    await retireMarker(store, sweepId); // whoever put the summary may have died before this
    return published;
  }
  if ((await putJson(store, planKey(sweepId), plan)) === 'different') {
    throw new OutsideError(
      `${planKey(sweepId)}: expected the plan of this spec and version, found another one; use another directory`,
    );
  }
  const sets = await shardSets(store, sweepId, generation, plan.shards);
  const pending = missingShards(sets, plan.shards);
  const progress = { runs: plan.runs, doneRuns: plan.runs, failedRuns: 0, shards: plan.shards };
  for (const shard of pending) progress.doneRuns -= shardRange(plan, shard).count;
  let best: number | null = null;
  const report = (phase: 'shards' | 'aggregate', doneShards: number) =>
    onProgress?.({ phase, ...progress, doneShards, best });

  let left = pending.length;
  let folded = 0;
  const onFolded = (bestFolded: number | null) => {
    folded++;
    best = bestFolded;
    if (left === 0) report('aggregate', folded);
  };
  // Its results are added up while the shards run, as if all of them were there: each is waited for.
  const gate = gateShards(store, sweepId, pending);
  const early = settled(
    sets.failures.size === 0
      ? aggregateSweep(gate.store, generation, { ...aggregate, runner }, allOf(plan), onFolded)
      : Promise.reject(new Error('shards were given up before')),
  );
  try {
    await inLanes(pending, runner.concurrency, async (shard) => {
      signal?.throwIfAborted();
      const outcome = await workShard(store, NO_QUEUE, runner, {
        v: 1,
        sweepId,
        generation,
        shard,
      });
      if (outcome.kind === 'given-up' || outcome.kind === 'cancelled') gate.close();
      else gate.open(shard);
      if (outcome.kind === 'cancelled') return;
      if (outcome.kind === 'nondeterministic') onNondeterministic?.(shard);
      progress.doneRuns += shardRange(plan, shard).count;
      if ('failedRuns' in outcome) progress.failedRuns += outcome.failedRuns;
      report('shards', plan.shards - --left);
    });
    signal?.throwIfAborted();
    if (plan.runs >= MANY_RUNS) await runner.rest?.();
  } catch (error) {
    gate.close();
    await early;
    throw error;
  }
  const whole = await early;
  if ('summary' in whole) return whole.summary;
  if (!gate.isClosed() && sets.failures.size === 0) throw whole.error;
  folded = 0;
  const summary = await finishSweep(
    store,
    { sweepId, generation },
    () => ({ ...aggregate, runner }),
    onFolded,
  );
  if (!summary) throw new OutsideError(`sweep ${sweepId}: a result vanished from the store while it ran`);
  return summary;
}

const allOf = ({ shards }: Plan): ShardSets => ({
  results: new Set(Array.from({ length: shards }, (_, shard) => shard)),
  failures: new Set(),
});

type Settled = { readonly summary: Summary } | { readonly error: unknown };

/** A rejection becomes a value: it is looked at later, and by then nobody may have caught it. */
const settled = (promise: Promise<Summary>): Promise<Settled> =>
  promise.then(
    (summary) => ({ summary }),
    (error: unknown) => ({ error }),
  );
