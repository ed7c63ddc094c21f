import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { messageHandler } from '../../src/adapters/lambda/message-handler.ts';
import { memoryQueue } from '../../src/adapters/memory/memory-queue.ts';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { type ShardMessage, type SweepMessage, shardMessageSchema } from '../../src/contracts/message.ts';
import { activeSweeps, retireMarker } from '../../src/sweep/active-marker.ts';
import { cancelSweep } from '../../src/sweep/cancel.ts';
import { finishSweep } from '../../src/sweep/finish.ts';
import { controlKey, resultKey, summaryKey } from '../../src/sweep/keys.ts';
import type { ShardRunner, Store } from '../../src/sweep/ports.ts';
import { resumeSweep } from '../../src/sweep/resume.ts';
import { runSweep } from '../../src/sweep/run-sweep.ts';
import { sendMissing } from '../../src/sweep/send-missing.ts';
import { sweepStatus } from '../../src/sweep/status.ts';
import { submitSweep } from '../../src/sweep/submit.ts';
import { planOfMessage, workShard } from '../../src/sweep/work-shard.ts';
import { reportFaults } from '../support/report-faults.ts';
import { contents, watched } from '../support/stores.ts';
import { tinyShard, tinySweep } from '../support/tiny-sweep.ts';

const NO_QUEUE = { send: async () => undefined };

/** A sweep that is planned, and what its functions do. */
async function planned(runs: number, shardRuns: number, store: Store = memoryStore()) {
  const { sweep, plan } = tinySweep(runs, shardRuns);
  const message: SweepMessage = { v: 1, sweepId: plan.sweepId, generation: 0 };
  await submitSweep(store, NO_QUEUE, plan.sweepId, sweep.spec);
  await sendMissing(store, NO_QUEUE, plan, 0);
  const aggregate = () => ({ ...sweep.aggregate, runner: sweep.runner });
  return {
    store,
    sweep,
    plan,
    message,
    work: (shard: number, runner: ShardRunner = sweep.runner) =>
      workShard(store, NO_QUEUE, runner, { ...message, shard }),
    finish: (through: Store = store) => finishSweep(through, message, aggregate),
  };
}

async function undisturbed(runs: number, shardRuns: number) {
  const store = memoryStore();
  await runSweep(store, tinySweep(runs, shardRuns).sweep);
  return contents(store);
}

describe('F1 a worker that dies', () => {
  it('before any of its requests leaves a message that, done again, ends the sweep with the same bytes', async () => {
    const expected = await undisturbed(12, 4);
    let kills = 0;
    for (let requests = 0; ; requests++) {
      const { store, sweep, message, work, finish } = await planned(12, 4);
      const ticks = memoryQueue<SweepMessage>(1);
      let left = requests;
      const turn = () => {
        if (left-- === 0) throw new Error('killed');
      };
      const ticking = {
        send: async (messages: readonly SweepMessage[]) => {
          turn();
          await ticks.send(messages);
        },
      };
      const last: ShardMessage = { ...message, shard: 2 };
      await work(0);
      await work(1);
      const died = await workShard(watched(store, turn), ticking, sweep.runner, last).then(
        () => false,
        () => true,
      );
      if (!died) break; // more requests than it makes
      kills++;
      expect(ticks.waiting()).toBe(0);
      await workShard(store, ticks, sweep.runner, last);
      expect(ticks.waiting()).toBe(1);
      expect(await finish()).toMatchObject({ status: 'complete' });
      expect(await contents(store)).toEqual(expected);
    }
    expect(kills).toBe(4); // cancelled? there? put, tick
    reportFaults({ F1: kills });
  });
});

