import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadStrategy } from '../../src/adapters/local/load-strategy.ts';
import { s3Client } from '../../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../../src/adapters/s3/s3-store.ts';
import { specKey } from '../../src/sweep/keys.ts';
import type { Store } from '../../src/sweep/ports.ts';
import { type ApiServer, startApi } from '../support/api-server.ts';
import { type Ended, scratch, startCli, sweepFile, writeBars } from '../support/cli.ts';
import { command } from '../support/command.ts';
import { type Emulator, startEmulator } from '../support/emulator.ts';
import { signatures } from '../support/sigv4.ts';

const PACKAGES = {
  backsweep: new URL('../../src/strategies/strategy.ts', import.meta.url).pathname,
  zodFrom: new URL('.', import.meta.url).pathname,
};
/** Throws in two of four runs. */
const OWN = `
  import { defineStrategy } from 'backsweep';
  import { z } from 'zod';
  export default defineStrategy({
    name: 'own',
    params: z.object({ share: z.number() }),
    warmup: () => 0,
    events(bars, { share }) {
      if (share > 0.5) throw new Error('too much');
      return [{ bar: 0, weights: { [bars.symbols[0]]: share } }];
    },
  });
`;

const { root, write, remove } = scratch('cloud');
let emulator: Emulator;
let store: Store;
let api: ApiServer;
let credentials: NodeJS.ProcessEnv;

const run = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> =>
  command(root, { ...credentials, ...env }, args);
/** The command line, told of the stack by its environment. */
const cloud = (...args: string[]) => run({ BACKSWEEP_API: api.url }, ...args);
/** The same in a process of its own. */
const start = (...args: string[]) => startCli(root, args, { ...credentials, BACKSWEEP_API: api.url });
const json = async (...args: string[]) => JSON.parse((await cloud(...args, '--json')).stdout);

beforeAll(async () => {
  await writeBars(root);
  writeFileSync(join(root, 'own.ts'), OWN);
  emulator = await startEmulator();
  emulator.server.createBucket('data');
  const { AWS_ENDPOINT_URL: _, ...rest } = emulator.environment;
  credentials = { ...rest, AWS_SESSION_TOKEN: 'token' };
  Object.assign(process.env, credentials);
  store = openS3Store(s3Client({ endpoint: emulator.endpoint }), 'data');
  const { code, codeSha256 } = await loadStrategy(join(root, 'own.ts'), PACKAGES);
  api = await startApi(store, [{ name: 'own', code, codeSha256 }]);
  write('sweep.json', sweepFile({ shardRuns: 4 }));
});
afterAll(async () => {
  await api.stop();
  await emulator.stop();
  remove();
});
beforeEach(() => {
  api.instead = () => null;
  api.received.length = 0;
  emulator.faults.choose = () => null;
});

const push = (...args: string[]) => run({}, 'bars', 'push', 'bars', ...args, '--endpoint', emulator.endpoint);

describe('bars push', () => {
  it('tells what S3 refuses, keeps what was sent, and sends the rest and the manifest last when repeated', async () => {
    emulator.faults.choose = ({ operation, key }) =>
      operation === 'PUT' && key.endsWith('manifest.json') ? 'denied' : null;
    const refused = await push('s3://data');
    expect(refused.stderr).toMatch(
      /^error: cannot write s3:\/\/data\/datasets\/.*manifest\.json: access denied; check the credentials/,
    );
    expect(refused.code).toBe(3);
    expect(emulator.created).toHaveLength(3);
    emulator.faults.choose = () => null;
    const { code, stdout } = await push('s3://data');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^bars: 1 object sent .*\nin a sweep file: bars: s3:\/\/data\/datasets\/[0-9a-f]{32}\n$/,
    );
    expect(emulator.created.at(-1)).toMatch(/manifest\.json$/);
    expect(new Set(emulator.created).size).toBe(emulator.created.length);
  });

  it('sends nothing that is there', async () => {
    const before = emulator.created.length;
    const { stdout } = await push('data', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ sent: { objects: 0, bytes: 0 } });
    expect(emulator.created).toHaveLength(before);
  });

  it('refuses what is no bucket, no dataset, and a bucket that is not there', async () => {
    expect(await push('https://data')).toMatchObject({ code: 2 });
    expect(await run({}, 'bars', 'push', 'nothing', 's3://data')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing: expected a dataset directory'),
    });
    expect(await push('s3://other')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/there is no such bucket; check its name/),
    });
  });
});

