import { Command } from 'commander';
import { openSweepApi } from '../../adapters/http/sweep-api.ts';
import { type LocalSubmission, openSubmission } from '../../adapters/local/open-submission.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import { pushDataset, pushInstructions } from '../../sweep/push.ts';
import { apiOption, atApi, bucketName, endpointOption } from '../cloud-options.ts';
import { plannedText } from '../cost-text.ts';
import { shortId } from '../format.ts';
import { jsonOption } from '../options.ts';
import { openBucket, pushedText } from '../push-to-bucket.ts';
import { colorsOf, note, print, printable, printJson } from '../terminal.ts';

interface Flags {
  readonly api: string;
  readonly bucket?: string;
  readonly endpoint?: string;
  readonly json: boolean;
}

/** `backsweep submit sweep.yaml`. */
export function submitCommand(): Command {
  return new Command('submit')
    .description(
      'start a sweep in the cloud; submitted again it is the same sweep. Refused above maxCostUsd of the sweep file',
    )
    .argument('<sweep.yaml>', 'sweep file, YAML or JSON')
    .addOption(apiOption().makeOptionMandatory())
    .option(
      '--bucket <bucket>',
      'the bucket of the stack (its output BucketName): bars and instructions of this machine are pushed first',
      bucketName,
    )
    .addOption(endpointOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ backsweep submit sweep.yaml --api https://….execute-api.eu-west-1.amazonaws.com --bucket backsweep-dev-data\n',
    )
    .action(async (file: string, flags: Flags) => {
      const { api, json } = flags;
      const submission = await openSubmission(file);
      await pushContent(submission, flags);
      const submitted = await openSweepApi(api).submit(submission.body);
      if (json) return printJson({ name: submission.name, ...submitted });
      const { sweepId, generation } = submitted;
      const resumed = generation > 0 ? ` as generation ${generation}` : '';
      print(`${colorsOf(process.stdout).bold(printable(submission.name))}: submitted${resumed}`);
      print(plannedText(submitted, `backsweep watch ${shortId(sweepId)}${atApi(api)}`));
    });
}

/** Puts what the sweep names and lies here into the bucket, if that is known. */
async function pushContent(submission: LocalSubmission, { bucket, endpoint, json }: Flags): Promise<void> {
  const { dataset, instructions } = submission;
  const target = bucket ?? submission.bucket;
  if (target === null) {
    if (instructions.size === 0) return; // bars may have been pushed; if not, the API says so
    throw new InvalidInputError(
      '--bucket: expected the bucket of the stack, since the sweep names instructions of this machine, found none; ' +
        'give its output BucketName',
    );
  }
  const store = openBucket(target, endpoint);
  if (dataset !== null) {
    const pushed = await pushDataset(store, dataset.manifest, dataset.read);
    if (!json) note(`bars ${shortId(dataset.manifest.datasetId)}: ${pushedText(pushed)}`);
  }
  for (const events of instructions.values()) await pushInstructions(store, events);
}
