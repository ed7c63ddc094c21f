import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryQueue, memoryQueue } from '../../src/adapters/memory/memory-queue.ts';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { type ShardMessage, type SweepMessage, shardMessageSchema } from '../../src/contracts/message.ts';
import { finishSweep } from '../../src/sweep/finish.ts';
import { isFinished } from '../../src/sweep/generations.ts';
import { putJson } from '../../src/sweep/json-objects.ts';
import { controlKey, failureKey, resultKey } from '../../src/sweep/keys.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { runSweep } from '../../src/sweep/run-sweep.ts';
import { sendMissing } from '../../src/sweep/send-missing.ts';
import { submitSweep } from '../../src/sweep/submit.ts';
import { failShard, workShard } from '../../src/sweep/work-shard.ts';
import { contents, watched } from '../support/stores.ts';
import { BARS, FEW_BARS, tinySweep } from '../support/tiny-sweep.ts';

/**
 * The cloud in miniature: planner, workers and aggregator take messages from queues in an order drawn at random, die at
 * random operations of the store, messages come twice or are lost, and what is sent again by the clock brings the rest.
 */
async function runInCloud(store: Store, random: () => number, dying: number, bars: number): Promise<void> {
  const { sweep, plan } = tinySweep(30, 4, bars);
  const { sweepId } = plan;
  const lossy = <M>(queue: MemoryQueue<M>) => ({
    send: async (messages: readonly M[]) => {
      for (const message of messages) {
        if (random() < 0.8) await queue.send([message]);
        if (random() < 0.2) await queue.send([message]);
      }
    },
  });
  const plans = memoryQueue<SweepMessage>(5);
  const shards = memoryQueue<ShardMessage>(200);
  const ticks = memoryQueue<SweepMessage>(200);
  const faulty = watched(store, () => {
    if (random() < dying) throw new Error('killed');
  });
  const step = async <M>(queue: MemoryQueue<M>, work: (message: M) => Promise<unknown>) => {
    const delivery = queue.receive(Math.floor(random() * queue.waiting()));
    if (!delivery) return;
    try {
      await work(delivery.message);
      delivery.ack();
    } catch (error) {
      if ((error as Error).message !== 'killed') throw error;
      delivery.retry();
    }
  };
  const ask = () => sendMissing(faulty, lossy(shards), plan, 0);
  const aggregate = () => ({ ...sweep.aggregate, runner: sweep.runner });

  await submitSweep(store, plans, sweepId, sweep.spec);
  for (let turn = 0; !(await isFinished(store, sweepId, 0)); turn++) {
    expect(turn).toBeLessThan(5_000);
    await Promise.all([
      step(plans, ask),
      step(shards, (message) => workShard(faulty, lossy(ticks), sweep.runner, message)),
      step(shards, (message) => workShard(faulty, lossy(ticks), sweep.runner, message)),
      step(ticks, (message) => finishSweep(faulty, message, aggregate)),
      step(ticks, (message) => finishSweep(faulty, message, aggregate)),
    ]);
    if (turn % 25 === 24) {
      await ask().catch(() => undefined);
      await ticks.send([{ v: 1, sweepId, generation: 0 }]);
    }
  }
  // The last act of an aggregator may have been cut off too: one more tick brings it.
  await finishSweep(store, { sweepId, generation: 0 }, aggregate);
}

