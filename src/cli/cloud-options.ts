import { type Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInputError } from '../contracts/errors.ts';

/** The stack that a command asks instead of a directory. */
export const apiOption = () =>
  new Option('--api <url>', 'the stack in the cloud (its output ApiUrl) instead of --dir').env(
    'BACKSWEEP_API',
  );

/** Where S3 or Athena are emulated. */
export const endpointOption = () =>
  new Option('--endpoint <url>', 'address of an emulator of AWS (default: AWS itself)');

/**
 * The address of the stack that a command is meant for, or null for a directory.
 *
 * A directory that is asked for wins over the environment; InvalidInputError where both were asked for.
 */
export function apiOf(command: Command): string | null {
  const { api } = command.opts<{ api?: string }>();
  if (api === undefined) return null;
  if (command.getOptionValueSource('dir') !== 'cli') return api;
  if (command.getOptionValueSource('api') === 'env') return null;
  throw new InvalidInputError(
    '--api: expected a stack or a directory, found --dir too; leave one of them out',
  );
}

/** The end of a command that is meant for the same stack; '' where the environment names it. */
export const atApi = (api: string) => (process.env.BACKSWEEP_API === api ? '' : ` --api ${api}`);

/** The name of a bucket, given as it is or as s3://bucket. */
export function bucketName(text: string): string {
  const found = /^(?:s3:\/\/)?([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?$/.exec(text);
  if (found) return found[1]!;
  throw new InvalidArgumentError('expected a bucket: s3://name.');
}
