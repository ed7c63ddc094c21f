import { Command } from 'commander';
import { apiOf, apiOption } from '../cloud-options.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { count, plural, shortId } from '../format.ts';
import { dirOption, inDirectory, jsonOption } from '../options.ts';
import { verdictLines } from '../summary-text.ts';
import { type SweepOverview, stateText, sweepOverview } from '../sweep-overview.ts';
import { colorsOf, print, printable, printJson } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly json: boolean;
}

/** `backsweep status ID`. */
export function statusCommand(): Command {
  return new Command('status')
    .description('where a sweep stands')
    .argument('[id]', 'beginning of the id of a sweep, or last', 'last')
    .addOption(dirOption())
    .addOption(apiOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep status last\n')
    .action(async (wanted: string, { dir, json }: Flags, command: Command) => {
      const address = apiOf(command);
      if (address !== null) return statusInCloud(address, wanted, json);
      const store = await openSweeps(dir);
      const overview = await sweepOverview(store, await findSweep(store, wanted));
      if (json) printJson(overview);
      else print(statusText(overview, dir));
    });
}

function statusText(overview: SweepOverview, dir: string): string {
  const { bold } = colorsOf(process.stdout);
  const { sweepId, generation, name, runs, shards, doneShards, failedShards, summary, state } = overview;
  const lines = [`${bold(printable(name))}: ${stateText(overview, Date.now())}`, `sweep       ${sweepId}`];
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
  if (state !== 'complete') lines.push(`go on with  backsweep resume ${shortId(sweepId)}${inDirectory(dir)}`);
  return lines.join('\n');
}

/** The parts of the cloud are loaded only where they are used. */
async function statusInCloud(address: string, wanted: string, json: boolean): Promise<void> {
  const { openSweepApi } = await import('../../adapters/http/sweep-api.ts');
  const { statusCloud, findCloudSweep } = await import('../cloud-sweeps.ts');
  const api = openSweepApi(address);
  await statusCloud(api, await findCloudSweep(api, wanted), address, json);
}