describe('the protocol', () => {
  it('ends with the same bytes whatever is killed, lost, doubled or reordered', async () => {
    const published = async (bars: number) => {
      const whole = memoryStore();
      await runSweep(whole, tinySweep(30, 4, bars).sweep);
      return contents(whole);
    };
    const expected = { [BARS]: await published(BARS), [FEW_BARS]: await published(FEW_BARS) };
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(0, 0.02, 0.1),
        fc.constantFrom(BARS, FEW_BARS, FEW_BARS),
        async (seed, dying, bars) => {
          let state = seed;
          const random = () => {
            state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
            return state / 2 ** 32;
          };
          const store = memoryStore();
          await runInCloud(store, random, dying, bars);
          expect(await contents(store)).toEqual(expected[bars]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('ends with failures when a shard goes to the dead letters', async () => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(12, 4);
    const shards = memoryQueue<ShardMessage>(3);
    const ticks = memoryQueue<SweepMessage>(3);
    await submitSweep(store, ticks, plan.sweepId, sweep.spec);
    expect(await sendMissing(store, shards, plan, 0)).toBe(3);
    for (let delivery = shards.receive(); delivery; delivery = shards.receive()) {
      const { message, ack, retry } = delivery;
      if (message.shard === 1) retry();
      else await workShard(store, ticks, sweep.runner, message).then(ack);
    }
    expect(shards.deadLetters.map(({ shard }) => shard)).toEqual([1]);
    const aggregate = () => ({ ...sweep.aggregate, runner: sweep.runner });
    const here = { sweepId: plan.sweepId, generation: 0 };
    expect(await finishSweep(store, here, aggregate)).toBeNull();
    await failShard(store, ticks, shards.deadLetters[0]!, 'received 3 times', 3);
    expect(await finishSweep(store, here, aggregate)).toMatchObject({
      status: 'complete_with_failures',
      missingShards: '1',
    });
  });

  it('does not give up a shard whose result is there, though its message was received too often', async () => {
    const store = memoryStore();
    const { sweep, plan } = tinySweep(12, 4);
    const ticks = memoryQueue<SweepMessage>(3);
    await submitSweep(store, ticks, plan.sweepId, sweep.spec);
    await sendMissing(store, { send: async () => undefined }, plan, 0);
    const here = { sweepId: plan.sweepId, generation: 0 };
    const silent = { send: () => Promise.reject(new Error('no tick gets through')) };
    for (let shard = 0; shard < plan.shards; shard++) {
      await expect(workShard(store, silent, sweep.runner, { v: 1, ...here, shard })).rejects.toThrow(
        'no tick',
      );
    }
    const letter = { v: 1 as const, ...here, shard: 1 };
    expect(await failShard(store, ticks, letter, 'received 3 times', 3)).toBe(false);
    expect(await store.get(failureKey(plan.sweepId, 0, 1))).toBeNull();
    expect(ticks.receive()?.message).toMatchObject(here);
    const aggregate = () => ({ ...sweep.aggregate, runner: sweep.runner });
    expect(await finishSweep(store, here, aggregate)).toMatchObject({
      status: 'complete',
      missingShards: '',
    });
  });

  it('publishes one set of shards when aggregators race with the last workers of a cancelled sweep', async () => {
    // Each aggregator dies right after its first table; between them another shard arrives.
    const store = memoryStore();
    const { sweep, plan } = tinySweep(20, 4);
    const none = { send: async () => undefined };
    const message = { v: 1 as const, sweepId: plan.sweepId, generation: 0 };
    await submitSweep(store, none, plan.sweepId, sweep.spec);
    await sendMissing(store, none, plan, 0);
    await workShard(store, none, sweep.runner, { ...message, shard: 0 });
    await putJson(store, controlKey(plan.sweepId, 0, 'cancel'), { v: 1 });
    const dying = watched(store, (operation, key) => {
      if (operation === 'putOnce' && key.includes('parity_metrics')) throw new Error('killed');
    });
    const aggregate = () => ({ ...sweep.aggregate, runner: sweep.runner });
    await expect(finishSweep(dying, message, aggregate)).rejects.toThrow('killed');
    const late = await sweep.runner.run(2);
    if ('bytes' in late) await store.putOnce(resultKey(plan.sweepId, 2), late.bytes);
    expect(await finishSweep(store, message, aggregate)).toMatchObject({
      status: 'cancelled',
      missingShards: '1-4',
      missingRuns: 16,
    });
  });
});

describe('a message', () => {
  const good = { v: 1, sweepId: 'a'.repeat(32), generation: 0, shard: 3 };
  it.each([
    ['another version', { ...good, v: 2 }],
    ['a path as sweep id', { ...good, sweepId: '../../etc/passwd' }],
    ['a shard that no plan has', { ...good, shard: 10_000 }],
    ['a fraction of a shard', { ...good, shard: 0.5 }],
    ['parameters of its own', { ...good, params: {} }],
    ['nothing', null],
  ])('with %s is refused', (_, message) => {
    expect(shardMessageSchema.safeParse(good).success).toBe(true);
    expect(shardMessageSchema.safeParse(message).success).toBe(false);
  });
});
