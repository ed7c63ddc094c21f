import { OutsideError } from '../../contracts/errors.ts';

/** What an answer of S3, or the lack of one, comes down to. */
interface Failure {
  readonly name: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
}

/** Errors that pass although their status says the caller is at fault. */
const PASSING = new Set([
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'ExpiredToken',
  'TooManyRequestsException',
]);
/** Errors without a status that no repetition cures. */
const LASTING = new Set(['CredentialsProviderError', 'InvalidInputError', 'TypeError']);

/** Name and HTTP status of an error that the SDK threw. */
export function failureOf(error: unknown): Failure {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return { name: name ?? '', status: $metadata?.httpStatusCode };
}

/** Whether trying again may help: no answer, 409, 429, 5xx and SlowDown; not what the caller must change. */
export function mayPass(error: unknown): boolean {
  const { name, status } = failureOf(error);
  if (PASSING.has(name)) return true;
  if (status === undefined || status < 400) return !LASTING.has(name) && !isWithoutRegion(error);
  return status === 409 || status === 429 || status >= 500;
}

/** The SDK's error about it has no name of its own. */
const isWithoutRegion = (error: unknown) => error instanceof Error && error.message === 'Region is missing';

/** Whether there is nothing under the key (a missing bucket is another matter). */
export function isMissing(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return status === 404 && name !== 'NoSuchBucket';
}

const WAYS_OUT: Readonly<Record<number, string>> = {
  301: 'the bucket lies in another region; set AWS_REGION to it',
  403: 'access denied; check the credentials and what their policy admits on this key',
  404: 'there is no such bucket; check its name',
};

function adviceFor(name: string, status: number | undefined, cause: unknown): string {
  if (name === 'CredentialsProviderError')
    return 'no credentials of AWS were found; set AWS_PROFILE, or log in';
  if (isWithoutRegion(cause)) return 'no region was found; set AWS_REGION to that of the bucket';
  return WAYS_OUT[status ?? 0] ?? 'it was tried several times; try again later';
}

/** The failure of an operation on a key as an error of ours, with what can be done about it. */
export function s3Failure(action: string, bucket: string, key: string, cause: unknown): OutsideError {
  if (cause instanceof OutsideError) return cause;
  const { name, status } = failureOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  const advice = adviceFor(name, status, cause);
  const found = [status, name, message].filter((part) => part !== undefined && part !== '').join(' ');
  return new OutsideError(`cannot ${action} s3://${bucket}/${key}: ${advice} (${found})`, { cause });
}
