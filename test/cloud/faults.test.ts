import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/adapters/local/dataset-directory.ts';
import { loadStrategy } from '../../src/adapters/local/load-strategy.ts';
import { pushDataset } from '../../src/sweep/push.ts';
import { bundleHandlers } from '../support/bundle-handlers.ts';
import { type EmulatedCloud, startCloud } from '../support/emulated-cloud.ts';
import type { Asked, Fault } from '../support/emulator-proxy.ts';
import { type LocalSweep, publishedBytes, runByCommand, synthDataset } from '../support/local-sweep.ts';

const PACKAGES = {
  backsweep: new URL('../../src/strategies/strategy.ts', import.meta.url).pathname,
  zodFrom: new URL('.', import.meta.url).pathname,
};
/** Ends the process for one parameter, as running out of memory would. */
const DEADLY = `
  import { defineStrategy } from 'backsweep';
  import { z } from 'zod';
  export default defineStrategy({
    name: 'deadly',
    params: z.object({ deadly: z.boolean() }),
    warmup: () => 0,
    events(bars, { deadly }) {
      if (deadly) process.kill(process.pid, 'SIGKILL');
      return [{ bar: 0, weights: { [bars.symbols[0]]: 1 } }];
    },
  });
`;
const FILE = {
  bars: './bars',
  strategy: { name: 'momentum', params: { lookback: [20, 40, 60], top: [1, 2] } },
  stops: { stopLoss: [null, 0.02, 0.05], trailingStop: [null, 0.1] },
  shardRuns: 6,
};

let folder: string;
let cloud: EmulatedCloud;
let deadly: { codeSha256: string; code: string };
let sweeps = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backsweep-faults-'));
  writeFileSync(join(folder, 'deadly.ts'), DEADLY);
  const manifest = await synthDataset(folder);
  deadly = await loadStrategy(join(folder, 'deadly.ts'), PACKAGES);
  const files = await bundleHandlers(join(folder, 'functions'), [{ name: 'deadly', ...deadly }]);
  cloud = await startCloud(files);
  const { read } = await openDataset(join(folder, 'bars'));
  await pushDataset(cloud.store, manifest, read);
});
afterAll(async () => {
  await cloud.stop();
  expect(cloud.emulator.denied).toEqual([]); // the roles of the stack admit all that the functions do
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  cloud.emulator.faults.choose = () => null;
  for (const pump of Object.values(cloud.pumps)) Object.assign(pump, { paused: false, copies: 1 });
});

/** A new sweep of the same kind, as it is without faults. */
const fresh = () => runByCommand(folder, { ...FILE, name: `sweep ${sweeps++}` });
const status = async (sweepId: string) => (await cloud.call('GET', `/sweeps/${sweepId}`)).body;
const ended = (sweepId: string) =>
  cloud.until(
    () => status(sweepId),
    ({ summary, state }) => summary !== null || state === 'refused',
  );
const bytes = (sweepId: string) => publishedBytes(cloud.store, sweepId);

/** Every object was created once, and all are those of the run without faults. */
async function expectSameAs(local: LocalSweep) {
  expect(await ended(local.sweepId)).toMatchObject({ state: 'complete' });
  expect(await bytes(local.sweepId)).toEqual(await publishedBytes(local.store, local.sweepId));
  const created = cloud.emulator.created.filter(
    (key) => key.includes(local.sweepId) && !key.startsWith('active/'),
  );
  expect(created).toHaveLength(new Set(created).size);
}

/** Something that happens once, at the first request that is meant. */
function once(meant: (asked: Asked) => boolean, happen: () => Fault | null) {
  let happened = false;
  cloud.emulator.faults.choose = (asked) => {
    if (happened || !meant(asked)) return null;
    happened = true;
    return happen();
  };
  return () => happened;
}

