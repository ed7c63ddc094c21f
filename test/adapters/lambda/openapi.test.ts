import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { sweepRoutes } from '../../../src/adapters/lambda/sweep-routes.ts';
import { memoryStore } from '../../../src/adapters/memory/memory-store.ts';
import { processRunner } from '../../../src/adapters/process/process-runner.ts';
import type { Summary } from '../../../src/contracts/summary.ts';
import { encodeDataset } from '../../../src/formats/dataset-id.ts';
import { synthBars } from '../../../src/formats/synth-bars.ts';
import { finishSweep } from '../../../src/sweep/finish.ts';
import { planSweep } from '../../../src/sweep/plan-sweep.ts';
import { pushDataset } from '../../../src/sweep/push.ts';
import { storedSweeps } from '../../../src/sweep/stored-sweeps.ts';
import { workShard } from '../../../src/sweep/work-shard.ts';
import { apiOver } from '../../support/api-over.ts';

const DOCUMENT = parse(readFileSync(new URL('../../../docs/openapi.yaml', import.meta.url), 'utf8'));
const NOBODY = { send: async () => undefined };

/** The schema that the document states for an answer, with what it refers to. */
function schemaOf(method: string, path: string, status: number): z.ZodType {
  const { responses } = DOCUMENT.paths[path][method.toLowerCase()];
  const found = responses[String(status)];
  const response = found.$ref ? DOCUMENT.components.responses[found.$ref.split('/').at(-1)] : found;
  const [content] = Object.values(response.content) as { schema: object }[];
  const text = JSON.stringify({ ...content!.schema, $defs: DOCUMENT.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')));
}

describe('the OpenAPI description', () => {
  it('has the routes that there are, and no other', () => {
    const documented = Object.entries(DOCUMENT.paths as Record<string, object>).flatMap(
      ([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const target = { bucket: 'b', modules: [], maxConcurrency: 2, workerMemoryMb: 128 };
    const routes = sweepRoutes({ store: memoryStore(), plans: NOBODY, ticks: NOBODY, target });
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(documented.sort());
  });

  it('describes every answer, from a submission to its leaderboard', async () => {
    const store = memoryStore();
    const start = Date.UTC(2015, 0, 5);
    const bars = {
      assets: 2,
      bars: 50,
      seed: 1,
      correlation: 0,
      gapProbability: 0,
      interval: 'day',
      start,
    } as const;
    const { manifest, objects } = encodeDataset(synthBars(bars));
    await pushDataset(store, manifest, async (object) => objects.get(object)!);
    const { call } = apiOver(store);
    const check = async (method: 'GET' | 'POST', path: string, status: number, at = path, body?: unknown) => {
      const answer = await call({ method, path: at, body });
      expect(answer.status, `${method} ${at}`).toBe(status);
      const parsed = schemaOf(method, path, status).safeParse(answer.body);
      expect(parsed.error, `${method} ${at}`).toBeUndefined();
      expect(schemaOf(method, path, status).safeParse({}).success, `${method} ${at} demands nothing`).toBe(
        false,
      );
      return answer.body;
    };
    const spec = {
      bars: manifest.datasetId,
      strategy: { name: 'momentum', params: { lookback: [5, 10] } },
      validation: {
        walkForward: { train: 20, test: 10 },
        cpcv: { groups: 4, test: 1 },
        holdout: '20%',
      },
    };
    await check('POST', '/plan', 200, '/plan', spec);
    await check('POST', '/plan', 400, '/plan', {});
    const { sweepId } = (await check('POST', '/sweeps', 202, '/sweeps', spec)) as { sweepId: string };
    const one = `/sweeps/${sweepId}`;
    await check('GET', '/sweeps', 200);
    await check('GET', '/sweeps/{id}', 200, one);
    await check('GET', '/sweeps/{id}', 404, `/sweeps/${'f'.repeat(32)}`);
    await check('GET', '/sweeps/{id}/leaderboard', 409, `${one}/leaderboard`);
    await check('POST', '/sweeps/{id}/resume', 202, `${one}/resume`);

    const message = { v: 1 as const, sweepId, generation: 0 };
    const sweeps = storedSweeps(store, [], 1_769);
    await planSweep(store, { shards: NOBODY, ticks: NOBODY }, message, () => sweeps.plan(sweepId));
    await check('GET', '/sweeps/{id}', 200, one);
    await finishSweep(store, message, () => {
      throw new Error('nothing to publish yet');
    });
    const runnerOf = (plan: Parameters<typeof sweeps.engine>[0]) => processRunner(() => sweeps.engine(plan));
    const plan = await sweeps.plan(sweepId);
    await workShard(store, NOBODY, runnerOf(plan), { ...message, shard: 0 });
    await finishSweep(store, message, async () => ({
      ...(await sweeps.aggregate(plan)),
      runner: runnerOf(plan),
    }));
    const { state, summary } = await check('GET', '/sweeps/{id}', 200, one);
    expect(state).toBe('complete');
    const { walkForward, cpcv, holdout } = (summary as Summary).validation!;
    expect([walkForward!.folds.length, cpcv!.splits, holdout!.bars]).toEqual([2, 4, 10]);
    const { rows } = await check('GET', '/sweeps/{id}/leaderboard', 200, `${one}/leaderboard?limit=1`);
    expect(rows).toHaveLength(1);
    await check('POST', '/sweeps/{id}/cancel', 202, `${one}/cancel`);
    await check('GET', '/strategies', 200);
  });
});
