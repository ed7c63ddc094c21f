import { InvalidInputError, OutsideError } from '../contracts/errors.ts';
import type { Summary } from '../contracts/summary.ts';
import { note } from './terminal.ts';

/** What a command ends with. */
export const EXIT = { done: 0, failedRuns: 1, badInput: 2, outside: 3, interrupted: 130 } as const;

/** What a command ends with that saw a sweep end. */
export function exitCodeOf({ status, failedRuns, missingRuns }: Summary): number {
  if (failedRuns === 0 && missingRuns === 0) return EXIT.done;
  return status === 'cancelled' ? EXIT.interrupted : EXIT.failedRuns;
}

/** Somebody pressed Ctrl-C or the system asked us to end; the message says how to go on. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

interface Failure {
  readonly kind: 'invalid_input' | 'outside' | 'interrupted' | 'unexpected';
  readonly exitCode: number;
}

function failureOf(error: unknown): Failure {
  if (error instanceof InvalidInputError) return { kind: 'invalid_input', exitCode: EXIT.badInput };
  if (error instanceof OutsideError) return { kind: 'outside', exitCode: EXIT.outside };
  if (error instanceof Interrupted) return { kind: 'interrupted', exitCode: EXIT.interrupted };
  return { kind: 'unexpected', exitCode: EXIT.outside };
}

/**
 * Tells a failure on stderr, as one message or as `{"error": {kind, message, exitCode}}`, and gives the exit code.
 *
 * What we did not foresee is said to be our mistake; its stack is shown only where BACKSWEEP_DEBUG is set.
 */
export function reportFailure(error: unknown, json: boolean): number {
  const failure = failureOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    note(JSON.stringify({ error: { kind: failure.kind, message, exitCode: failure.exitCode } }));
  } else if (failure.kind === 'unexpected') {
    note(`unexpected error: ${message}\nThis is a mistake in backsweep: please report it with the command.`);
    if (!process.env.BACKSWEEP_DEBUG) note('BACKSWEEP_DEBUG=1 shows where it happened.');
  } else {
    note(failure.kind === 'interrupted' ? message : `error: ${message}`);
  }
  if (process.env.BACKSWEEP_DEBUG && error instanceof Error) note(stackOf(error));
  return failure.exitCode;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
