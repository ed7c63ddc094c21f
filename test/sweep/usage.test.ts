import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { measuredUsd, noteUsage, sweepUsage } from '../../src/sweep/usage.ts';
import { watched } from '../support/stores.ts';

const sweepId = 'a'.repeat(32);
const shard = (n: number) => ({ sweepId, generation: 0, shard: n });
const attempt = {
  receives: 1,
  milliseconds: 1_500,
  peakMb: 300.4,
  requestId: '8a6b9c1e-0000-4000-8000-000000000001',
};

describe('usage', () => {
  it('sums every attempt, from the keys alone', async () => {
    const store = memoryStore();
    await noteUsage(store, shard(0), attempt);
    await noteUsage(store, shard(0), { ...attempt, requestId: 'another', milliseconds: 500, peakMb: 800 });
    await noteUsage(store, shard(9_999), { ...attempt, milliseconds: 0.2 });
    await noteUsage(store, { ...shard(1), sweepId: 'b'.repeat(32) }, attempt);
    const listing = watched(store, (operation) => {
      if (operation !== 'list') throw new Error(`not ${operation}`);
    });
    const usage = await sweepUsage(listing, sweepId);
    expect(usage).toEqual({ attempts: 3, workerSeconds: 2, peakMb: 800 });
    // 2 s of one core: 2 · 0.00002303 USD
    expect(measuredUsd(usage, { maxConcurrency: 1, workerMemoryMb: 1_769 })).toBeCloseTo(0.00004606, 7);
  });

  it('is nothing where nothing ran, or where only this machine ran it', async () => {
    const store = memoryStore();
    await store.putOnce(`usage/${sweepId}/local-1-2.json`, new Uint8Array([123, 125]));
    expect(await sweepUsage(store, sweepId)).toEqual({ attempts: 0, workerSeconds: 0, peakMb: 0 });
  });
});
