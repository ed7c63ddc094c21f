import { Command, Option } from 'commander';
import { openStoredSweep } from '../../adapters/local/sweep-places.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import { bucketName, endpointOption } from '../cloud-options.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { bytes } from '../format.ts';
import { dirOption, jsonOption } from '../options.ts';
import { reportName, reportPath, type WrittenReport, writeReport } from '../report-file.ts';
import { bucketPlace, localPlace } from '../report-place.ts';
import { note, print, printJson } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly bucket?: string;
  readonly strategy?: string;
  readonly endpoint?: string;
  readonly out?: string;
  readonly json: boolean;
}

/** `backsweep report ID`. */
export function reportCommand(): Command {
  return new Command('report')
    .description('write what came of a sweep as one HTML file that needs no network')
    .argument('<id>', 'beginning of the id of a sweep, or last')
    .option('-o, --out <file>', 'the file (default: reports/ of --dir; with --bucket, the working directory)')
    .addOption(dirOption())
    .addOption(
      new Option('--bucket <bucket>', 's3://bucket of a stack instead of --dir')
        .argParser(bucketName)
        .conflicts('dir'),
    )
    .option(
      '--strategy <module>',
      'with --bucket: the module of a strategy of your own, to replay the leaders',
    )
    .addOption(endpointOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ backsweep report last\n  $ backsweep report 2047d243b1 --bucket s3://backsweep-dev-data --out demo.html\n',
    )
    .action(async (wanted: string, flags: Flags) => {
      if (flags.bucket === undefined && flags.strategy !== undefined) {
        throw new InvalidInputError(
          '--strategy: expected --bucket with it, found none; a directory remembers where the module lies',
        );
      }
      const written = await (flags.bucket === undefined ? localReport : bucketReport)(wanted, flags);
      if (flags.json) return printJson(written);
      if (written.withoutCurves !== null) note(`note: no curves of the best runs: ${written.withoutCurves}`);
      print(`${written.file} (${bytes(written.bytes)})`);
    });
}

async function localReport(wanted: string, { dir, out }: Flags): Promise<WrittenReport> {
  const store = await openSweeps(dir);
  const sweepId = await findSweep(store, wanted);
  return writeReport({
    store,
    sweepId,
    inputs: await unlessGone(async () => (await openStoredSweep(store, sweepId)).prepared.inputs),
    place: await localPlace(store, sweepId, dir),
    out: out ?? ((name) => reportPath(dir, name, sweepId)),
  });
}

/** The parts of the cloud are loaded only where they are used. */
async function bucketReport(
  wanted: string,
  { bucket, endpoint, strategy, out }: Flags,
): Promise<WrittenReport> {
  const { openBucket } = await import('../push-to-bucket.ts');
  const { bucketInputs } = await import('../bucket-inputs.ts');
  const store = openBucket(bucket!, endpoint);
  const sweepId = await findSweep(store, wanted);
  return writeReport({
    store,
    sweepId,
    inputs: await unlessGone(() => bucketInputs(store, sweepId, strategy)),
    place: await bucketPlace(store, sweepId),
    out: out ?? ((name) => reportName(name, sweepId)),
  });
}

/** A sweep whose bars or strategy are gone still has a report, without curves; says why. */
async function unlessGone<T>(open: () => Promise<T>): Promise<T | string> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
}
