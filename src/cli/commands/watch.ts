import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import * as z from 'zod';
import { InvalidInputError } from '../../contracts/errors.ts';
import { axisColumns } from '../../contracts/result-row.ts';
import type { Summary } from '../../contracts/summary.ts';
import { gridOf } from '../../sweep/grid.ts';
import { getJson } from '../../sweep/json-objects.ts';
import { specKey } from '../../sweep/keys.ts';
import { resultColumns } from '../../sweep/result-columns.ts';
import type { SweepStatus } from '../../sweep/status.ts';
import { readResolvedSpec } from '../../sweep/sweep-content.ts';
import { apiOf, apiOption, atApi } from '../cloud-options.ts';
import { exitCodeOf, Interrupted } from '../failures.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { duration, plural, shortId } from '../format.ts';
import { leadersJson } from '../leaders.ts';
import { dirOption, inDirectory, jsonOption, positive } from '../options.ts';
import { createProgress, type ProgressDisplay } from '../progress.ts';
import { publishedLeaders } from '../published.ts';
import { summaryText } from '../summary-text.ts';
import { sweepOverview } from '../sweep-overview.ts';
import { isFancy, printFitted, printJson, widthOf } from '../terminal.ts';

const LEADERS_SHOWN = 10;

interface Flags {
  readonly dir: string;
  readonly every: number;
  readonly json: boolean;
}

/** `backsweep watch ID`. */
export function watchCommand(): Command {
  return new Command('watch')
    .description(
      'follow a sweep to its end, from another terminal or in the cloud; Ctrl-C ends the watching alone',
    )
    .argument('[id]', 'beginning of the id of a sweep, or last', 'last')
    .option('--every <seconds>', 'how often to look', positive, 2)
    .addOption(dirOption())
    .addOption(apiOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep watch last\n')
    .action(async (wanted: string, flags: Flags, command: Command) => {
      const address = apiOf(command);
      if (address === null) await watchHere(wanted, flags);
      else await watchInCloud(address, wanted, flags);
    });
}

async function watchHere(wanted: string, { dir, every, json }: Flags): Promise<void> {
  const store = await openSweeps(dir);
  const sweepId = await findSweep(store, wanted);
  const id = shortId(sweepId);
  const where = inDirectory(dir);
  const started = performance.now();
  const goesOn = `stopped watching; whoever runs the sweep goes on: backsweep watch ${id}${where}`;
  const { status, summary } = await follow(() => sweepOverview(store, sweepId), {
    every,
    quiet: json,
    goesOn,
  });
  const grid = gridOf(readResolvedSpec(await getJson(store, specKey(sweepId), z.unknown())));
  const leaders = await publishedLeaders(store, summary, resultColumns(grid), LEADERS_SHOWN);
  process.exitCode = exitCodeOf(summary);
  if (json) return printJson({ ...status, leaders: leadersJson(leaders) });
  const lost = summary.failedRuns + summary.missingRuns;
  const causes = `${plural(lost, 'run')} without a result; by cause: backsweep query ${id} failures${where}`;
  const next = [`backsweep top ${id}${where}`, `backsweep report ${id}${where}`];
  if (summary.status !== 'complete') next.push(`backsweep resume ${id}${where}`);
  printFitted(
    summaryText({
      name: status.name,
      summary,
      leaders,
      axes: axisColumns(grid),
      causes: [],
      files: {},
      took: `watched for ${duration((performance.now() - started) / 1000)}`,
      about: [['results', `${dir} (sweep ${id})`], ...(lost > 0 ? ([['failed', causes]] as const) : [])],
      next,
    }),
  );
}

/** The parts of the cloud are loaded only where they are used. */
async function watchInCloud(address: string, wanted: string, { every, json }: Flags): Promise<void> {
  const { openSweepApi } = await import('../../adapters/http/sweep-api.ts');
  const { axesOf, findCloudSweep, measuredLines } = await import('../cloud-sweeps.ts');
  const api = openSweepApi(address);
  const sweepId = await findCloudSweep(api, wanted);
  const id = shortId(sweepId);
  const started = performance.now();
  const goesOn = `stopped watching; the sweep goes on in the cloud: backsweep watch ${id}${atApi(address)}`;
  const { status, summary } = await follow(() => api.status(sweepId), { every, quiet: json, goesOn });
  const { rows } = await api.leaderboard(sweepId, { limit: LEADERS_SHOWN });
  process.exitCode = exitCodeOf(summary);
  if (json) return printJson({ ...status, leaders: leadersJson(rows) });
  const name = (await api.list(1_000)).find((each) => each.sweepId === sweepId)?.name ?? 'sweep';
  const lost = summary.failedRuns + summary.missingRuns;
  const causes = `${plural(lost, 'run')} without a result; by cause: backsweep query ${sweepId} failures --athena`;
  const next = [`backsweep top ${id}${atApi(address)}`];
  if (summary.status !== 'complete') next.push(`backsweep resume ${id}${atApi(address)}`);
  printFitted(
    summaryText({
      name,
      summary,
      leaders: rows,
      axes: axesOf(rows),
      causes: [],
      files: {},
      took: `watched for ${duration((performance.now() - started) / 1000)}`,
      about: [
        ['sweep', sweepId],
        ...(lost > 0 ? ([['failed', causes]] as const) : []),
        ...measuredLines(status),
      ],
      next,
    }),
  );
}

interface FollowOptions {
  /** Seconds between two looks. */
  readonly every: number;
  readonly quiet: boolean;
  /** What to say to who stops watching, with the command that goes on. */
  readonly goesOn: string;
}

/** What is looked at; the state of a sweep in the cloud has more words. */
type Watched = Pick<
  SweepStatus,
  'refusal' | 'runs' | 'shards' | 'doneShards' | 'failedShards' | 'summary'
> & {
  readonly state: string;
};

/** Looks at a sweep until it has ended, and shows how far it is. */
async function follow<Status extends Watched>(
  look: () => Promise<Status>,
  { every, quiet, goesOn }: FollowOptions,
): Promise<{ status: Status; summary: Summary }> {
  const style = isFancy(process.stderr) ? 'bar' : 'lines';
  const display = quiet
    ? null
    : createProgress({
        stream: process.stderr,
        style,
        now: () => performance.now(),
        width: () => widthOf(process.stderr),
      });
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    for (;;) {
      const status = await look();
      const { summary, state, refusal } = status;
      if (summary) return { status, summary };
      if (state === 'refused') {
        throw new InvalidInputError(
          `the sweep was refused: ${refusal}; submit it again once that is changed`,
        );
      }
      show(display, status);
      await sleep(every * 1_000, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) {
        throw new Interrupted(goesOn);
      }
    }
  } finally {
    display?.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Runs are counted by shards that are done, all but the last of one size; before the plan there is nothing to show. */
function show(display: ProgressDisplay | null, { state, runs, shards, doneShards, failedShards }: Watched) {
  if (shards === 0) return;
  const settled = doneShards + failedShards;
  display?.update({
    phase: settled === shards || state === 'cancelling' ? 'aggregate' : 'shards',
    runs,
    doneRuns: Math.min(runs, doneShards * Math.ceil(runs / shards)),
    failedRuns: 0,
    shards,
    doneShards,
  });
}
