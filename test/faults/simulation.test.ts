import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { resultFooter } from '../../src/formats/results-parquet.ts';
import { finishSweep } from '../../src/sweep/finish.ts';
import { putJson } from '../../src/sweep/json-objects.ts';
import { controlKey, failureKey, planKey, resultKey, shardOfKey, tableKey } from '../../src/sweep/keys.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { rangesOf } from '../../src/sweep/shard-ranges.ts';
import { startGeneration } from '../../src/sweep/submit.ts';
import { markFailed } from '../../src/sweep/work-shard.ts';
import { reportFaults } from '../support/report-faults.ts';
import { RECONCILE_MS, simulateCloud, VISIBILITY_MS, type Weather } from '../support/simulated-cloud.ts';
import { contents } from '../support/stores.ts';
import { BARS, FEW_BARS, tinyShard, tinySweep } from '../support/tiny-sweep.ts';

const RUNS = 23;
const SHARD_RUNS = 4;
const SEEDS = Number(process.env.FAULT_SEEDS ?? 300);
/** One sweep of five is long enough for all statistics: to take them again with every aggregator is half of the work. */
const barsOf = (seed: number) => (seed % 5 === 0 ? BARS : FEW_BARS);
const NO_QUEUE = { send: async () => undefined };

const CALM: Weather = {
  kills: 0,
  errors: 0,
  lostAnswers: 0,
  losses: 0,
  lostTicks: 0,
  doubles: 0,
  shortVisibility: 0,
  cancels: 0,
  resumes: 0,
};
const ROUGH: Weather = {
  kills: 0.02,
  errors: 0.03,
  lostAnswers: 0.1,
  losses: 0.15,
  lostTicks: 0.15,
  doubles: 0.3,
  shortVisibility: 0.2,
  cancels: 0.002,
  resumes: 0.01,
};
const WEATHERS: readonly (readonly [string, Weather])[] = [
  ['all at once', ROUGH],
  ['30 % of all requests fail', { ...ROUGH, errors: 0.3, kills: 0 }],
  ['everybody dies all the time', { ...ROUGH, kills: 0.15, errors: 0, cancels: 0 }],
  ['every tick is lost', { ...ROUGH, lostTicks: 1, cancels: 0 }],
  ['every message comes twice and again', { ...ROUGH, doubles: 1, shortVisibility: 0.8, losses: 0 }],
  ['somebody cancels and resumes all the time', { ...ROUGH, cancels: 0.03, resumes: 0.08 }],
];

/** What a generation must have published: the bytes of an undisturbed process that found this set of shards. */
async function undisturbed(
  bars: number,
  generation: number,
  results: readonly number[],
  failed: readonly number[],
) {
  const store = memoryStore();
  const { sweep, plan } = tinySweep(RUNS, SHARD_RUNS, bars);
  const { sweepId } = plan;
  await startGeneration(store, NO_QUEUE, sweepId, generation);
  await putJson(store, planKey(sweepId), plan);
  for (const shard of results) await store.putOnce(resultKey(sweepId, shard), tinyShard(plan, shard).bytes);
  for (const shard of failed) await markFailed(store, { v: 1, sweepId, generation, shard }, 'given up', 1);
  if (results.length + failed.length < plan.shards) {
    await putJson(store, controlKey(sweepId, generation, 'cancel'), { v: 1 });
  }
  const aggregate = () => ({ ...sweep.aggregate, runner: sweep.runner });
  await finishSweep(store, { sweepId, generation }, aggregate);
  return publishedBy(await contents(store), generation);
}

/** What of a whole store a generation published. */
function publishedBy(all: Readonly<Record<string, string>>, generation: number): Record<string, string> {
  const own = new RegExp(`^(tables|final)/.*[/-]g${generation}[./]`);
  return Object.fromEntries(Object.entries(all).filter(([key]) => own.test(key)));
}

const known = new Map<string, Promise<Record<string, string>>>();

