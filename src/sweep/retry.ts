import { setTimeout as sleep } from 'node:timers/promises';

/** How often and how patiently something outside is tried again. */
export interface RetryOptions {
  /** Tries in all, at least 1; default 8. */
  readonly attempts?: number;
  /** The longest wait before the second try, doubled before each further one; default 100 ms. */
  readonly baseMs?: number;
  /** No wait is longer; default 5 s. */
  readonly capMs?: number;
}

/**
 * Does something that may fail and pass, with full jitter between tries: many callers that fail together must not come
 * back together. The chance decides when, never what.
 *
 * Throws the last failure, or at once one that `passes` says is no use trying again.
 */
export async function retrying<T>(
  work: (attempt: number) => Promise<T>,
  passes: (error: unknown) => boolean,
  { attempts = 8, baseMs = 100, capMs = 5_000 }: RetryOptions = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= attempts || !passes(error)) throw error;
      await sleep(Math.random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
    }
  }
}