describe('a sweep in the cloud ends with the bytes of an undisturbed run', () => {
  it('when every message is handled twice at once', async () => {
    const local = await fresh();
    for (const pump of Object.values(cloud.pumps)) pump.copies = 2;
    await cloud.call('POST', '/sweeps', local.spec);
    await expectSameAs(local);
  });

  it('when a fifth of all requests fails in every way that requests fail', async () => {
    const local = await fresh();
    const kinds: Fault[] = ['slow_down', 'internal', 'conflict', 'reset', 'lost', 'truncated'];
    let n = 0;
    await cloud.call('POST', '/sweeps', local.spec);
    cloud.emulator.faults.choose = ({ operation }) => {
      if (operation === 'ReceiveMessage' || ++n % 5 !== 0) return null;
      const kind = kinds[(n / 5) % kinds.length]!;
      return kind === 'conflict' && operation !== 'PUT' ? null : kind;
    };
    await expectSameAs(local);
    expect(n).toBeGreaterThan(50);
  });

  const isResult = ({ key }: Asked, operation: string, asked: Asked) =>
    asked.operation === operation && key.startsWith('results/');
  it.each<[string, (asked: Asked) => boolean, Fault | null]>([
    [
      'before it reads its bars',
      (asked) => asked.operation === 'GET' && asked.key.startsWith('datasets/'),
      'reset',
    ],
    ['while it puts its result', (asked) => isResult(asked, 'PUT', asked), 'reset'],
    ['after its result arrived, before its tick', (asked) => isResult(asked, 'PUT', asked), 'lost'],
  ])('when a worker is killed with -9 %s', async (_, meant, fault) => {
    const local = await fresh();
    cloud.functions.worker.kill(); // cold, so that it reads bars
    const happened = once(meant, () => {
      cloud.functions.worker.kill();
      return fault;
    });
    await cloud.call('POST', '/sweeps', local.spec);
    await expectSameAs(local);
    expect(happened()).toBe(true);
  });

  it('when all workers are killed with -9 in the middle of their runs, again and again', async () => {
    const local = await runByCommand(folder, {
      ...FILE,
      name: `sweep ${sweeps++}`,
      strategy: { name: 'momentum', params: { lookback: { from: 10, to: 100, step: 2 }, top: [1, 2, 3] } },
      shardRuns: 400,
    });
    let kills = 0;
    cloud.emulator.faults.choose = ({ operation, key }) => {
      if (operation === 'HEAD' && key.startsWith('results/') && kills < 2) {
        kills++;
        setTimeout(() => cloud.functions.worker.kill(), 30); // a shard takes longer than that
      }
      return null;
    };
    await cloud.call('POST', '/sweeps', local.spec);
    await expectSameAs(local);
    expect(kills).toBe(2);
  });

  it('when the aggregator is killed with -9 between its tables and its summary', async () => {
    const local = await fresh();
    const happened = once(
      ({ operation, key }) => operation === 'PUT' && key.startsWith('final/'),
      () => {
        cloud.functions.aggregator.kill();
        return 'reset';
      },
    );
    await cloud.call('POST', '/sweeps', local.spec);
    await expectSameAs(local);
    expect(happened()).toBe(true);
  });

  it('when all ticks are lost, once the reconciler looks', async () => {
    const local = await fresh();
    cloud.pumps.aggregator.paused = true;
    await cloud.call('POST', '/sweeps', local.spec);
    const stored = () => bytes(local.sweepId);
    const results = (found: object) => Object.keys(found).filter((key) => key.startsWith('results/')).length;
    await cloud.until(stored, (found) => results(found) === 6);
    await cloud.until(
      async () => cloud.queued('shard'),
      (left) => left === 0, // a message goes after its tick
    );
    expect(cloud.queued('tick')).toBeGreaterThan(0);
    await cloud.purge('tick');
    cloud.pumps.aggregator.paused = false;
    await cloud.functions.reconciler.invoke({});
    await cloud.until(stored, (found) => Object.keys(found).some((key) => key.startsWith('final/')));
    await expectSameAs(local);
  });

  it('when plan and shard messages are lost, once the reconciler has waited for them', async () => {
    const local = await fresh();
    cloud.pumps.planner.paused = true;
    await cloud.call('POST', '/sweeps', local.spec);
    await cloud.purge('plan');
    cloud.pumps.planner.paused = false;
    await cloud.functions.reconciler.invoke({});
    expect(await status(local.sweepId)).toMatchObject({ state: 'submitted' }); // it may yet be planned
    cloud.pumps.worker.paused = true;
    await cloud.reconcileLater();
    await cloud.until(
      () => status(local.sweepId),
      ({ state }) => state === 'running',
    );
    await cloud.purge('shard');
    cloud.pumps.worker.paused = false;
    await cloud.reconcileLater();
    await expectSameAs(local);
  });

  it('when messages come that no one can understand', async () => {
    const local = await fresh();
    for (const queue of ['shard', 'tick'] as const) {
      await cloud.send(queue, 'no JSON');
      await cloud.send(queue, 'null');
      await cloud.send(queue, JSON.stringify({ v: 2, sweepId: local.sweepId, generation: 0, shard: 0 }));
    }
    await cloud.send('shard', JSON.stringify({ v: 1, sweepId: 'f'.repeat(32), generation: 0, shard: 0 }));
    await cloud.send('tick', JSON.stringify({ v: 1, sweepId: 'f'.repeat(32), generation: 0 }));
    await cloud.call('POST', '/sweeps', local.spec);
    await ended(local.sweepId);
    await cloud.send('shard', JSON.stringify({ v: 1, sweepId: local.sweepId, generation: 0, shard: 9_999 }));
    await expectSameAs(local);
    expect(cloud.functions.worker.output()).toContain('message dropped');
  });
});