describe('without', () => {
  it.each([
    ['a region', { AWS_REGION: undefined }, /no region was found; set AWS_REGION/],
    [
      'credentials',
      { AWS_ACCESS_KEY_ID: undefined, AWS_EC2_METADATA_DISABLED: 'true' },
      /no credentials of AWS were found; set AWS_PROFILE/,
    ],
  ])('%s a push says so at once, with the way out', async (_, env, message) => {
    const flags = ['s3://data', '--endpoint', emulator.endpoint];
    const { code, stderr } = await run(env, 'bars', 'push', 'bars', ...flags);
    expect(stderr).toMatch(message);
    expect(code).toBe(3);
  });
});

describe('submit', () => {
  it('sends the sweep with content in place of paths, signed, as the same sweep that runs on this machine', async () => {
    const local = JSON.parse((await start('run', 'sweep.json', '--dir', 'local', '--json').ended).stdout);
    const submitted = await json('submit', 'sweep.json');
    expect(submitted).toMatchObject({ sweepId: local.sweepId, generation: 0, runs: 16, shards: 4 });
    const [request] = api.received;
    expect(request).toMatchObject({ method: 'POST', path: '/sweeps' });
    const body = JSON.parse(request!.body);
    expect(body).toMatchObject({ name: 'tiny', maxCostUsd: 5, maxRuns: 1_000_000, shardRuns: 4 });
    expect(body.bars).toMatch(/^[0-9a-f]{32}$/);
    const { scope, names, found, expected } = signatures(request!, 'test');
    expect(scope).toMatch(/^\d{8}\/us-east-1\/execute-api\/aws4_request$/);
    expect(names).toEqual(
      expect.arrayContaining(['content-type', 'host', 'x-amz-date', 'x-amz-security-token']),
    );
    expect(request!.headers['x-amz-security-token']).toBe('token');
    expect(found).toBe(expected);
    expect(await store.get(specKey(local.sweepId))).not.toBeNull();
  });

  it('is the same sweep when its bars are named in the bucket, and says how to go on', async () => {
    const { bars: place } = JSON.parse((await push('s3://data', '--json')).stdout);
    write('placed.json', sweepFile({ bars: place, shardRuns: 4 }));
    const [first] = await json('list');
    const { stdout } = await cloud('submit', 'placed.json', '--endpoint', emulator.endpoint);
    expect(stdout).toContain(`go on with  backsweep watch ${first.sweepId.slice(0, 10)}\n`);
    expect(await json('list')).toHaveLength(1);
  });

  it.each<[string, object, RegExp]>([
    [
      'above maxCostUsd',
      { maxCostUsd: 0 },
      /^error: maxCostUsd: expected a sweep of at most 0 USD, found one of/,
    ],
    [
      'over bars of another bucket',
      { bars: `s3://other/datasets/${'0'.repeat(32)}` },
      /expected s3:\/\/data\//,
    ],
    ['over bars that were not pushed', { bars: '0'.repeat(32) }, /push it with `backsweep bars push`/],
    [
      'over bars elsewhere',
      { bars: 'gs://x/y' },
      /^error: bad\.json: bars: expected a dataset directory, the id/,
    ],
    [
      'of an unknown parameter',
      { strategy: { name: 'momentum', params: { top: 1, lookbak: 3 } } },
      /lookbak/,
    ],
    ['that is no sweep', { stops: { stopLos: 1 } }, /^error: bad\.json:1:\d+: stops\.stopLos: unknown field/],
  ])('refuses a sweep %s, with exit 2', async (_, fields, message) => {
    write('bad.json', sweepFile(fields));
    const { code, stderr, stdout } = await cloud('submit', 'bad.json');
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });

  it('refuses bars that do not fit into a worker', async () => {
    const small = await startApi(store, [], 128);
    const { code, stderr } = await run({}, 'submit', 'sweep.json', '--api', small.url);
    await small.stop();
    expect(stderr).toMatch(/expected bars that fit into 128 MB of a worker, found 3 assets × \d+ bars/);
    expect(code).toBe(2);
  });

  it('pushes instructions of this machine, and needs the bucket for it', async () => {
    const { symbols } = JSON.parse((await run({}, 'bars', 'inspect', 'bars', '--json')).stdout).manifest;
    const events = [{ timestamp: '2015-02-02', instructions: { [symbols[0].symbol]: { weight: 0.5 } } }];
    write('events.json', JSON.stringify(events));
    write(
      'own-events.json',
      sweepFile({ strategy: { name: 'instructions', params: { file: 'events.json' } }, snap: 'next' }),
    );
    expect(await cloud('submit', 'own-events.json')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^error: --bucket: expected the bucket of the stack, since .* found none/,
      ),
    });
    const flags = ['--bucket', 's3://data', '--endpoint', emulator.endpoint];
    const { code, stderr } = await cloud('submit', 'own-events.json', ...flags);
    expect(stderr).toMatch(/^bars [0-9a-f]{10}: was there already\n$/);
    expect(code).toBe(0);
    expect(emulator.created.filter((key) => key.startsWith('instructions/'))).toHaveLength(1);
  });

  it('names a strategy of one’s own by its sources, and refuses one that is not deployed as it is', async () => {
    writeFileSync(join(root, 'edited.ts'), OWN.replace('0.5', '0.4'));
    write('edited.json', sweepFile({ strategy: { name: './edited.ts', params: { share: [0.1, 0.9] } } }));
    const { code, stderr } = await start('submit', 'edited.json').ended;
    expect(stderr).toMatch(
      /expected a built-in or deployed strategy \(.*own\), found "module:.*list it in settings/,
    );
    expect(code).toBe(2);
  });
});

