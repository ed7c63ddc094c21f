import { Command } from 'commander';
import { apiOf, apiOption } from '../cloud-options.ts';
import { openSweeps, sweepIds } from '../find-sweep.ts';
import { count, shortId } from '../format.ts';
import { dirOption, jsonOption } from '../options.ts';
import { type SweepOverview, stateText, sweepOverview } from '../sweep-overview.ts';
import { table } from '../table.ts';
import { print, printJson } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly json: boolean;
}

/** `backsweep list`. */
export function listCommand(): Command {
  return new Command('list')
    .description('all sweeps of a directory, or of a stack, the latest first')
    .addOption(dirOption())
    .addOption(apiOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep list\n')
    .action(async ({ dir, json }: Flags, command: Command) => {
      const address = apiOf(command);
      if (address !== null) return listInCloud(address, json);
      const store = await openSweeps(dir);
      const sweeps: SweepOverview[] = [];
      for (const id of await sweepIds(store)) sweeps.push(await sweepOverview(store, id));
      if (json) return printJson(sweeps);
      if (sweeps.length === 0) return print(`no sweeps in ${dir}`);
      const rows = sweeps.map((sweep) => [
        shortId(sweep.sweepId),
        sweep.name,
        stateText(sweep, Date.now()),
        count(sweep.runs),
        count(sweep.summary?.failedRuns),
        bestText(sweep),
      ]);
      process.stdout.write(table(['sweep', 'name', 'state', 'runs', 'failed', 'best'], rows));
    });
}

function bestText({ summary }: SweepOverview): string {
  if (!summary?.best) return '';
  return `${summary.objective.metric} ${summary.best.value.toPrecision(4)} (run ${shortId(summary.best.run_id)})`;
}

/** The parts of the cloud are loaded only where they are used. */
async function listInCloud(address: string, json: boolean): Promise<void> {
  const { openSweepApi } = await import('../../adapters/http/sweep-api.ts');
  const { listCloud } = await import('../cloud-sweeps.ts');
  await listCloud(openSweepApi(address), json);
}
