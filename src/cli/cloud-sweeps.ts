import type { CloudStatus } from '../adapters/http/api-answers.ts';
import type { SweepApi } from '../adapters/http/sweep-api.ts';
import { checkMetric } from './check-metric.ts';
import { atApi } from './cloud-options.ts';
import { dollars } from './cost-text.ts';
import { onlyMatch } from './find-sweep.ts';
import { count, duration, plural, shortId } from './format.ts';
import { leadersJson, leadersTable, type RunRow } from './leaders.ts';
import { verdictLines } from './summary-text.ts';
import { table } from './table.ts';
import { colorsOf, print, printJson } from './terminal.ts';

/** Sweeps that the API lists at most. */
const MOST_LISTED = 1_000;

/** The sweep of a stack that a person means by a beginning of its id, or by `last`; a whole id is taken as it is. */
export async function findCloudSweep(api: SweepApi, wanted: string): Promise<string> {
  if (/^[0-9a-f]{32}$/.test(wanted)) return wanted;
  const ids = (await api.list(MOST_LISTED)).map(({ sweepId }) => sweepId);
  if (wanted === 'last' && ids.length > 0) return ids[0]!;
  return onlyMatch(
    'sweep',
    wanted,
    ids.filter((id) => wanted !== '' && id.startsWith(wanted)),
  );
}

/** `backsweep list --api`. */
export async function listCloud(api: SweepApi, json: boolean): Promise<void> {
  const sweeps = await api.list(MOST_LISTED);
  if (json) return printJson(sweeps);
  if (sweeps.length === 0) return print('no sweeps yet');
  const rows = sweeps.map(({ sweepId, name, submittedMs, active, published }) => [
    shortId(sweepId),
    name,
    `${new Date(submittedMs).toISOString().slice(0, 16)}Z`,
    active ? 'under way' : published > 0 ? 'ended' : 'not started',
  ]);
  process.stdout.write(table(['sweep', 'name', 'submitted', 'state'], rows));
}

/** `backsweep status ID --api`. */
export async function statusCloud(api: SweepApi, sweepId: string, address: string, json: boolean) {
  const status = await api.status(sweepId);
  if (json) return printJson(status);
  const { generation, runs, shards, doneShards, failedShards, summary, state } = status;
  const { bold } = colorsOf(process.stdout);
  const lines = [`${bold(shortId(sweepId))}: ${cloudState(status)}`, `sweep       ${sweepId}`];
  if (generation > 0) lines.push(`generation  ${generation} (resumed)`);
  const failed = failedShards > 0 ? `, ${count(failedShards)} given up` : '';
  lines.push(
    `shards      ${count(doneShards)} of ${count(shards)} done${failed}, ${plural(runs, 'run')} in all`,
  );
  if (summary) {
    lines.push(
      `runs        ${count(summary.okRuns)} ok, ${count(summary.failedRuns)} failed, ${count(summary.missingRuns)} not run`,
    );
    const { best, objective } = summary;
    if (best) lines.push(`best        ${objective.metric} ${best.value} in run ${best.run_id}`);
    lines.push('', ...verdictLines(summary.verdict), '');
  }
  for (const [name, text] of measuredLines(status)) lines.push(`${name.padEnd(11)} ${text}`);
  if (state !== 'complete') {
    const verb = summary || state === 'refused' ? 'resume' : 'watch';
    lines.push(`go on with  backsweep ${verb} ${shortId(sweepId)}${atApi(address)}`);
  }
  print(lines.join('\n'));
}

/** `backsweep cancel ID --api`. */
export async function cancelCloud(api: SweepApi, sweepId: string, address: string, json: boolean) {
  const answer = await api.cancel(sweepId);
  if (json) return printJson(answer);
  const id = shortId(sweepId);
  print(
    answer.outcome === 'finished'
      ? `sweep ${id} has ended already`
      : `sweep ${id} cancelled: no further shard starts, what is finished is kept; backsweep resume ${id}${atApi(address)} goes on`,
  );
}

/** `backsweep resume ID --api`. */
export async function resumeCloud(api: SweepApi, sweepId: string, address: string, json: boolean) {
  const answer = await api.resume(sweepId);
  if (json) return printJson(answer);
  const id = shortId(sweepId);
  if (answer.outcome === 'complete') return print(`sweep ${id} is complete: nothing is left to run`);
  const what = answer.outcome === 'started' ? 'resumed' : 'goes on';
  print(`sweep ${id} ${what} as generation ${answer.generation}; backsweep watch ${id}${atApi(address)}`);
}

/** `backsweep top ID --api`: of the published leaders, since no SQL runs in the API. */
export async function topCloud(
  api: SweepApi,
  sweepId: string,
  { by, n, json }: { readonly by?: string; readonly n: number; readonly json: boolean },
): Promise<void> {
  if (by !== undefined) checkMetric(by);
  const { rows } = await api.leaderboard(sweepId, { by, limit: Math.min(n, MOST_LISTED) });
  if (json) return printJson(leadersJson(rows));
  if (rows.length === 0) return print('no run meets the conditions');
  const rankedBy = by ?? (await api.status(sweepId)).summary!.objective.metric;
  print(`${plural(rows.length, 'run')}, best ${rankedBy} first`);
  process.stdout.write(leadersTable(rows, axesOf(rows), rankedBy));
}

/** The axes that rows have as typed columns. */
export const axesOf = ([row = {}]: readonly RunRow[]) =>
  Object.keys(row)
    .filter((column) => column.startsWith('p_'))
    .map((column) => ({ column }));

/** The state in words. */
export function cloudState({ state, refusal, shards, doneShards }: CloudStatus): string {
  if (state === 'refused') return `refused: ${refusal}`;
  if (state === 'submitted') return 'submitted, not planned yet';
  if (state === 'running') return `running, ${count(doneShards)} of ${plural(shards, 'shard')} done`;
  return state.replaceAll('_', ' ');
}

/** What the workers measured of themselves, beside what was planned for them; nothing where there is nothing yet. */
export function measuredLines({ usage, cost }: CloudStatus): [name: string, text: string][] {
  const { attempts, workerSeconds, peakMb } = usage;
  const lines: [string, string][] = [];
  if (attempts > 0) {
    lines.push([
      'measured',
      `${dollars(cost.measuredUsd)} for ${duration(workerSeconds)} of workers in ${plural(attempts, 'attempt')}, ` +
        `up to ${count(peakMb)} MB; other functions and requests not included`,
    ]);
  }
  if (cost.planned) {
    const { expected, worst, pricesAsOf } = cost.planned;
    lines.push([
      'planned',
      `${dollars(expected.computeUsd + expected.barLoadingUsd)} for workers and loading bars, ${dollars(expected.totalUsd)} in all, ` +
        `at worst ${dollars(worst.totalUsd)}; prices of ${pricesAsOf}`,
    ]);
  }
  return lines;
}