describe('a sweep in the cloud', () => {
  it('is watched to its end, measured beside planned, and ranks the same leaders as on this machine', async () => {
    const { sweepId } = await json('submit', 'sweep.json');
    expect((await cloud('status', sweepId)).stdout).toContain('submitted, not planned yet');
    const watching = cloud('watch', sweepId.slice(0, 8), '--every', '0.05');
    while (!api.received.some(({ path }) => path === `/sweeps/${sweepId}`)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await api.work();
    const { code, stdout, stderr } = await watching;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^tiny: complete, 16 of 16 runs ok, watched for/);
    expect(stdout).toContain('Leaderboard: highest sharpe of 16 runs');
    // 4 attempts of 1.5 s with 1,769 MB at $0.0000133334 a GB-second are $0.000138.
    expect(stdout).toMatch(/^measured {4}\$0\.00014 for 6\.0 s of workers in 4 attempts, up to 200 MB/m);
    expect(stdout).toMatch(
      /^planned {5}\$0\.0\d+ for workers and loading bars, \$0\.0\d+ in all, at worst \$/m,
    );
    const local = JSON.parse((await run({}, 'top', 'last', '--dir', 'local', '--json', '-n', '5')).stdout);
    expect(await json('top', sweepId, '-n', '5')).toEqual(local);
    const calmar = JSON.parse(
      (await run({}, 'top', 'last', '--dir', 'local', '--json', '--by', 'calmar', '-n', '3')).stdout,
    );
    expect(await json('top', sweepId, '--by', 'calmar', '-n', '3')).toEqual(calmar);
    expect((await cloud('top', sweepId)).stdout).toMatch(/^16 runs, best sharpe first\n +# +run +lookback/);
    expect((await cloud('list')).stdout).toMatch(new RegExp(`${sweepId.slice(0, 10)} +tiny +\\S+ +ended`));
  });

  it('ends the watching with exit 1 where runs failed', async () => {
    write(
      'own.json',
      sweepFile({ name: 'own', stops: {}, strategy: { name: './own.ts', params: { share: [0.1, 0.9] } } }),
    );
    const { sweepId } = JSON.parse((await start('submit', 'own.json', '--json').ended).stdout);
    await api.work();
    const { code, stdout } = await cloud('watch', sweepId, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout).summary).toMatchObject({ runs: 2, okRuns: 1, failedRuns: 1 });
    expect((await cloud('watch', sweepId)).stdout).toMatch(/^failed {6}1 run without a result/m);
  });

  it('stops when cancelled, keeps what is there, and goes on when resumed', async () => {
    write('long.json', sweepFile({ name: 'long', stops: {}, shardRuns: 1 }));
    const { sweepId } = await json('submit', 'long.json');
    await api.work(() => true); // one shard of 4
    expect((await cloud('cancel', sweepId)).stdout).toContain('cancelled: no further shard starts');
    await api.work();
    const stopped = await cloud('watch', sweepId, '--json');
    expect(stopped.code).toBe(130);
    expect(JSON.parse(stopped.stdout).summary).toMatchObject({
      status: 'cancelled',
      okRuns: 1,
      missingRuns: 3,
    });
    expect((await cloud('status', sweepId)).stdout).toContain(
      `go on with  backsweep resume ${sweepId.slice(0, 10)}\n`,
    );
    expect(await json('resume', sweepId)).toEqual({ sweepId, generation: 1, outcome: 'started' });
    await api.work();
    expect(await json('status', sweepId)).toMatchObject({ state: 'complete', generation: 1, doneShards: 4 });
    expect((await cloud('cancel', sweepId)).stdout).toContain('has ended already');
    expect((await cloud('resume', sweepId)).stdout).toContain('nothing is left to run');
  });

  it('goes on without the one who watched', async () => {
    write('alone.json', sweepFile({ name: 'alone' }));
    const { sweepId } = await json('submit', 'alone.json');
    const { child, ended } = start('watch', sweepId, '--every', '30');
    while (!api.received.some(({ path }) => path === `/sweeps/${sweepId}`)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(stderr).toBe(
      `stopped watching; the sweep goes on in the cloud: backsweep watch ${sweepId.slice(0, 10)}\n`,
    );
    expect(code).toBe(130);
    await api.work();
    expect(await json('status', sweepId)).toMatchObject({ state: 'complete' });
  });
});

describe('which stack or directory is meant', () => {
  it('a directory that is asked for wins over the environment, and both asked for is a mistake', async () => {
    expect(JSON.parse((await cloud('list', '--dir', 'local', '--json')).stdout)).toHaveLength(1);
    expect(api.received).toHaveLength(0);
    const { code, stderr } = await run({}, 'list', '--dir', 'local', '--api', api.url);
    expect([code, stderr]).toEqual([2, expect.stringContaining('found --dir too; leave one of them out')]);
  });

  it('an address is needed to submit, a directory without one to watch, and SQL does not run in the API', async () => {
    expect(await run({}, 'submit', 'sweep.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--api <url>'),
    });
    expect(await run({}, 'watch', 'last', '--dir', 'nowhere')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nowhere: expected a directory of sweeps, found none'),
    });
    expect(await cloud('top', 'last', '--where', 'sharpe > 1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--athena'),
    });
    expect(await cloud('status', 'ffffffff')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('found none'),
    });
  });
});

