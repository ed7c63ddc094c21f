import { OutsideError } from '../../contracts/errors.ts';
import type { ShardOutput, ShardRunner } from '../../sweep/ports.ts';
import type { ShardEngine } from '../../sweep/shard-engine.ts';

/** How long a process may compute. */
export interface ProcessRunnerOptions {
  /** Milliseconds until the process ends, whatever it does; default: for ever. */
  readonly remainingMs?: () => number;
  /** Of these, kept for writing the result and telling of it; default 20 s. */
  readonly reserveMs?: number;
  /** How often the message of this shard was received, this time included; default 1. */
  readonly receives?: number;
}

/** How often a shard may run out of time: the first time, code and bars may have been loaded in it. */
const ATTEMPTS_IN_TIME = 2;

/**
 * Computes in the calling process, one thing after the other: the runner of a function in the cloud.
 *
 * Between two runs it looks at the time that is left. A shard that does not end in it leaves nothing; it fails, so that
 * it is tried again, and the second time it is given up with the advice that helps. A run that never returns is cut off
 * by the end of the process.
 *
 * @param open gives the engine; OutsideError is passed on for a retry, for what else it throws the shard is given up,
 *   and a leader is not replayed
 */
export function processRunner(
  open: () => Promise<ShardEngine>,
  {
    remainingMs = () => Number.POSITIVE_INFINITY,
    reserveMs = 20_000,
    receives = 1,
  }: ProcessRunnerOptions = {},
): ShardRunner {
  const between = () => {
    if (remainingMs() < reserveMs) throw new OutOfTime();
  };
  return {
    concurrency: 1,
    async run(shard): Promise<ShardOutput> {
      try {
        return (await open()).runShard(shard, between);
      } catch (error) {
        if (error instanceof OutsideError || (error instanceof OutOfTime && receives < ATTEMPTS_IN_TIME)) {
          throw error;
        }
        return { gaveUp: error instanceof Error ? error.message : String(error), attempts: receives };
      }
    },
    replay: (params, withParity) => replayed(async () => (await open()).replay(params, withParity)),
    follow: (params, at) => replayed(async () => (await open()).follow(params, at)),
  };
}

/** What a replay gives, or null where the run cannot be replayed. */
async function replayed<T>(replay: () => Promise<T>): Promise<T | null> {
  try {
    return await replay();
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    return null;
  }
}

class OutOfTime extends Error {
  constructor() {
    super('the shard did not end in the time that a function has; set a smaller shardRuns in the sweep file');
  }
}
