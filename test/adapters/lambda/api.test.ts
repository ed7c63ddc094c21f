import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { OutsideError } from '../../../src/contracts/errors.ts';
import { encodeDataset } from '../../../src/formats/dataset-id.ts';
import { synthBars } from '../../../src/formats/synth-bars.ts';
import { STRATEGIES } from '../../../src/strategies/catalog.ts';
import { activeSweeps } from '../../../src/sweep/active-marker.ts';
import { pushDataset } from '../../../src/sweep/push.ts';
import { apiOver } from '../../support/api-over.ts';
import { moduleSource } from '../../support/real-sweep.ts';
import { watched } from '../../support/stores.ts';

const SYNTH = {
  assets: 3,
  bars: 100,
  seed: 1,
  correlation: 0,
  gapProbability: 0,
  interval: 'day',
  start: Date.UTC(2015, 0, 5),
} as const;

/** A store with a dataset of 3 assets and 100 days, and a sweep over it. */
async function pushed() {
  const store = memoryStore();
  const { manifest, objects } = encodeDataset(synthBars(SYNTH));
  await pushDataset(store, manifest, async (object) => objects.get(object)!);
  const spec = {
    bars: `s3://data/datasets/${manifest.datasetId}`,
    strategy: { name: 'momentum', params: { lookback: [5, 10, 20], top: [1, 2] } } as object,
  };
  return { store, spec, manifest };
}
const post = (body: unknown, path = '/sweeps') => ({ method: 'POST', path, body }) as const;
const get = (path: string) => ({ method: 'GET', path }) as const;

describe('a submission', () => {
  it('is the same sweep however its dataset is named, and is started once', async () => {
    const { store, spec, manifest } = await pushed();
    const { call, plans } = apiOver(store);
    const first = await call(post(spec));
    expect(first).toMatchObject({
      status: 202,
      type: 'application/json',
      body: { runs: 6, generation: 0, assets: 3 },
    });
    const again = await call(post({ ...spec, bars: manifest.datasetId, maxCostUsd: 1, maxRuns: 10 }));
    expect(again.body.sweepId).toBe(first.body.sweepId);
    expect(await activeSweeps(store)).toEqual([first.body.sweepId]);
    expect(plans.receive()?.message).toEqual({ v: 1, sweepId: first.body.sweepId, generation: 0 });
  });

  it('can be planned without being started', async () => {
    const { store, spec } = await pushed();
    const { call, plans } = apiOver(store);
    const { status, body } = await call(post(spec, '/plan'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ runs: 6, shards: 1, assets: 3, cost: { pricesAsOf: '2026-11' } });
    expect(body.bars).toBeGreaterThanOrEqual(100);
    expect(plans.waiting()).toBe(0);
    expect(await activeSweeps(store)).toEqual([]);
  });

  const wide = { from: 1, to: 9_000, step: 1 };
  it.each<[string, (spec: { strategy: object }) => unknown, RegExp]>([
    ['that is no object', () => 'null', /expected fields/],
    [
      'with an unknown field',
      (spec) => ({ ...spec, strategi: 1 }),
      /unknown field "strategi".*did you mean strategy/,
    ],
    [
      'with a member that reaches prototypes',
      () => '{"__proto__": {"bars": "x"}}',
      /name __proto__ is not allowed/,
    ],
    ['nested too deeply', (spec) => ({ ...spec, period: [[[[[[[[[1]]]]]]]]] }), /8 levels/],
    ['of a local directory', (spec) => ({ ...spec, bars: './bars' }), /s3:\/\/data\/datasets\/ID.*bars push/],
    ['of another bucket', (spec) => ({ ...spec, bars: `s3://x/datasets/${'a'.repeat(32)}` }), /s3:\/\/data/],
    ['of bars that were never pushed', (spec) => ({ ...spec, bars: 'b'.repeat(32) }), /no b{32}; push it/],
    ['of a symbol that the bars lack', (spec) => ({ ...spec, universe: ['SYN01'] }), /did you mean SYN001/],
    [
      'outside of the bars',
      (spec) => ({ ...spec, period: { from: '2020-01-01' } }),
      /expected bars between 2015-01-05/,
    ],
    [
      'of a strategy that is not deployed',
      (spec) => ({ ...spec, strategy: { name: './my.ts' } }),
      /settings\.strategies and deploy/,
    ],
    [
      'of a strategy that is deployed in other code',
      (spec) => ({ ...spec, strategy: { name: `module:${'c'.repeat(64)}` } }),
      /deploy/,
    ],
    [
      'with a parameter that the strategy lacks',
      (spec) => ({ ...spec, strategy: { name: 'momentum', params: { lokback: 3 } } }),
      /lokback.*did you mean lookback/,
    ],
    ['with an unknown objective', (spec) => ({ ...spec, objective: 'sharp' }), /objective/],
    [
      'of instructions that were never pushed',
      (spec) => ({ ...spec, strategy: { name: 'instructions', params: { file: '../../etc/passwd' } } }),
      /sha256 of instructions that were pushed/,
    ],
    [
      'that is too large a grid',
      (spec) => ({ ...spec, strategy: { name: 'momentum', params: { lookback: wide, top: wide } } }),
      /too large.*81000000/,
    ],
    [
      'that costs too much',
      (spec) => ({ ...spec, maxCostUsd: 0.000001 }),
      /maxCostUsd: expected a sweep of at most 0.000001 USD/,
    ],
  ])('%s is refused with what to do, and leaves nothing', async (_, change, message) => {
    const { store, spec } = await pushed();
    const { call, plans } = apiOver(store);
    const { status, type, body } = await call(post(change(spec)));
    expect({ status, type }).toEqual({ status: 400, type: 'application/problem+json' });
    expect(body).toMatchObject({ title: 'Bad Request', status: 400, instance: 'request-1' });
    expect(body.detail).toMatch(message);
    expect(plans.waiting()).toBe(0);
    expect(await activeSweeps(store)).toEqual([]);
  });

  it('whose bars do not fit into a worker is refused with the memory that they need', async () => {
    const { store, spec } = await pushed();
    const { call } = apiOver(store, [], 128);
    expect((await call(post(spec))).body.detail).toMatch(
      /fit into 128 MB.*3 assets × 100 bars, which need 3\d\d MB/,
    );
  });

  it('of more than 256 KiB is refused before it is parsed', async () => {
    const { call } = apiOver(memoryStore());
    expect(await call(post(`{"name": "${'x'.repeat(300_000)}`))).toMatchObject({ status: 413 });
  });

  it('that is no JSON, or says so, is refused', async () => {
    const { call } = apiOver(memoryStore());
    expect(await call(post('{'))).toMatchObject({ status: 415, type: 'application/problem+json' });
    expect(await call({ ...post('{}'), type: 'text/plain' })).toMatchObject({ status: 415 });
  });

  it('names a deployed strategy by its name or its hash', async () => {
    const { store, spec } = await pushed();
    const code = `
      const z = { safeParse: (data) => ({ success: true, data }) };
      export default { name: 'own', params: z, warmup: () => 0, events: () => [] };`;
    const source = await moduleSource(code);
    if (source.kind !== 'module') throw new Error('unreachable');
    const { call } = apiOver(store, [{ name: 'own', codeSha256: source.codeSha256, code }]);
    // Its parameters are no zod schema, which only the deployed module's own check can tell: so it was found.
    for (const name of ['own', `module:${source.codeSha256}`]) {
      expect((await call(post({ ...spec, strategy: { name } }))).body.detail).toMatch(
        /strategy own: expected/,
      );
    }
  });
});

