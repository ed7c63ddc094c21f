import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/adapters/local/dataset-directory.ts';
import { s3Client } from '../../src/adapters/s3/s3-client.ts';
import { sqsClient } from '../../src/adapters/sqs/sqs-queue.ts';
import { SWEEP_TABLES } from '../../src/contracts/review-sql.ts';
import { raiseMarker } from '../../src/sweep/active-marker.ts';
import { controlKey, failureKey, planKey, resultKey, specKey, summaryKey } from '../../src/sweep/keys.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { pushDataset } from '../../src/sweep/push.ts';
import { type LocalSweep, publishedBytes, runByCommand, synthDataset } from '../support/local-sweep.ts';
import { athena } from './athena.ts';
import { api, folder, reconcilerMinutes, stack, store } from './stack.ts';

// 3 · 3 · 3 · 2 = 54 less the 6 of top 3 without a stop loss: 48 runs, 7 shards.
const MOMENTUM = {
  name: 'momentum-stops',
  bars: './bars',
  strategy: { name: 'momentum', params: { lookback: [20, 40, 60], top: { from: 1, to: 3, step: 1 } } },
  stops: { stopLoss: [null, 0.02, 0.05], trailingStop: [null, 0.1] },
  conditions: ['params.top <= 2 || stops.stopLoss != null'],
  shardRuns: 7,
};

/** Asks until `done` says so; fails with the latest answer where it does not. */
async function until<T>(ask: () => Promise<T>, done: (answer: T) => boolean, limitMs = 120_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() > end) expect.fail(`no end within ${limitMs / 1000} s: ${JSON.stringify(answer)}`);
    await sleep(500);
  }
}

const published = (sweepId: string) =>
  until(
    () => api.status(sweepId),
    ({ summary }) => summary !== null,
  );

let local: LocalSweep;
/** One whose workers are done, but whose ticks were all lost. */
let stuck: LocalSweep;

beforeAll(async () => {
  await synthDataset(folder);
  const { manifest, read } = await openDataset(join(folder, 'bars'));
  await pushDataset(store, manifest, read);
  local = await runByCommand(folder, MOMENTUM);
  stuck = await runByCommand(folder, { ...MOMENTUM, name: 'stuck' });
  const { sweepId } = stuck;
  const results = Array.from({ length: 7 }, (_, shard) => resultKey(sweepId, shard));
  for (const key of [specKey(sweepId), planKey(sweepId), controlKey(sweepId, 0, 'start'), ...results]) {
    await store.putOnce(key, (await stuck.store.get(key))!);
  }
  await raiseMarker(store, sweepId);
});

describe('the API of a deployed stack', () => {
  it('refuses whoever does not sign', async () => {
    expect((await fetch(`${stack.ApiUrl}/strategies`)).status).toBe(403);
  });

  it('tells what is wrong with a sweep', async () => {
    await expect(api.submit({ ...(local.spec as object), objective: 'sharp' })).rejects.toThrow(
      /^objective: expected one of .*sharpe.*, found sharp$/,
    );
  });
});

