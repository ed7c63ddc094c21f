import { resultKey } from './keys.ts';
import type { Store } from './ports.ts';

/** A store in which reading the result of a shard that is still to come waits for it. */
export interface ShardGate {
  readonly store: Store;
  /** The result of this shard is there. */
  open(shard: number): void;
  /** Some result will never come: whoever waits for one is refused. */
  close(): void;
  isClosed(): boolean;
}

/** A gate before the results of the `pending` shards of a sweep. */
export function gateShards(store: Store, sweepId: string, pending: readonly number[]): ShardGate {
  const closed = new AbortController();
  const awaited = new Map(pending.map((shard) => [resultKey(sweepId, shard), latch()]));
  const refused = new Promise<never>((_, reject) => {
    closed.signal.addEventListener('abort', () => reject(closed.signal.reason));
  });
  refused.catch(() => undefined);
  return {
    store: {
      ...store,
      async get(key, into) {
        const shard = awaited.get(key);
        if (shard) await Promise.race([shard.opened, refused]);
        return store.get(key, into);
      },
    },
    open: (shard) => awaited.get(resultKey(sweepId, shard))?.open(),
    close: () => closed.abort(new Error('a shard has no result')),
    isClosed: () => closed.signal.aborted,
  };
}

function latch() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