describe('F11 a poison message', () => {
  const id = 'a'.repeat(32);
  const good = { v: 1, sweepId: id, generation: 0, shard: 3 };
  const poison = [
    'no JSON',
    '',
    'null',
    '[]',
    JSON.stringify({ ...good, v: 2 }),
    JSON.stringify({ ...good, sweepId: '../../etc/passwd' }),
    JSON.stringify({ ...good, shard: 10_000 }),
    JSON.stringify({ ...good, params: {} }),
    JSON.stringify({ ...good, padding: 'x'.repeat(2 ** 20) }),
    `${'['.repeat(100_000)}`,
  ];

  it('is dropped and not tried again, while its neighbours in the batch are done and failures come again', async () => {
    const done: number[] = [];
    const sqs = { send: async () => ({}) } as unknown as SQSClient;
    const logger = new Logger({ logLevel: 'SILENT' });
    const handler = messageHandler(shardMessageSchema, { sqs, logger }, async ({ shard }) => {
      if (shard === 7) throw new Error('fails');
      done.push(shard);
    });
    const bodies = [...poison, ...[1, 7, 2].map((shard) => JSON.stringify({ ...good, shard }))];
    const Records = bodies.map(
      (body, i) =>
        ({
          messageId: `m${i}`,
          receiptHandle: `r${i}`,
          body,
          attributes: { ApproximateReceiveCount: '1' },
          eventSourceARN: 'arn:aws:sqs:us-east-1:1:shards',
        }) as unknown as SQSRecord,
    );
    const context = { awsRequestId: 'x', getRemainingTimeInMillis: () => 60_000 } as unknown as Context;
    const { batchItemFailures } = await handler({ Records } as SQSEvent, context);
    expect(done).toEqual([1, 2]);
    expect(batchItemFailures).toEqual([{ itemIdentifier: `m${bodies.length - 2}` }]);
    reportFaults({ F11: poison.length, F28: 1 });
  });

  it('of a sweep that nobody knows, or of a shard beyond the plan, belongs to no plan', async () => {
    const { store, message, plan } = await planned(12, 4);
    expect(await planOfMessage(store, { ...message, shard: 2 })).toEqual(plan);
    expect(await planOfMessage(store, { ...message, shard: 3 })).toBeNull();
    expect(await planOfMessage(store, { ...message, sweepId: 'f'.repeat(32), shard: 0 })).toBeNull();
    reportFaults({ F11: 2 });
  });
});

describe('F18 a cancel', () => {
  it.each([0, 5, 9])(
    'after %i of 10 shards publishes exactly these, and resume ends with all',
    async (done) => {
      const { store, plan, work, finish } = await planned(40, 4);
      for (let shard = 0; shard < done; shard++) await work(shard);
      expect(await cancelSweep(store, NO_QUEUE, plan.sweepId)).toBe('cancelled');
      expect((await work(9)).kind).toBe('cancelled');
      expect(await finish()).toMatchObject({ status: 'cancelled', missingRuns: 40 - 4 * done });
      const before = await contents(store);
      await resumeSweep(store, NO_QUEUE, plan.sweepId);
      const again = tinySweep(40, 4);
      expect(await runSweep(store, again.sweep)).toMatchObject({ status: 'complete', generation: 1 });
      expect(again.ran).toHaveLength(10 - done);
      expect(await contents(store)).toMatchObject(before);
    },
  );

  it('that comes before any request of the aggregator of a complete sweep changes nothing that it publishes', async () => {
    const id = tinySweep(12, 4).plan.sweepId;
    const expected = await undisturbed(12, 4);
    let races = 0;
    for (let at = 0; ; at++) {
      const { store, work, finish } = await planned(12, 4);
      for (const shard of [0, 1, 2]) await work(shard);
      let left = at;
      let outcome = '';
      const racing = watched(store, async () => {
        if (left-- === 0) outcome = await cancelSweep(store, NO_QUEUE, id);
      });
      expect(await finish(racing)).toMatchObject({ status: 'complete' });
      await finish();
      if (outcome === '') break;
      races++;
      const { [controlKey(id, 0, 'cancel')]: marker, ...rest } = await contents(store);
      expect(marker !== undefined).toBe(outcome === 'cancelled');
      expect(rest).toEqual(expected);
    }
    expect(races).toBeGreaterThan(10);
    reportFaults({ F18: races });
  });
});

describe('F19 a resume', () => {
  it('keeps its marker wherever the aggregator of the generation before takes that away', async () => {
    let races = 0;
    for (let at = 0; ; at++) {
      const { store, plan, finish } = await planned(12, 4);
      await cancelSweep(store, NO_QUEUE, plan.sweepId);
      await finish();
      let left = at;
      const racing = watched(store, async () => {
        if (left-- === 0) await retireMarker(store, plan.sweepId); // by a doubled tick of the generation before
      });
      await resumeSweep(racing, NO_QUEUE, plan.sweepId);
      expect(await activeSweeps(store)).toEqual([plan.sweepId]);
      if (left >= 0) break;
      races++;
    }
    expect(races).toBeGreaterThan(4);
    reportFaults({ F19: races });
  });

  it('twice, while workers of the generation before still work, starts one generation that runs what is missing', async () => {
    const { store, plan, work, finish } = await planned(12, 4);
    await work(0);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const old = work(1, {
      ...tinySweep(12, 4).sweep.runner,
      run: async (shard) => {
        await held;
        return tinyShard(plan, shard);
      },
    });
    await cancelSweep(store, NO_QUEUE, plan.sweepId);
    await finish();
    const resumed = await Promise.all([1, 2].map(() => resumeSweep(store, NO_QUEUE, plan.sweepId)));
    expect(resumed.map(({ generation }) => generation)).toEqual([1, 1]);
    release();
    expect(await old).toMatchObject({ kind: 'created' });
    const { sweep, ran } = tinySweep(12, 4);
    expect(await runSweep(store, sweep)).toMatchObject({ status: 'complete', generation: 1 });
    expect(ran).toEqual([2]);
    reportFaults({ F19: 2 });
  });
});

