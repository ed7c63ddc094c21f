import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDataset } from '../../src/adapters/local/dataset-directory.ts';
import { loadStrategy } from '../../src/adapters/local/load-strategy.ts';
import { s3Client } from '../../src/adapters/s3/s3-client.ts';
import { openS3Store } from '../../src/adapters/s3/s3-store.ts';
import { SWEEP_TABLES } from '../../src/contracts/review-sql.ts';
import { parseInstructions } from '../../src/formats/instructions.ts';
import { summaryKey } from '../../src/sweep/keys.ts';
import { pushDataset, pushInstructions } from '../../src/sweep/push.ts';
import { bundleHandlers } from '../support/bundle-handlers.ts';
import { startCli } from '../support/cli.ts';
import { type EmulatedCloud, startCloud } from '../support/emulated-cloud.ts';
import { type LocalSweep, publishedBytes, runByCommand, synthDataset } from '../support/local-sweep.ts';

const PACKAGES = {
  backsweep: new URL('../../src/strategies/strategy.ts', import.meta.url).pathname,
  zodFrom: new URL('.', import.meta.url).pathname,
};
const OWN = `
  import { defineStrategy } from 'backsweep';
  import { z } from 'zod';
  export default defineStrategy({
    name: 'own',
    params: z.object({ every: z.int().min(1), share: z.number().default(0.5) }),
    warmup: () => 0,
    events(bars, { every, share }) {
      if (every === 13) throw new Error('thirteen is bad luck');
      const events = [];
      for (let bar = 0; bar < bars.length; bar += every) {
        events.push({ bar, weights: { [bars.symbols[(bar / every) % bars.symbols.length]]: share } });
      }
      return events;
    },
  });
`;

/** Strategies of one's own, failures included. */
const OWN_SWEEP = {
  bars: './bars',
  strategy: { name: './own.ts', params: { every: [5, 13, 20], share: [0.3, 0.9] } },
  shardRuns: 2,
};

let folder: string;
let cloud: EmulatedCloud;
let momentum: LocalSweep;
let own: LocalSweep;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backsweep-cloud-'));
  writeFileSync(join(folder, 'own.ts'), OWN);
  await synthDataset(folder);
  const { codeSha256, code } = await loadStrategy(join(folder, 'own.ts'), PACKAGES);
  const files = await bundleHandlers(join(folder, 'functions'), [{ name: 'own', codeSha256, code }]);
  cloud = await startCloud(files);
  const { manifest, read } = await openDataset(join(folder, 'bars'));
  await pushDataset(cloud.store, manifest, read);
  momentum = await runByCommand(folder, MOMENTUM);
  own = await runByCommand(folder, OWN_SWEEP);
});
afterAll(async () => {
  await cloud.stop();
  expect(cloud.emulator.denied).toEqual([]); // the roles of the stack admit all that the functions do
  rmSync(folder, { recursive: true, force: true });
});

async function finished(sweepId: string) {
  const asked = () => cloud.call('GET', `/sweeps/${sweepId}`);
  return (await cloud.until(asked, ({ body }) => body.summary !== null)).body;
}

const MOMENTUM = {
  name: 'momentum-stops',
  bars: './bars',
  strategy: { name: 'momentum', params: { lookback: [20, 40, 60], top: { from: 1, to: 3, step: 1 } } },
  stops: { stopLoss: [null, 0.02, 0.05], trailingStop: [null, 0.1] },
  conditions: ['params.top <= 2 || stops.stopLoss != null'],
  shardRuns: 7,
};

