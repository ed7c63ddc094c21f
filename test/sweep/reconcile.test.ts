import { describe, expect, it } from 'vitest';
import { memoryQueue } from '../../src/adapters/memory/memory-queue.ts';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import type { ShardMessage, SweepMessage } from '../../src/contracts/message.ts';
import { activeSweeps, raiseMarker } from '../../src/sweep/active-marker.ts';
import { cancelSweep } from '../../src/sweep/cancel.ts';
import { finishSweep } from '../../src/sweep/finish.ts';
import { planSweep } from '../../src/sweep/plan-sweep.ts';
import { MAX_REQUEUES, reconcileSweep } from '../../src/sweep/reconcile.ts';
import { resumeSweep } from '../../src/sweep/resume.ts';
import { sweepStatus } from '../../src/sweep/status.ts';
import { submitSweep } from '../../src/sweep/submit.ts';
import { workShard } from '../../src/sweep/work-shard.ts';
import { watched } from '../support/stores.ts';
import { tinySweep } from '../support/tiny-sweep.ts';

const PATIENCE = 1_000;
const NOBODY = { send: async () => undefined };

/** A submitted sweep of 5 shards in a store whose clock the test turns. */
async function submitted() {
  const time = { nowMs: 10_000 };
  const store = memoryStore({ now: () => time.nowMs });
  const { sweep, plan } = tinySweep(20, 4);
  const { sweepId } = plan;
  const queues = {
    plans: memoryQueue<SweepMessage>(9),
    shards: memoryQueue<ShardMessage>(9),
    ticks: memoryQueue<SweepMessage>(9),
  };
  await submitSweep(store, NOBODY, sweepId, sweep.spec);
  const look = () => reconcileSweep(store, queues, sweepId, time.nowMs, PATIENCE);
  const message = { v: 1 as const, sweepId, generation: 0 };
  const finish = (generation = 0) =>
    finishSweep(store, { sweepId, generation }, () => ({ ...sweep.aggregate, runner: sweep.runner }));
  return { time, store, sweep, plan, sweepId, queues, look, message, finish };
}

describe('the reconciler', () => {
  it('waits as long as something came within its patience, by the clock of the store', async () => {
    const { time, store, sweep, plan, queues, look, message } = await submitted();
    await planSweep(store, { shards: NOBODY, ticks: NOBODY }, message, async () => plan);
    time.nowMs += PATIENCE - 1;
    expect(await look()).toBe('waiting');
    await workShard(store, NOBODY, sweep.runner, { ...message, shard: 2 });
    time.nowMs += PATIENCE - 1;
    expect(await look()).toBe('waiting');
    time.nowMs += 1;
    expect(await look()).toBe('sent again');
    const sent: number[] = [];
    for (let taken = queues.shards.receive(); taken; taken = queues.shards.receive())
      sent.push(taken.message.shard);
    expect(sent).toEqual([0, 1, 3, 4]);
    expect(await look()).toBe('waiting'); // what it sent counts as progress
  });

  it('sends a sweep without a plan to the planner again', async () => {
    const { time, queues, look, message } = await submitted();
    expect(await look()).toBe('waiting');
    time.nowMs += PATIENCE;
    expect(await look()).toBe('sent again');
    expect(queues.plans.receive()?.message).toEqual(message);
  });

  it('gives up what stays missing after three times, so that the sweep ends', async () => {
    const { time, store, sweep, plan, queues, look, message, finish } = await submitted();
    await planSweep(store, { shards: NOBODY, ticks: NOBODY }, message, async () => plan);
    await workShard(store, NOBODY, sweep.runner, { ...message, shard: 1 });
    for (let i = 0; i < MAX_REQUEUES; i++) {
      time.nowMs += PATIENCE;
      expect(await look()).toBe('sent again');
    }
    time.nowMs += PATIENCE;
    expect(await look()).toBe('given up');
    expect(queues.ticks.waiting()).toBe(1);
    expect(await finish()).toMatchObject({ status: 'complete_with_failures', missingShards: '0,2-4' });
    expect(await activeSweeps(store)).toEqual([]);
  });

  it('ends a sweep that no planner ever took up, with a reason', async () => {
    const { time, store, sweepId, look, finish } = await submitted();
    for (let i = 0; i <= MAX_REQUEUES; i++) {
      time.nowMs += PATIENCE;
      await look();
    }
    expect(await sweepStatus(store, sweepId)).toMatchObject({
      state: 'refused',
      refusal: expect.stringContaining('sent again 3 times'),
    });
    expect(await finish()).toBeNull();
    expect(await activeSweeps(store)).toEqual([]);
  });

  it('ticks at once where all is there, where it was cancelled, and where only the marker is left', async () => {
    const { store, sweep, plan, sweepId, queues, look, message, finish } = await submitted();
    await planSweep(store, { shards: NOBODY, ticks: NOBODY }, message, async () => plan);
    await cancelSweep(store, NOBODY, sweepId);
    expect(await look()).toBe('ticked');
    await finish();
    await raiseMarker(store, sweepId); // as if the aggregator had died before this
    expect(await look()).toBe('ticked');
    await resumeSweep(store, NOBODY, sweepId);
    for (let shard = 0; shard < 5; shard++) {
      await workShard(store, NOBODY, sweep.runner, { ...message, generation: 1, shard });
    }
    expect(await look()).toBe('ticked');
    expect(queues.ticks.waiting()).toBe(3);
    expect(await finish(1)).toMatchObject({ status: 'complete' });
  });

  it('leaves a marker alone whose sweep has not started yet', async () => {
    const store = memoryStore();
    await raiseMarker(store, 'a'.repeat(32));
    const queues = { plans: NOBODY, shards: NOBODY, ticks: NOBODY };
    expect(await reconcileSweep(store, queues, 'a'.repeat(32), 1e15, PATIENCE)).toBe('unknown');
  });
});