describe('plan', () => {
  it('by a stack prints its runs, time and cost, itemised, expected and at worst', async () => {
    const { code, stdout } = await run({}, 'plan', 'sweep.json', '--api', api.url);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^runs {8}16 runs in 4 shards of up to 4 runs$/m);
    expect(stdout).toMatch(
      /^cloud cost {2}about \$[\d.]+: compute \$[\d.]+, loading bars \$[\d.]+, requests \$[\d.]+$/m,
    );
    expect(stdout).toMatch(/^at worst {4}\$[\d.]+: compute/m);
    expect(api.received.map(({ path }) => path)).toEqual(['/plan']);
  });

  it('on this machine says what the cloud would cost by the price table, and what submit would refuse', async () => {
    write('cheap.json', sweepFile({ maxCostUsd: 0.000001, shardRuns: 4 }));
    const { cloud: planned } = JSON.parse((await run({}, 'plan', 'cheap.json', '--json')).stdout);
    const { expected, worst, pricesAsOf } = planned.cost;
    expect(pricesAsOf).toBe('2026-11');
    for (const { totalUsd, computeUsd, barLoadingUsd, requestsUsd } of [expected, worst]) {
      expect(totalUsd).toBeCloseTo(computeUsd + barLoadingUsd + requestsUsd, 12);
    }
    // 4 shards, 20 tries each, of 300 s and 1,769 MB: nothing else is of that size.
    expect(worst.computeUsd).toBeCloseTo(4 * 20 * 300 * (1_769 / 1_024) * 0.0000133334, 1);
    expect(planned.refusals).toEqual([
      expect.stringMatching(/^maxCostUsd: expected a sweep of at most 0\.000001 USD/),
    ]);
    expect((await run({}, 'plan', 'cheap.json')).stdout).toMatch(/^refused {5}maxCostUsd: expected/m);
  });
});
