import { Command } from 'commander';
import { openDirectoryStore } from '../../adapters/local/directory-store.ts';
import { openSweepFile } from '../../adapters/local/open-sweep.ts';
import { runAndReport } from '../finish.ts';
import { commandLine, dirOption, inDirectory, jsonOption, wholeNumber } from '../options.ts';

interface Flags {
  readonly dir: string;
  readonly threads?: number;
  readonly json: boolean;
  readonly report: boolean;
}

/** `backsweep run sweep.yaml`. */
export function runCommand(): Command {
  return new Command('run')
    .description('run a sweep on this machine; interrupted or repeated, only what is missing runs')
    .argument('<sweep.yaml>', 'sweep file, YAML or JSON')
    .option('--threads <n>', 'threads to use (default: all the machine has)', wholeNumber)
    .option('--no-report', 'write no report at the end')
    .addOption(dirOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep run sweep.yaml --threads 4\n')
    .action(async (file: string, { dir, threads, json, report }: Flags) => {
      const opened = await openSweepFile(file);
      const store = await openDirectoryStore(dir);
      const again = `${commandLine('backsweep', 'run', file)}${inDirectory(dir)}`;
      await runAndReport(store, opened, dir, { threads, json, quiet: json, again, report });
    });
}
