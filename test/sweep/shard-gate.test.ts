import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { resultKey } from '../../src/sweep/keys.ts';
import { gateShards } from '../../src/sweep/shard-gate.ts';

const SWEEP = 'a'.repeat(32);
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a gate before shards', () => {
  it('lets a result be read once it is there, and everything else at once', async () => {
    const store = memoryStore();
    await store.putOnce('specs/x', bytes('spec'));
    const gate = gateShards(store, SWEEP, [1]);
    let seen: Uint8Array | null | undefined;
    const reading = gate.store.get(resultKey(SWEEP, 1)).then((found) => {
      seen = found;
    });
    expect(await gate.store.get('specs/x')).toEqual(bytes('spec'));
    expect(await gate.store.get(resultKey(SWEEP, 0))).toBeNull();
    expect(seen).toBeUndefined();
    await store.putOnce(resultKey(SWEEP, 1), bytes('rows'));
    gate.open(1);
    await reading;
    expect(seen).toEqual(bytes('rows'));
  });

  it('refuses whoever waits for a result that will never come, then and later', async () => {
    const gate = gateShards(memoryStore(), SWEEP, [0, 1]);
    const waiting = gate.store.get(resultKey(SWEEP, 0));
    gate.close();
    await expect(waiting).rejects.toThrow('a shard has no result');
    await expect(gate.store.get(resultKey(SWEEP, 1))).rejects.toThrow('a shard has no result');
    expect(gate.isClosed()).toBe(true);
  });
});