/** Checks every generation that published, and gives how many there were. */
async function checkPublished(store: Store, bars: number): Promise<number> {
  const all = await contents(store);
  const { sweepId, shards } = tinySweep(RUNS, SHARD_RUNS).plan;
  const generations = Object.keys(all).filter((key) => key.startsWith('final/'));
  for (const key of generations) {
    const generation = Number(/\/g(\d+)\//.exec(key)![1]);
    const board = tableKey('leaderboard', sweepId, generation);
    const { metadata } = resultFooter((await store.get(board))!, board);
    const results = rangesOf(metadata.shards!, shards)!;
    const failed = rangesOf(metadata.failed!, shards)!;
    // What the generation itself was told, not what it published, says whether it might end so.
    const marked = (shard: number) => failureKey(sweepId, generation, shard) in all;
    expect(failed.filter((shard) => !marked(shard))).toEqual([]);
    const cancelled = controlKey(sweepId, generation, 'cancel') in all;
    expect(cancelled || results.length + failed.length === shards).toBe(true);
    const set = `${bars} ${generation} ${metadata.shards} ${metadata.failed}`;
    const expected = known.get(set) ?? undisturbed(bars, generation, results, failed);
    known.set(set, expected);
    expect(publishedBy(all, generation)).toEqual(await expected);
  }
  return generations.length;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Simulates one seed and holds it against everything that must be true in the end. */
async function survive(seed: number, weather: Weather) {
  const bars = barsOf(seed);
  const { sweep, plan } = tinySweep(RUNS, SHARD_RUNS, bars);
  const { store, tried, creates, endedAfterMs, wrong } = await simulateCloud(seed, sweep, weather);
  expect(wrong).toEqual([]); // O7: no status said complete too early
  expect(endedAfterMs).toBeLessThan(2 * VISIBILITY_MS + 2 * RECONCILE_MS); // O5
  const all = await contents(store);
  const results = Object.entries(all).filter(([key]) => key.startsWith('results/'));
  // O1 and O2: every shard once, each with the bytes of exactly its runs.
  expect(results.map(([key]) => shardOfKey(key))).toEqual([...Array(plan.shards).keys()]);
  for (const [key, sha] of results) expect(sha).toBe(sha256(tinyShard(plan, shardOfKey(key)!).bytes));
  // O3 and O4: what was created once is there, and nothing else.
  const lasting = [...creates].filter(([key]) => !key.startsWith('active/'));
  expect(lasting.filter(([, times]) => times !== 1)).toEqual([]);
  expect(lasting.map(([key]) => key).sort()).toEqual(Object.keys(all));
  return { tried, generations: await checkPublished(store, bars) };
}

// No decision may come from the clock of a machine, so it tells nonsense here.
beforeAll(() => {
  let calls = 0;
  vi.spyOn(Date, 'now').mockImplementation(() => (calls++ % 2 === 0 ? 4e12 : 1));
});
afterAll(() => vi.restoreAllMocks());

describe('F1 F2 F3 F4 F5 F6 F13 F14 F15 F16 F17 F18 F19 the code of all functions over ports that fail', () => {
  it.each(WEATHERS)(
    'ends with the bytes of an undisturbed sweep: %s',
    { timeout: 3_600_000 },
    async (name, weather) => {
      const sum: Record<string, number> = { F3: 0, F17: 0 };
      const first = WEATHERS.findIndex(([each]) => each === name);
      let generations = 0;
      for (let seed = first; seed < SEEDS; seed += WEATHERS.length) {
        try {
          const survived = await survive(seed, weather);
          for (const [fault, times] of Object.entries(survived.tried)) sum[fault] = (sum[fault] ?? 0) + times;
          generations += survived.generations;
          sum.F3!++;
          sum.F17!++;
        } catch (cause) {
          throw new Error(`seed ${seed} of "${name}": ${cause instanceof Error ? cause.message : cause}`, {
            cause,
          });
        }
      }
      expect(generations).toBeGreaterThanOrEqual(Math.floor(SEEDS / WEATHERS.length));
      for (const fault of Object.keys(sum)) expect(sum[fault]).toBeGreaterThan(0);
      reportFaults(sum);
    },
  );

  it('needs no resume in calm weather, and ends within minutes', async () => {
    const { store, tried } = await simulateCloud(1, tinySweep(RUNS, SHARD_RUNS).sweep, CALM);
    expect(tried).toEqual({});
    expect(await checkPublished(store, BARS)).toBe(1);
    reportFaults({});
  });
});
