import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { packageFile } from '../../adapters/local/package-file.ts';
import { openStoredSweep } from '../../adapters/local/sweep-places.ts';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import type { InstructionMatrix } from '../../core/instructions.ts';
import type { RunConfig } from '../../core/run-config.ts';
import { barsCsv, instructionsJson, weightsCsv } from '../../formats/export-files.ts';
import {
  accountOf,
  EXPORT_TARGETS,
  type ExportTarget,
  exportLimits,
  sizePrecision,
} from '../../formats/export-limits.ts';
import { type SimulationResult, simulateMatrix } from '../../sweep/simulate.ts';
import { openSweeps } from '../find-sweep.ts';
import { commandLine, dirOption, jsonOption } from '../options.ts';
import { findRun, runInputs } from '../replay-run.ts';
import { print, printJson } from '../terminal.ts';

interface Flags {
  readonly to: ExportTarget;
  readonly out?: string;
  readonly dir: string;
  readonly json: boolean;
}

const SCRIPT = 'run_instructions.py';

/** `backsweep export --to ENGINE RUN_ID`. */
export function exportCommand(): Command {
  return new Command('export')
    .description(
      'write one run with a script that repeats it in another engine, and say what that does otherwise',
    )
    .argument('<run-id>', 'beginning of the id of a run, from any sweep of the directory')
    .addOption(new Option('--to <engine>', 'the engine').choices([...EXPORT_TARGETS]).makeOptionMandatory())
    .option('--out <dir>', 'folder to write into, made where it is missing (default: ENGINE-RUN_ID)')
    .addOption(dirOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ backsweep export 3f9c2a41 --to vectorbt && python vectorbt-3f9c2a41/run_instructions.py vectorbt-3f9c2a41\n',
    )
    .action(async (wanted: string, flags: Flags) => {
      const store = await openSweeps(flags.dir);
      const row = await findRun(flags.dir, store, wanted);
      const id = String(row.run_id);
      if (row.status !== 'ok') {
        throw new InvalidInputError(
          `run ${id}: expected a run that ended well, found ${row.status}; \`backsweep show ${id}\` says why`,
        );
      }
      const run = runInputs(row, await openStoredSweep(store, String(row.sweep_id)));
      const { refusal, departures } = exportLimits(flags.to, run);
      if (refusal !== null) {
        throw new InvalidInputError(
          `run ${id}: expected a run that ${flags.to} can express, found ${refusal}; --to nautilus can, or export a run without`,
        );
      }
      const result = simulateMatrix(run.bars, run.matrix, run.config, 'both');
      const files = {
        'bars.csv': barsCsv(run.bars),
        'instructions.json': instructionsJson(run.matrix, run.bars),
        'weights.csv': weightsCsv(run.matrix, run.bars),
        'config.json': `${JSON.stringify(configOf(run), null, 2)}\n`,
        'expected.json': `${JSON.stringify(expectedOf(id, result, departures))}\n`,
        ...(await scriptFor(flags.to)),
      };
      const out = flags.out ?? `${flags.to}-${id.slice(0, 10)}`;
      await writeFiles(out, files);
      printExport(flags, out, id, Object.keys(files), departures);
    });
}

/** What the scripts read; the fill model too, so that they can choose their options. */
function configOf({ config, matrix }: { config: RunConfig; matrix: InstructionMatrix }) {
  const { cash, feeRate, fixedFee, slippage, lotSize, minSize, stops, fill } = config;
  const nullable = (stop: number) => (Number.isNaN(stop) ? null : stop);
  return {
    cash,
    feeRate,
    fixedFee,
    slippage,
    lotSize,
    minSize,
    account: accountOf({ config, matrix }),
    sizePrecision: sizePrecision(lotSize),
    stops: {
      stopLoss: nullable(stops.stopLoss),
      trailingStop: nullable(stops.trailingStop),
      takeProfit: nullable(stops.takeProfit),
    },
    fill,
  };
}

/** Our outcome, for the script to compare with. */
function expectedOf(run_id: string, { orders, equity }: SimulationResult, departures: readonly string[]) {
  return { run_id, departures, orders, equity };
}

/** The script and its packages, which the package of backsweep brings along: the one that its own checks run. */
async function scriptFor(target: ExportTarget): Promise<Record<string, string>> {
  const at = (file: string) => packageFile(`test/peers/${target}/${file}`);
  const files = [SCRIPT, 'requirements.txt'];
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(at(file), 'utf8')])),
  );
}

async function writeFiles(out: string, files: Readonly<Record<string, string>>): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(out, name), text);
  } catch (cause) {
    throw new OutsideError(`${out}: cannot write the export there; name another folder with --out`, {
      cause,
    });
  }
}

function printExport(
  { to, json }: Flags,
  out: string,
  id: string,
  files: readonly string[],
  departures: readonly string[],
): void {
  if (json) {
    printJson({ run_id: id, to, out, files, departures });
    return;
  }
  print(`run ${id} for ${to}: ${files.join(', ')} in ${out}`);
  for (const departure of departures) print(`differs     ${departure}`);
  if (departures.length === 0) print(`differs     nothing known: ${to} should give the same equity to 1e-9`);
  print(`packages    ${commandLine('pip', 'install', '--no-deps', '-r', `${out}/requirements.txt`)}`);
  print(`run it      ${commandLine('python', `${out}/${SCRIPT}`, out)}`);
}