describe('the marker of a sweep', () => {
  it('survives a late tick of a generation that ended before the one under way', async () => {
    const { store, plan, sweepId, message, finish } = await submitted();
    await planSweep(store, { shards: NOBODY, ticks: NOBODY }, message, async () => plan);
    await cancelSweep(store, NOBODY, sweepId);
    await finish();
    expect(await activeSweeps(store)).toEqual([]);
    await resumeSweep(store, NOBODY, sweepId);
    await finish(0);
    expect(await activeSweeps(store)).toEqual([sweepId]);
  });

  it('is there after a resume that falls into the moment in which it is taken away', async () => {
    const { store, plan, sweep, sweepId, message } = await submitted();
    await planSweep(store, { shards: NOBODY, ticks: NOBODY }, message, async () => plan);
    await cancelSweep(store, NOBODY, sweepId);
    let resumed = false;
    const racing = watched(store, async (operation, key) => {
      if (operation !== 'delete' || !key.startsWith('active/') || resumed) return;
      resumed = true;
      await resumeSweep(store, NOBODY, sweepId);
    });
    const aggregate = () => ({ ...sweep.aggregate, runner: sweep.runner });
    expect(await finishSweep(racing, message, aggregate)).toMatchObject({ status: 'cancelled' });
    expect(resumed).toBe(true);
    expect(await activeSweeps(store)).toEqual([sweepId]);
  });
});

describe('the planner', () => {
  it('ends a sweep that cannot be planned with the reason; submitted again it starts anew', async () => {
    const { store, sweep, plan, sweepId, queues, message, finish } = await submitted();
    const refuse = async () => {
      throw new InvalidInputError('period: no bars');
    };
    expect(await planSweep(store, queues, message, refuse)).toEqual({
      kind: 'refused',
      reason: 'period: no bars',
    });
    expect(queues.ticks.receive()?.message).toEqual(message);
    expect(await finish()).toBeNull();
    expect(await activeSweeps(store)).toEqual([]);
    expect(await sweepStatus(store, sweepId)).toMatchObject({ state: 'refused', refusal: 'period: no bars' });
    expect(await submitSweep(store, queues.plans, sweepId, sweep.spec)).toBe(1);
    expect(await activeSweeps(store)).toEqual([sweepId]);
    const again = { ...message, generation: 1 };
    expect(await planSweep(store, queues, again, async () => plan)).toMatchObject({
      kind: 'sent',
      messages: 5,
    });
    expect(await sweepStatus(store, sweepId)).toMatchObject({
      state: 'running',
      refusal: null,
      missingShards: '0-4',
    });
  });

  it('passes on what may go better the next time', async () => {
    const { store, sweepId, queues, message } = await submitted();
    const fail = async () => {
      throw new Error('the network');
    };
    await expect(planSweep(store, queues, message, fail)).rejects.toThrow('the network');
    expect(await sweepStatus(store, sweepId)).toMatchObject({ state: 'submitted' });
  });

  it('sends no shards of a cancelled sweep, but ticks, so that it gets published', async () => {
    const { store, plan, sweepId, queues, message, finish } = await submitted();
    await cancelSweep(store, NOBODY, sweepId);
    expect(await planSweep(store, queues, message, async () => plan)).toMatchObject({ messages: 0 });
    expect(queues.shards.waiting()).toBe(0);
    expect(queues.ticks.waiting()).toBe(1);
    expect(await finish()).toMatchObject({ status: 'cancelled', missingRuns: 20 });
  });
});