describe('a sweep in the cloud', () => {
  it('that is cancelled publishes what is there, and resumed it runs only what is missing', async () => {
    const local = await fresh();
    let results = 0;
    cloud.emulator.faults.choose = ({ operation, key }) => {
      if (operation === 'PUT' && key.startsWith('results/') && ++results >= 2)
        cloud.pumps.worker.paused = true;
      return null;
    };
    await cloud.call('POST', '/sweeps', local.spec);
    await cloud.until(
      () => status(local.sweepId),
      ({ doneShards }) => doneShards >= 2,
    );
    expect(await cloud.call('POST', `/sweeps/${local.sweepId}/cancel`)).toMatchObject({
      status: 202,
      body: { outcome: 'cancelled' },
    });
    cloud.emulator.faults.choose = () => null;
    cloud.pumps.worker.paused = false;
    const cancelled = await ended(local.sweepId);
    expect(cancelled).toMatchObject({ state: 'cancelled', generation: 0 });
    expect(cancelled.summary.missingRuns).toBeGreaterThan(0);
    const before = await bytes(local.sweepId);
    expect(await cloud.call('POST', `/sweeps/${local.sweepId}/resume`)).toMatchObject({
      status: 202,
      body: { generation: 1, outcome: 'started' },
    });
    expect(await ended(local.sweepId)).toMatchObject({ state: 'complete', generation: 1 });
    const after = await bytes(local.sweepId);
    expect(after).toMatchObject(before); // nothing published was touched
    const resultsOf = (found: Record<string, string>) =>
      Object.entries(found).filter(([key]) => key.startsWith('results/'));
    expect(resultsOf(after)).toEqual(resultsOf(await publishedBytes(local.store, local.sweepId)));
    expect(await cloud.call('POST', `/sweeps/${local.sweepId}/resume`)).toMatchObject({
      body: { outcome: 'complete' },
    });
  });

  it('whose strategy kills its process loses that shard, and ends', async () => {
    const { spec } = await fresh();
    const submitted = await cloud.call('POST', '/sweeps', {
      ...(spec as object),
      name: 'deadly',
      strategy: { name: `module:${deadly.codeSha256}`, params: { deadly: [false, true] } },
      shardRuns: 6,
    });
    expect(submitted).toMatchObject({ status: 202, body: { runs: 12, shards: 2 } });
    expect(await ended(submitted.body.sweepId)).toMatchObject({
      state: 'complete_with_failures',
      summary: { missingShards: '1', okRuns: 6, missingRuns: 6 },
    });
  });

  it('that cannot be planned ends with the reason, and is tried anew when it is submitted again', async () => {
    const { spec } = await fresh();
    // A weekend: within the range of the dataset, but without bars.
    const body = { ...(spec as object), name: 'weekend', period: { from: '2012-03-03', to: '2012-03-04' } };
    const { sweepId } = (await cloud.call('POST', '/sweeps', body)).body;
    expect(await ended(sweepId)).toMatchObject({
      state: 'refused',
      refusal: expect.stringContaining('found none from 2012-03-03'),
    });
    await cloud.until(
      async () => (await cloud.call('GET', '/sweeps')).body.sweeps,
      (found) =>
        found.every(
          (sweep: { sweepId: string; active: boolean }) => sweep.sweepId !== sweepId || !sweep.active,
        ),
    );
    expect((await cloud.call('POST', '/sweeps', body)).body).toMatchObject({ sweepId, generation: 1 });
  });
});