describe('F20 a sweep', () => {
  it.each([999, 1_000, 1_001, 2_001])(
    'of %i shards is complete with the last of them and not before',
    async (shards) => {
      const { store, plan, work, finish } = await planned(shards, 1);
      expect(plan.shards).toBe(shards);
      for (let shard = 0; shard < shards - 1; shard++) await work(shard);
      expect(await finish()).toBeNull();
      expect(await sweepStatus(store, plan.sweepId)).toMatchObject({
        state: 'running',
        missingShards: String(shards - 1),
      });
      await work(shards - 1);
      expect(await finish()).toMatchObject({ status: 'complete', runs: shards, missingRuns: 0 });
    },
  );
});

describe('F21 fifty submits', () => {
  it('of one sweep at once are one sweep, whose plan messages are harmless', async () => {
    const store = memoryStore();
    const plans = memoryQueue<SweepMessage>(5);
    const { sweep, plan } = tinySweep(12, 4);
    const submits = Array.from({ length: 50 }, () => submitSweep(store, plans, plan.sweepId, sweep.spec));
    expect(new Set(await Promise.all(submits))).toEqual(new Set([0]));
    expect(Object.keys(await contents(store, 'control/'))).toEqual([controlKey(plan.sweepId, 0, 'start')]);
    const shards = memoryQueue<ShardMessage>(5);
    for (let sent = plans.receive(); sent; sent = plans.receive()) await sendMissing(store, shards, plan, 0);
    const ran: string[] = [];
    for (let sent = shards.receive(); sent; sent = shards.receive()) {
      ran.push((await workShard(store, NO_QUEUE, sweep.runner, sent.message)).kind);
    }
    expect(ran).toHaveLength(150);
    expect(ran.filter((kind) => kind === 'created')).toHaveLength(3);
    reportFaults({ F21: 50 });
  });

  it('of different sweeps at once are fifty sweeps that do not touch each other', async () => {
    const store = memoryStore();
    const ids = Array.from({ length: 50 }, (_, i) => i.toString(16).padStart(32, '0'));
    const expected = await undisturbed(12, 4);
    await Promise.all(
      ids.map((sweepId) => {
        const { sweep, plan } = tinySweep(12, 4);
        const own = { ...plan, sweepId };
        const runner = { ...sweep.runner, run: async (shard: number) => tinyShard(own, shard) };
        return runSweep(store, { ...sweep, plan: own, runner, aggregate: { ...sweep.aggregate, plan: own } });
      }),
    );
    const keys = Object.keys(await contents(store));
    for (const id of ids) {
      const own = keys.filter((key) => key.includes(id)).map((key) => key.replaceAll(id, 'a'.repeat(32)));
      expect(own).toEqual(Object.keys(expected));
    }
    expect(keys).toHaveLength(50 * Object.keys(expected).length);
    reportFaults({ F21: 50 });
  });
});

describe('F30 a nondeterministic strategy', () => {
  it('run by two workers at once leaves the object of the first, says so, and the sweep ends', async () => {
    const { store, sweep, plan, work, finish } = await planned(12, 4);
    const first = tinyShard(plan, 1).bytes;
    const other = tinyShard({ ...plan, runs: plan.runs - 1, shards: 3 }, 2).bytes; // other rows than the first
    const second: ShardRunner = { ...sweep.runner, run: async () => ({ bytes: other, failedRuns: 0 }) };
    const late = watched(store, async (operation) => {
      if (operation === 'putOnce') await store.putOnce(resultKey(plan.sweepId, 1), first);
    });
    const message: ShardMessage = { v: 1, sweepId: plan.sweepId, generation: 0, shard: 1 };
    const outcome = await workShard(late, NO_QUEUE, second, message);
    expect(outcome).toMatchObject({ kind: 'nondeterministic' });
    expect(await store.get(resultKey(plan.sweepId, 1))).toEqual(first);
    await work(0);
    await work(2);
    expect(await finish()).toMatchObject({ status: 'complete' });
    expect(await store.size(summaryKey(plan.sweepId, 0))).not.toBeNull();
  });
});
