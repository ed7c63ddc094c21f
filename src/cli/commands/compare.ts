import { Command } from 'commander';
import { InvalidInputError } from '../../contracts/errors.ts';
import type { Store } from '../../sweep/ports.ts';
import { compareRuns, runComparisonText } from '../compare-runs.ts';
import { compareSweeps, sweepComparisonText } from '../compare-sweeps.ts';
import { onlyMatch, openSweeps, sweepIds } from '../find-sweep.ts';
import { shortId } from '../format.ts';
import { dirOption, jsonOption } from '../options.ts';
import { runsBeginning, type StoredRun } from '../replay-run.ts';
import { printable, printFitted, printJson } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly json: boolean;
}

/** `backsweep compare A B`. */
export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'two runs or two sweeps side by side: parameters, metrics, equity, the first orders that differ',
    )
    .argument('<a>', 'beginning of the id of a run or a sweep, or last')
    .argument('<b>', 'another one of the same kind')
    .addOption(dirOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep compare 3f9c2a41 77ab01cd\n')
    .action(async (a: string, b: string, { dir, json }: Flags) => {
      const store = await openSweeps(dir);
      const [left, right] = [await meant(dir, store, a), await meant(dir, store, b)];
      if ('sweepId' in left && 'sweepId' in right) {
        const comparison = await compareSweeps(dir, store, [left.sweepId, right.sweepId]);
        return json ? printJson(comparison) : printFitted(sweepComparisonText(comparison).trimEnd());
      }
      if ('row' in left && 'row' in right) {
        const comparison = await compareRuns(store, [ranOnly(left.row), ranOnly(right.row)]);
        return json ? printJson(comparison) : printFitted(runComparisonText(comparison).trimEnd());
      }
      const kinds = [left, right].map((each) => ('row' in each ? 'a run' : 'a sweep'));
      throw new InvalidInputError(
        `compare: expected two runs or two sweeps, found ${kinds[0]} (${a}) and ${kinds[1]} (${b})`,
      );
    });
}

type Meant = { readonly sweepId: string } | { readonly row: StoredRun };

/** The sweep or the run whose id begins so; InvalidInputError where both do, several or none. */
async function meant(dir: string, store: Store, wanted: string): Promise<Meant> {
  const ids = await sweepIds(store);
  if (wanted === 'last' && ids.length > 0) return { sweepId: ids[0]! };
  const sweeps = ids.filter((id) => wanted !== '' && id.startsWith(wanted));
  const runs = await runsBeginning(dir, store, wanted);
  if (sweeps.length === 0) return { row: runs.get(onlyMatch('run', wanted, [...runs.keys()]))! };
  if (runs.size === 0) return { sweepId: onlyMatch('sweep', wanted, sweeps) };
  throw new InvalidInputError(
    `${JSON.stringify(wanted)}: expected the beginning of one id, found a sweep (${shortId(sweeps[0]!)}) and ` +
      `a run (${shortId([...runs.keys()][0]!)}); give more digits`,
  );
}

function ranOnly(row: StoredRun): StoredRun {
  if (row.status === 'ok') return row;
  throw new InvalidInputError(
    `run ${row.run_id}: expected one that succeeded, found one that failed: ${printable(String(row.error))}`,
  );
}
