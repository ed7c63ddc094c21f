import * as z from 'zod';
import { InvalidInputError } from '../../contracts/errors.ts';
import type { SweepMessage } from '../../contracts/message.ts';
import { planSchema } from '../../contracts/plan.ts';
import { STRATEGIES } from '../../strategies/catalog.ts';
import { importStrategy } from '../../strategies/import-strategy.ts';
import type { Strategy } from '../../strategies/strategy.ts';
import { cancelSweep } from '../../sweep/cancel.ts';
import { estimateCost } from '../../sweep/estimate-cost.ts';
import { newestGeneration } from '../../sweep/generations.ts';
import { gridOf } from '../../sweep/grid.ts';
import { getJson } from '../../sweep/json-objects.ts';
import { checkSweepId, planKey, specKey } from '../../sweep/keys.ts';
import { listSweeps } from '../../sweep/list-sweeps.ts';
import type { Queue, Store } from '../../sweep/ports.ts';
import { readLeaderboard } from '../../sweep/read-leaderboard.ts';
import { resultColumns } from '../../sweep/result-columns.ts';
import { resumeSweep } from '../../sweep/resume.ts';
import { sweepStatus } from '../../sweep/status.ts';
import { checkSubmission, refuseExpensive, type SubmissionTarget } from '../../sweep/submission.ts';
import { submitSweep } from '../../sweep/submit.ts';
import { readResolvedSpec } from '../../sweep/sweep-content.ts';
import { measuredUsd, sweepUsage } from '../../sweep/usage.ts';
import { type ApiRoute, HttpError } from './api-handler.ts';

/** What the API works with. */
export interface SweepApiPorts {
  readonly store: Store;
  readonly plans: Queue<SweepMessage>;
  readonly ticks: Queue<SweepMessage>;
  readonly target: SubmissionTarget;
}

/** Most rows of the leaderboard, and most sweeps, that one answer has. */
const MAX_ROWS = 1_000;
const DEFAULT_SWEEPS = 100;
const DEFAULT_ROWS = 20;

/** The routes of the HTTP API. */
export function sweepRoutes({ store, plans, ticks, target }: SweepApiPorts): readonly ApiRoute[] {
  /** The id in the path, if it is one of a sweep that is known. */
  async function known(id: string | undefined): Promise<string> {
    const sweepId = checkSweepId(id ?? '');
    if ((await newestGeneration(store, sweepId)) !== null) return sweepId;
    throw new HttpError(404, `sweep ${sweepId}: expected a sweep that was submitted here, found none`);
  }

  return [
    {
      method: 'POST',
      path: '/plan',
      takesBody: true,
      async handle({ body }) {
        const { resolved: _, ...submission } = await checkSubmission(store, body, target);
        return { status: 200, body: submission };
      },
    },
    {
      method: 'POST',
      path: '/sweeps',
      takesBody: true,
      async handle({ body }) {
        const submission = await checkSubmission(store, body, target);
        refuseExpensive(submission);
        const { resolved, ...told } = submission;
        const generation = await submitSweep(store, plans, submission.sweepId, resolved);
        const location = `/sweeps/${submission.sweepId}`;
        return { status: 202, body: { ...told, generation }, location };
      },
    },
    {
      method: 'GET',
      path: '/sweeps',
      async handle({ query }) {
        return {
          status: 200,
          body: { sweeps: await listSweeps(store, limitOf(query.limit, DEFAULT_SWEEPS)) },
        };
      },
    },
    {
      method: 'GET',
      path: '/sweeps/{id}',
      async handle({ params }) {
        const sweepId = await known(params.id);
        const status = await sweepStatus(store, sweepId);
        const { state, generation, shards, missingShards } = status;
        const atItsEnd = state === 'cancelling' || (state === 'running' && missingShards === '');
        // Whoever asks does what the reconciler would do minutes later.
        if (shards > 0 && atItsEnd) await ticks.send([{ v: 1, sweepId, generation }]);
        const usage = await sweepUsage(store, sweepId);
        const plan = await getJson(store, planKey(sweepId), planSchema);
        const planned = plan && estimateCost(plan, target);
        const cost = { measuredUsd: measuredUsd(usage, target), planned };
        return { status: 200, body: { ...status, usage, cost } };
      },
    },
    {
      method: 'GET',
      path: '/sweeps/{id}/leaderboard',
      async handle({ params, query }) {
        const sweepId = await known(params.id);
        const { summary, state } = await sweepStatus(store, sweepId);
        if (!summary)
          throw new HttpError(409, `sweep ${sweepId}: expected a published sweep, found it ${state}`);
        const spec = readResolvedSpec(await getJson(store, specKey(sweepId), z.unknown()));
        const options = { by: query.by, limit: limitOf(query.limit, DEFAULT_ROWS) };
        const rows = await readLeaderboard(store, summary, resultColumns(gridOf(spec)), options);
        return { status: 200, body: { sweepId, generation: summary.generation, rows } };
      },
    },
    {
      method: 'POST',
      path: '/sweeps/{id}/cancel',
      async handle({ params }) {
        const sweepId = await known(params.id);
        return { status: 202, body: { sweepId, outcome: await cancelSweep(store, ticks, sweepId) } };
      },
    },
    {
      method: 'POST',
      path: '/sweeps/{id}/resume',
      async handle({ params }) {
        const sweepId = await known(params.id);
        return { status: 202, body: { sweepId, ...(await resumeSweep(store, plans, sweepId)) } };
      },
    },
    {
      method: 'GET',
      path: '/strategies',
      async handle() {
        const own = target.modules.map(async ({ name, code, codeSha256 }) =>
          described(await importStrategy(code, name), codeSha256),
        );
        const strategies = [...STRATEGIES.map((each) => described(each, null)), ...(await Promise.all(own))];
        return { status: 200, body: { strategies } };
      },
    },
  ];
}

function described({ name, description, params }: Strategy, codeSha256: string | null) {
  const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
  return { name, description: description ?? null, codeSha256, params: schema };
}

function limitOf(text: string | undefined, otherwise: number): number {
  const limit = Number(text ?? otherwise);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_ROWS) return limit;
  throw new InvalidInputError(
    `limit: expected a whole number from 1 to ${MAX_ROWS}, found ${JSON.stringify(text?.slice(0, 40))}`,
  );
}