describe('the same sweep in the cloud', () => {
  it('leaves the same bytes as on this machine, and the API tells the way there', async () => {
    const local = momentum;
    const submitted = await cloud.call('POST', '/sweeps', local.spec);
    expect(submitted).toMatchObject({
      status: 202,
      body: { sweepId: local.sweepId, generation: 0, runs: 48 },
    });
    expect(submitted.body.cost.expected.totalUsd).toBeLessThan(0.01);
    const status = await finished(local.sweepId);
    expect(status).toMatchObject({ state: 'complete', doneShards: 7, missingShards: '', failedShards: 0 });
    expect(status.usage).toMatchObject({ attempts: 7 });
    expect(status.cost.measuredUsd).toBeGreaterThan(0);
    const expected = await publishedBytes(local.store, local.sweepId);
    // spec and plan, results, tables and sweeps, summary
    expect(Object.keys(expected)).toHaveLength(2 + 7 + SWEEP_TABLES.length + 1 + 1);
    expect(await publishedBytes(cloud.store, local.sweepId)).toEqual(expected);
    // Again: it is the same sweep, and at its end already.
    expect(await cloud.call('POST', '/sweeps', local.spec)).toMatchObject({
      status: 202,
      body: { generation: 0 },
    });
    const listed = await cloud.call('GET', '/sweeps?limit=10');
    expect(listed.body.sweeps).toContainEqual(
      expect.objectContaining({ sweepId: local.sweepId, name: 'momentum-stops', published: 1 }),
    );
    await cloud.until(
      async () => (await cloud.call('GET', '/sweeps')).body.sweeps,
      (sweeps) => sweeps.every(({ active }: { active: boolean }) => !active),
    );
  });

  it('validates it to the same bytes: walk-forward, cross-validation and holdout', async () => {
    const walkForward = { train: 80, test: 40, purge: 2, embargo: 3 };
    const validation = { walkForward, cpcv: { groups: 5, test: 2 }, holdout: '20%' };
    const local = await runByCommand(folder, { ...MOMENTUM, portfolio: { feeRate: 0.001 }, validation });
    expect(await cloud.call('POST', '/sweeps', local.spec)).toMatchObject({ status: 202 });
    const { summary } = await finished(local.sweepId);
    const published = (await local.store.get(summaryKey(local.sweepId, 0)))!;
    expect(summary.validation).toEqual(JSON.parse(new TextDecoder().decode(published)).validation);
    expect(summary.validation.walkForward.folds).toHaveLength(4); // 240 bars: tests at 80, 120, 160 and 200
    expect(summary.validation.walkForward.stitched.bars).toBe(160);
    expect(summary.validation.cpcv.objectives).toHaveLength(4);
    expect(summary.validation.holdout).toMatchObject({ bars: 60, best: { looksAhead: false } });
    expect(await publishedBytes(cloud.store, local.sweepId)).toEqual(
      await publishedBytes(local.store, local.sweepId),
    );
  });

  it('refuses a validation that its bars are too few for once they are read, as a local run does', async () => {
    const walkForward = { train: '3y', test: '1y' };
    const spec = JSON.parse(JSON.stringify(momentum.spec));
    const { body, status } = await cloud.call('POST', '/sweeps', { ...spec, validation: { walkForward } });
    expect(status).toBe(202); // a submission reads no bars
    const asked = () => cloud.call('GET', `/sweeps/${body.sweepId}`);
    const refused = await cloud.until(asked, (answer) => answer.body.state === 'refused');
    expect(refused.body.refusal).toMatch(/expected bars for one training window \(3y\) .* found 300 from/);
  });

  it('ranks the leaderboard by the objective or by another metric, without NaN', async () => {
    const rows = async (query: string) =>
      (await cloud.call('GET', `/sweeps/${momentum.sweepId}/leaderboard?${query}`)).body.rows as {
        rank: number;
        sharpe: number;
        max_drawdown: number;
        fees: number;
      }[];
    expect((await rows('limit=5')).map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5]);
    const drawdowns = (await rows('by=max_drawdown&limit=1000')).map(({ max_drawdown }) => max_drawdown);
    expect(drawdowns).toHaveLength(48);
    expect(drawdowns).toEqual([...drawdowns].sort((a, b) => b - a)); // ≤ 0, and nearer to 0 is better
  });

  it('runs a deployed strategy of ones own to the same bytes, failed runs included', async () => {
    const local = own;
    expect(await cloud.call('POST', '/sweeps', local.spec)).toMatchObject({ status: 202 });
    expect((await finished(local.sweepId)).summary).toMatchObject({ status: 'complete', failedRuns: 2 });
    expect(await publishedBytes(cloud.store, local.sweepId)).toEqual(
      await publishedBytes(local.store, local.sweepId),
    );
  });

  it('has the same report, read from the bucket, but for the line of what was measured', async () => {
    const sweeps = [
      { local: momentum, flags: [] },
      { local: own, flags: ['--strategy', 'own.ts'] },
    ];
    for (const { local, flags } of sweeps) {
      await cloud.call('POST', '/sweeps', local.spec);
      await finished(local.sweepId);
      const report = async (out: string, ...args: string[]) => {
        const { code, stderr } = await startCli(folder, ['report', local.sweepId, '--out', out, ...args])
          .ended;
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        return readFileSync(join(folder, out), 'utf8').split('\n');
      };
      const here = await report('here.html', '--dir', local.dir);
      const there = await report('there.html', '--bucket', 's3://data', ...flags);
      const differing = there.filter((line, i) => line !== here[i]);
      expect(differing).toEqual([expect.stringMatching(/^<script type="application\/json" id="place">/)]);
      expect(differing[0]).toContain('invocations of the cloud');
      expect(there.join('')).toContain('"faithful":true');
    }
  });

  it('plays back pushed instructions to the same bytes', async () => {
    const events = [
      { timestamp: '2012-01-10', instructions: { SYN001: { weight: 0.5 }, SYN002: { weight: 0.5 } } },
      {
        timestamp: '2012-05-08',
        instructions: { SYN001: { weight: null }, SYN003: { weight: 0.2, stops: { stopLoss: null } } },
      },
    ];
    writeFileSync(join(folder, 'a.json'), JSON.stringify(events));
    writeFileSync(join(folder, 'b.json'), JSON.stringify(events.slice(0, 1)));
    const local = await runByCommand(folder, {
      bars: './bars',
      strategy: { name: 'instructions', params: { file: ['a.json', 'b.json'] } },
      stops: { stopLoss: [null, 0.03] },
      snap: 'next',
    });
    expect(await cloud.call('POST', '/sweeps', local.spec)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('instructions that were pushed') },
    });
    for (const part of [events, events.slice(0, 1)]) {
      const bytes = new TextEncoder().encode(JSON.stringify(part));
      await pushInstructions(cloud.store, await parseInstructions(bytes, 'events.json'));
    }
    expect(await cloud.call('POST', '/sweeps', local.spec)).toMatchObject({ status: 202 });
    expect((await finished(local.sweepId)).summary).toMatchObject({ status: 'complete', failedRuns: 0 });
    expect(await publishedBytes(cloud.store, local.sweepId)).toEqual(
      await publishedBytes(local.store, local.sweepId),
    );
  });

  it('would be told of anything that a role of the stack does not admit', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'worker');
    const worker = openS3Store(s3Client(), 'data', { attempts: 1 });
    for await (const _ of worker.list('results/')) break;
    const one = new Uint8Array(1);
    await expect(worker.putOnce('final/x.json', one)).rejects.toThrow(/access denied/);
    await expect(worker.get('final/x.json')).rejects.toThrow(/access denied/);
    await expect(worker.delete('active/x')).rejects.toThrow(/access denied/);
    await expect(worker.list('')[Symbol.asyncIterator]().next()).rejects.toThrow(/access denied/);
    vi.unstubAllEnvs();
    expect(cloud.emulator.denied.splice(0)).toEqual([
      'worker: PUT final/x.json',
      'worker: GET final/x.json',
      'worker: DELETE active/x',
      'worker: LIST ',
    ]);
  });
});
