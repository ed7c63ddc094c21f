import { Command } from 'commander';
import { openStoredSweep } from '../../adapters/local/sweep-places.ts';
import { apiOf, apiOption } from '../cloud-options.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { runAndReport } from '../finish.ts';
import { shortId } from '../format.ts';
import { dirOption, inDirectory, jsonOption, wholeNumber } from '../options.ts';

interface Flags {
  readonly dir: string;
  readonly threads?: number;
  readonly json: boolean;
  readonly report: boolean;
}

/** `backsweep resume ID`. */
export function resumeCommand(): Command {
  return new Command('resume')
    .description('run what a sweep still lacks: interrupted, cancelled, or with shards given up')
    .argument('<id>', 'beginning of the id of a sweep, or last')
    .option('--threads <n>', 'threads to use (default: all the machine has)', wholeNumber)
    .option('--no-report', 'write no report at the end')
    .addOption(dirOption())
    .addOption(apiOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep resume last\n')
    .action(async (wanted: string, { dir, threads, json, report }: Flags, command: Command) => {
      const address = apiOf(command);
      if (address !== null) return resumeInCloud(address, wanted, json);
      const store = await openSweeps(dir);
      const id = await findSweep(store, wanted);
      const opened = await openStoredSweep(store, id);
      const again = `backsweep resume ${shortId(id)}${inDirectory(dir)}`;
      await runAndReport(store, opened, dir, { threads, json, quiet: json, again, report });
    });
}

/** The parts of the cloud are loaded only where they are used. */
async function resumeInCloud(address: string, wanted: string, json: boolean): Promise<void> {
  const { openSweepApi } = await import('../../adapters/http/sweep-api.ts');
  const { resumeCloud, findCloudSweep } = await import('../cloud-sweeps.ts');
  const api = openSweepApi(address);
  await resumeCloud(api, await findCloudSweep(api, wanted), address, json);
}
