import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { CloudStatus } from '../../adapters/http/api-answers.ts';
import { openSweepApi, type SweepApi } from '../../adapters/http/sweep-api.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import type { Summary } from '../../contracts/summary.ts';
import { apiOption, atApi } from '../cloud-options.ts';
import { axesOf, findCloudSweep, measuredLines } from '../cloud-sweeps.ts';
import { exitCodeOf, Interrupted } from '../failures.ts';
import { duration, plural, shortId } from '../format.ts';
import { leadersJson } from '../leaders.ts';
import { jsonOption, positive } from '../options.ts';
import { createProgress, type ProgressDisplay } from '../progress.ts';
import { summaryText } from '../summary-text.ts';
import { isFancy, printFitted, printJson, widthOf } from '../terminal.ts';

const LEADERS_SHOWN = 10;

interface Flags {
  readonly api: string;
  readonly every: number;
  readonly json: boolean;
}

/** `backsweep watch ID`. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('follow a sweep in the cloud to its end; Ctrl-C ends the watching, not the sweep')
    .argument('[id]', 'beginning of the id of a sweep, or last', 'last')
    .addOption(apiOption().makeOptionMandatory())
    .option('--every <seconds>', 'how often to look', positive, 2)
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep watch last\n')
    .action(async (wanted: string, { api: address, every, json }: Flags) => {
      const api = openSweepApi(address);
      const sweepId = await findCloudSweep(api, wanted);
      const again = `backsweep watch ${shortId(sweepId)}${atApi(address)}`;
      const started = performance.now();
      const { status, summary } = await follow(api, sweepId, { every, quiet: json, again });
      const { rows } = await api.leaderboard(sweepId, { limit: LEADERS_SHOWN });
      process.exitCode = exitCodeOf(summary);
      if (json) return printJson({ ...status, leaders: leadersJson(rows) });
      const name = (await api.list(1_000)).find((each) => each.sweepId === sweepId)?.name ?? 'sweep';
      const id = shortId(sweepId);
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
    });
}

interface FollowOptions {
  /** Seconds between two looks. */
  readonly every: number;
  readonly quiet: boolean;
  /** The command that goes on watching. */
  readonly again: string;
}

/** Looks at a sweep until it has ended, and shows how far it is. */
async function follow(
  api: SweepApi,
  sweepId: string,
  { every, quiet, again }: FollowOptions,
): Promise<{ status: CloudStatus; summary: Summary }> {
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
      const status = await api.status(sweepId);
      const { summary, state, refusal } = status;
      if (summary) return { status, summary };
      if (state === 'refused') {
        throw new InvalidInputError(
          `sweep ${shortId(sweepId)} was refused: ${refusal}; submit it again once that is changed`,
        );
      }
      show(display, status);
      await sleep(every * 1_000, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) {
        throw new Interrupted(`stopped watching; the sweep goes on in the cloud: ${again}`);
      }
    }
  } finally {
    display?.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Runs are counted by shards that are done, all but the last of one size; before the plan there is nothing to show. */
function show(
  display: ProgressDisplay | null,
  { state, runs, shards, doneShards, failedShards }: CloudStatus,
) {
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