describe('a sweep in a deployed stack', () => {
  it('leaves the bytes of a local run', async () => {
    expect(await api.submit(local.spec)).toMatchObject({
      sweepId: local.sweepId,
      generation: 0,
      runs: 48,
      shards: 7,
    });
    expect(await published(local.sweepId)).toMatchObject({
      state: 'complete',
      doneShards: 7,
      failedShards: 0,
      missingShards: '',
      usage: { attempts: 7 },
    });
    const expected = await publishedBytes(local.store, local.sweepId);
    expect(Object.keys(expected)).toHaveLength(2 + 7 + SWEEP_TABLES.length + 1 + 1); // spec and plan, results, tables, the sweep's row, summary
    expect(await publishedBytes(store, local.sweepId)).toEqual(expected);
  });

  it('ends with the reason where it cannot be planned', async () => {
    // A weekend within the dataset: that there are no bars shows when they are read.
    const spec = { ...(local.spec as object), period: { from: '2012-03-03', to: '2012-03-04' } };
    const { sweepId } = await api.submit(spec);
    const refused = await until(
      () => api.status(sweepId),
      ({ state }) => state !== 'submitted',
    );
    expect(refused).toMatchObject({
      state: 'refused',
      refusal: expect.stringMatching(/^period: expected bars/),
    });
  });

  it('publishes what is there when it is cancelled, and resumed, all of it with the bytes of a local run', async () => {
    const cut = await runByCommand(folder, { ...MOMENTUM, name: 'cut-short', shardRuns: 1 });
    await api.submit(cut.spec);
    await until(
      () => api.status(cut.sweepId),
      ({ doneShards }) => doneShards > 0,
    );
    expect(await api.cancel(cut.sweepId)).toMatchObject({ outcome: 'cancelled' });
    const cancelled = await published(cut.sweepId);
    expect(cancelled).toMatchObject({ state: 'cancelled', generation: 0, shards: 48 });
    expect(cancelled.summary!.missingRuns).toBeGreaterThan(0);
    expect(cancelled.summary!.missingRuns).toBeLessThan(48);

    expect(await api.resume(cut.sweepId)).toMatchObject({ generation: 1, outcome: 'started' });
    expect(await published(cut.sweepId)).toMatchObject({ state: 'complete', generation: 1, doneShards: 48 });
    // Tables and summary name their generation; the runs do not know of it.
    const runs = async (from: Store) =>
      Object.entries(await publishedBytes(from, cut.sweepId)).filter(([key]) =>
        /^(results|sweeps)\//.test(key),
      );
    expect(await runs(store)).toEqual(await runs(cut.store));
  });

  it('notes a shard whose message became a dead letter', async () => {
    const sqs = sqsClient();
    const { QueueUrls = [] } = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'backsweep-e2e-ShardDeadLetters' }),
    );
    expect(QueueUrls).toHaveLength(1);
    const message = { v: 1, sweepId: local.sweepId, generation: 0, shard: 3 };
    const key = resultKey(local.sweepId, 3);
    const result = (await store.get(key))!;
    // A shard whose result is there is not given up. Stores delete no result, whoever owns the bucket may.
    await s3Client().send(new DeleteObjectCommand({ Bucket: stack.BucketName, Key: key }));
    await sqs.send(new SendMessageCommand({ QueueUrl: QueueUrls[0], MessageBody: JSON.stringify(message) }));
    const marker = await until(
      () => store.get(failureKey(local.sweepId, 0, 3)),
      (bytes) => bytes !== null,
    );
    expect(JSON.parse(new TextDecoder().decode(marker!))).toMatchObject({ shard: 3, attempts: 1 });
    await store.putOnce(key, result);
    expect((await api.status(local.sweepId)).state).toBe('complete'); // what was published stays
  });

  it(
    'is ended by the reconciler where all hints were lost',
    async () => {
      const { sweepId } = stuck;
      // Not through the API, which would give the hint itself.
      await until(
        () => store.size(summaryKey(sweepId, 0)),
        (size) => size !== null,
        (reconcilerMinutes + 1) * 60_000,
      );
      expect(await publishedBytes(store, sweepId)).toEqual(await publishedBytes(stuck.store, sweepId));
    },
    (reconcilerMinutes + 2) * 60_000,
  );
});

describe('Athena', () => {
  const ofSweep = () => `WHERE sweep_id = '${local.sweepId}'`;

  it('reads every run once from `runs`', async () => {
    const sql = `SELECT count(*) AS n, count(DISTINCT run_id) AS ids, min(run_index) AS first, max(run_index) AS last FROM runs ${ofSweep()}`;
    expect(await athena(sql)).toEqual([{ n: '48', ids: '48', first: '0', last: '47' }]);
  });

  it('reads the ranks of `leaderboard` in the order of the objective', async () => {
    const rows = await athena(`SELECT rank, run_id, sharpe FROM leaderboard ${ofSweep()} ORDER BY rank`);
    const sharpes = rows.map(({ sharpe }) => Number(sharpe));
    expect(rows.map(({ rank }) => rank)).toEqual(rows.map((_, i) => String(i + 1)));
    expect(sharpes).toEqual([...sharpes].sort((a, b) => b - a));
    const { best } = (await api.status(local.sweepId)).summary!;
    expect([rows[0]!.run_id, sharpes[0]]).toEqual([best!.run_id, best!.value]);
  });

  it('reads in `parity_metrics` that both engines agree on every run', async () => {
    const sql = `SELECT parity_status, sum(runs) AS n FROM parity_metrics ${ofSweep()} GROUP BY parity_status`;
    const rows = await athena(sql);
    expect(rows.map(({ parity_status, n }) => [parity_status, Number(n)])).toEqual([['identical', 48]]);
  });

  it('reads in `memory_metrics` what sparse instructions save', async () => {
    const [row] = await athena(`SELECT runs, memory_saving FROM memory_metrics ${ofSweep()}`);
    expect(Number(row!.runs)).toBe(48);
    expect(Number(row!.memory_saving)).toBeGreaterThan(0.5);
  });

  it('finds the sweep in `sweeps` without its id', async () => {
    const sql = `SELECT sweep_id, status, runs FROM sweeps WHERE name = 'momentum-stops'`;
    expect(await athena(sql)).toEqual([{ sweep_id: local.sweepId, status: 'complete', runs: '48' }]);
  });
});