describe('the API', () => {
  it('lists the strategies with the schema of their parameters', async () => {
    const { body } = await apiOver(memoryStore()).call(get('/strategies'));
    const strategies = body.strategies as {
      name: string;
      params: { properties: object };
      codeSha256: null;
    }[];
    expect(strategies.map(({ name }) => name)).toEqual(STRATEGIES.map(({ name }) => name));
    const momentum = strategies.find(({ name }) => name === 'momentum')!;
    expect(Object.keys(momentum.params.properties)).toContain('lookback');
    expect(momentum.codeSha256).toBeNull();
  });

  it.each([
    ['GET', '/nothing', 404],
    ['DELETE', '/sweeps', 404],
    ['GET', `/sweeps/${'a'.repeat(32)}`, 404],
    ['POST', `/sweeps/${'a'.repeat(32)}/cancel`, 404],
    ['POST', `/sweeps/${'a'.repeat(32)}/resume`, 404],
    ['GET', `/sweeps/${'a'.repeat(32)}/leaderboard`, 404],
    ['GET', '/sweeps/..%2f..%2fetc', 400],
    ['GET', '/sweeps?limit=0', 400],
    ['GET', '/sweeps?limit=1001', 400],
    ['GET', '/sweeps?limit=ten', 400],
  ] as const)('answers %s %s with %i as problem+json', async (method, path, status) => {
    const answer = await apiOver(memoryStore()).call({ method, path });
    expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status } });
  });

  it('tells nothing of what is inside when something fails, but logs it', async () => {
    const { store } = await pushed();
    const failing = watched(store, () => {
      throw new OutsideError('s3://secret-bucket: 503');
    });
    const { call, logged } = apiOver(failing);
    const { status, body } = await call(get('/sweeps'));
    expect(status).toBe(503);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(logged).toHaveBeenCalledOnce();
  });

  it('has a leaderboard only once there is one', async () => {
    const { store, spec } = await pushed();
    const { call } = apiOver(store);
    const { sweepId } = (await call(post(spec))).body;
    expect(await call(get(`/sweeps/${sweepId}/leaderboard`))).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('found it submitted') },
    });
    expect((await call(get(`/sweeps/${sweepId}`))).body).toMatchObject({
      state: 'submitted',
      usage: { attempts: 0 },
    });
  });
});
