import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { processRunner } from '../../src/adapters/process/process-runner.ts';
import { InvalidInputError, OutsideError } from '../../src/contracts/errors.ts';
import { sweepSpec } from '../../src/contracts/sweep-spec.ts';
import { canonicalJson } from '../../src/formats/canonical-json.ts';
import { encodeDataset } from '../../src/formats/dataset-id.ts';
import { synthBars } from '../../src/formats/synth-bars.ts';
import { finishSweep } from '../../src/sweep/finish.ts';
import { sweepIdOf } from '../../src/sweep/ids.ts';
import { datasetObjectKey, planKey, specKey } from '../../src/sweep/keys.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { pushDataset } from '../../src/sweep/push.ts';
import { sendMissing } from '../../src/sweep/send-missing.ts';
import { storedSweeps } from '../../src/sweep/stored-sweeps.ts';
import { submitSweep } from '../../src/sweep/submit.ts';
import { resolveSpec } from '../../src/sweep/sweep-content.ts';
import { workShard } from '../../src/sweep/work-shard.ts';
import { watched } from '../support/stores.ts';

const NOBODY = { send: async () => undefined };
const START = Date.UTC(2015, 0, 5);

/** A submitted sweep of 6 runs over made-up bars, and what was read of the store. */
async function submitted(lookback: readonly number[] = [5, 10, 20]) {
  const store = memoryStore();
  const bars = {
    assets: 2,
    bars: 60,
    seed: 1,
    correlation: 0,
    gapProbability: 0,
    interval: 'day',
    start: START,
  } as const;
  const { manifest, objects } = encodeDataset(synthBars(bars));
  await pushDataset(store, manifest, async (object) => objects.get(object)!);
  const submit = async (lookbacks: readonly number[]) => {
    const file = {
      bars: 'x',
      shardRuns: 2,
      strategy: { name: 'momentum', params: { lookback: lookbacks, top: [1, 2] } },
    };
    const content = { datasetId: manifest.datasetId, strategyCode: null, instructions: new Map() };
    const resolved = resolveSpec(sweepSpec.parse(file), content);
    const sweepId = sweepIdOf(resolved);
    await submitSweep(store, NOBODY, sweepId, resolved);
    return sweepId;
  };
  const read: string[] = [];
  const reading: Store = watched(store, (operation, key) => {
    if (operation === 'get') read.push(key);
  });
  return { store, reading, read, manifest, submit, sweepId: await submit(lookback) };
}
const isBars = (key: string) => key.endsWith('.parquet');

describe('the sweeps of a store', () => {
  it('are planned as they were submitted', async () => {
    const { store, sweepId } = await submitted();
    const plan = await storedSweeps(store, [], 1_769).plan(sweepId);
    expect(plan).toMatchObject({ sweepId, runs: 6, shards: 3, bars: 60, assets: 2 });
  });

  it('read their bars once, also for another sweep over the same bars', async () => {
    const { reading, read, sweepId, submit } = await submitted();
    const other = await submit([7]);
    const sweeps = storedSweeps(reading, [], 1_769);
    for (const id of [sweepId, other, sweepId]) await sweeps.engine(await sweeps.plan(id));
    expect(read.filter(isBars)).toHaveLength(2);
    expect(await sweeps.engine(await sweeps.plan(other))).toBe(await sweeps.engine(await sweeps.plan(other)));
  });

  it('refuse bars that are not those of the manifest', async () => {
    const { store, manifest, sweepId } = await submitted();
    const { object } = manifest.symbols[0]!;
    const key = datasetObjectKey(manifest.datasetId, object);
    const damaged: Store = {
      ...store,
      get: async (one) => (one === key ? new Uint8Array([1]) : store.get(one)),
    };
    await expect(storedSweeps(damaged, [], 1_769).plan(sweepId)).rejects.toThrow(OutsideError);
    const gone: Store = { ...store, get: async (one) => (one === key ? null : store.get(one)) };
    await expect(storedSweeps(gone, [], 1_769).plan(sweepId)).rejects.toThrow(/push the dataset again/);
  });

  it('refuse bars that do not fit with the memory that they need', async () => {
    const { store, sweepId } = await submitted();
    await expect(storedSweeps(store, [], 256).plan(sweepId)).rejects.toThrow(/fit into 256 MB.*need \d+ MB/);
  });

  it('end although another version was deployed in the middle, without replayed leaders', async () => {
    const { store, sweepId } = await submitted();
    const sweeps = storedSweeps(store, [], 1_769);
    const plan = await sweeps.plan(sweepId);
    await sendMissing(store, NOBODY, plan, 0);
    const message = { v: 1 as const, sweepId, generation: 0 };
    const runner = processRunner(() => sweeps.engine(plan));
    await workShard(store, NOBODY, runner, { ...message, shard: 0 });
    // Another engine gives the same spec another id: to it, this sweep is none of its version.
    const edited = {
      ...(JSON.parse(new TextDecoder().decode((await store.get(specKey(sweepId)))!)) as object),
      riskFreeRate: 0.5,
    };
    const bytes = new TextEncoder().encode(canonicalJson(edited));
    const later: Store = {
      ...store,
      get: async (key) => (key === specKey(sweepId) ? bytes : store.get(key)),
    };
    const newer = storedSweeps(later, [], 1_769);
    await expect(newer.engine(plan)).rejects.toThrow(InvalidInputError);
    const newRunner = processRunner(() => newer.engine(plan));
    for (const shard of [1, 2]) {
      expect(await workShard(later, NOBODY, newRunner, { ...message, shard })).toEqual({ kind: 'given-up' });
    }
    const summary = await finishSweep(later, message, async () => ({
      ...(await newer.aggregate(plan)),
      runner: newRunner,
    }));
    expect(summary).toMatchObject({ status: 'complete_with_failures', missingShards: '1-2', okRuns: 2 });
    expect(await store.size(planKey(sweepId))).not.toBeNull();
  });
});
