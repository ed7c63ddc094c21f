import { resolve } from 'node:path';
import { openDirectoryStore } from '../adapters/local/directory-store.ts';
import { openSweepContent, openSweepFile } from '../adapters/local/open-sweep.ts';
import { runOpenedSweep } from '../adapters/local/run-opened-sweep.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import type { Summary } from '../contracts/summary.ts';
import type { SweepSpecInput } from '../contracts/sweep-spec.ts';
import type { SweepProgress } from '../sweep/ports.ts';
import { readLeaderboard } from '../sweep/read-leaderboard.ts';
import { type ResultRow, resultRow, storedRows } from './result-row.ts';

/** How a sweep is run on this machine. */
export interface RunSweepOptions {
  /** Directory of the sweeps, made where it is missing; default `.backsweep`. */
  readonly dir?: string;
  /** What paths in a sweep given as an object are relative to; default: the working directory. */
  readonly baseDir?: string;
  /** Threads, at least 1; default: all the machine has. */
  readonly threads?: number;
  /** Stops the sweep; what is finished is kept, and the same call goes on with it. */
  readonly signal?: AbortSignal;
  /** Hears how far the sweep is, after every shard. */
  readonly onProgress?: (progress: SweepProgress) => void;
}

/** A sweep that has run, and how its rows are read. */
export interface SweepResult {
  /** 32 hex digits; the same sweep has the same id everywhere. */
  readonly sweepId: string;
  /** Absolute path of the directory of the sweeps: `backsweep top ID --dir DIR` and all other commands work on it. */
  readonly dir: string;
  readonly summary: Summary;
  /**
   * The best of the published leaders, best first, by the objective or by another metric.
   *
   * @throws InvalidInputError for an unknown metric and for a limit that is no whole number of at least 1
   */
  leaderboard(options?: { readonly by?: string; readonly limit?: number }): Promise<ResultRow[]>;
  /** Every row in the order of the runs, shard by shard: memory does not grow with their number. */
  rows(): AsyncIterable<ResultRow>;
}

const LEADERS = 20;

/**
 * Runs a sweep on threads of this machine, as `backsweep run` does: repeated or interrupted, only what is missing runs.
 *
 * A run that throws is a row with `status: 'failed'`, no failure of the sweep: look at `summary.failedRuns`.
 *
 * @param sweep path of a sweep file, or what would stand in one
 * @throws InvalidInputError for everything that is wrong with the sweep or what it names, OutsideError of disk and threads,
 *   the reason of the signal
 */
export async function runSweep(
  sweep: string | SweepSpecInput,
  { dir = '.backsweep', baseDir = '.', threads, signal, onProgress }: RunSweepOptions = {},
): Promise<SweepResult> {
  if (threads !== undefined) checkCount('threads', threads);
  const opened =
    typeof sweep === 'string' ? await openSweepFile(sweep) : await openSweepContent(sweep, resolve(baseDir));
  const place = resolve(dir);
  const store = await openDirectoryStore(place);
  const summary = await runOpenedSweep(store, opened, { threads, signal, onProgress });
  const { plan, aggregate } = opened.prepared;
  return {
    sweepId: plan.sweepId,
    dir: place,
    summary,
    async leaderboard({ by, limit = LEADERS } = {}) {
      checkCount('limit', limit);
      return (await readLeaderboard(store, summary, aggregate.columns, { by, limit })).map(resultRow);
    },
    rows: () => storedRows(store, plan, summary.generation, aggregate.columns),
  };
}

function checkCount(name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new InvalidInputError(`${name}: expected a whole number of at least 1, found ${shown(value)}`);
}
