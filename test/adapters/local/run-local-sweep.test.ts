import { describe, expect, it } from 'vitest';
import { runLocalSweep } from '../../../src/adapters/local/run-local-sweep.ts';
import { memoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { runSweep } from '../../../src/sweep/run-sweep.ts';
import { MOMENTUM, moduleSource, realSweep, walkBars } from '../../support/real-sweep.ts';
import { contents } from '../../support/stores.ts';

/** The worker must be compiled; `npm test` builds first. */
const workerUrl = new URL('../../../dist/adapters/local/shard-worker.js', import.meta.url);
const builtin = { kind: 'builtin', name: 'momentum' } as const;

describe('a sweep on threads', () => {
  it('leaves the same bytes on 1, 2 and 3 threads as in the calling thread', async () => {
    const { prepared } = await realSweep({ ...MOMENTUM, shardRuns: 5 }, walkBars(4, 300), builtin);
    const { spec, plan, engine, aggregate } = prepared;
    const alone = memoryStore();
    const runner = { concurrency: 1, run: async (shard: number) => engine.runShard(shard) };
    const summary = await runSweep(alone, { spec, plan, runner, aggregate });
    expect(summary).toMatchObject({ status: 'complete', runs: 48, okRuns: 48, reentries: 0 });
    expect(summary.parity).toMatchObject({ identical: 48, diverged: 0, notChecked: 0 });
    const expected = await contents(alone);
    for (const threads of [1, 2, 3]) {
      const store = memoryStore();
      expect(await runLocalSweep(store, prepared, builtin, { threads, workerUrl })).toEqual(summary);
      expect(await contents(store)).toEqual(expected);
    }
  });
});
