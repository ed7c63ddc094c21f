import { Command } from 'commander';
import { runLocalSweep } from '../../adapters/local/run-local-sweep.ts';
import { openStoredSweep } from '../../adapters/local/sweep-places.ts';
import { cancelSweep } from '../../sweep/cancel.ts';
import { apiOf, apiOption } from '../cloud-options.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { count, plural, shortId } from '../format.ts';
import { dirOption, inDirectory, jsonOption } from '../options.ts';
import { print, printJson } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly json: boolean;
}

const NO_QUEUE = { send: async () => undefined };

/** `backsweep cancel ID`. */
export function cancelCommand(): Command {
  return new Command('cancel')
    .description(
      'stop a sweep wherever it runs; what is finished is published, and `resume` goes on from there',
    )
    .argument('<id>', 'beginning of the id of a sweep, or last')
    .addOption(dirOption())
    .addOption(apiOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep cancel last\n')
    .action(async (wanted: string, { dir, json }: Flags, command: Command) => {
      const address = apiOf(command);
      if (address !== null) return cancelInCloud(address, wanted, json);
      const store = await openSweeps(dir);
      const sweepId = await findSweep(store, wanted);
      const outcome = await cancelSweep(store, NO_QUEUE, sweepId);
      if (outcome === 'finished') {
        return json ? printJson({ sweepId, outcome }) : print(`sweep ${shortId(sweepId)} has ended already`);
      }
      // No shard starts any more, here or in another process; whoever is first publishes what is there.
      const { prepared, source } = await openStoredSweep(store, sweepId);
      const summary = await runLocalSweep(store, prepared, source, { threads: 1 });
      if (json) return printJson({ sweepId, outcome, summary });
      const done = `${count(summary.okRuns + summary.failedRuns)} of ${plural(summary.runs, 'run')}`;
      print(
        `sweep ${shortId(sweepId)} cancelled: ${done} are kept; backsweep resume ${shortId(sweepId)}${inDirectory(dir)} goes on`,
      );
    });
}

/** The parts of the cloud are loaded only where they are used. */
async function cancelInCloud(address: string, wanted: string, json: boolean): Promise<void> {
  const { openSweepApi } = await import('../../adapters/http/sweep-api.ts');
  const { cancelCloud, findCloudSweep } = await import('../cloud-sweeps.ts');
  const api = openSweepApi(address);
  await cancelCloud(api, await findCloudSweep(api, wanted), address, json);
}
