/** What `putOnce` found: created by this call, there already with the same bytes, or there with other bytes. */
export type PutOutcome = 'created' | 'same' | 'different';

/** A key of the store and the size of its object. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Objects under keys with `/`, strongly consistent: a directory, a bucket, or memory.
 *
 * Keys are relative, of [A-Za-z0-9._=-] segments, without `..`.
 */
export interface Store {
  /** Creates the object if the key is free; never overwrites. */
  putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome>;
  /** The object's bytes, or null where there is none. */
  get(key: string): Promise<Uint8Array | null>;
  /** Bytes `start` to `end` (exclusive) of an object, for readers that need a part of it. */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** Size in bytes, or null where there is none. */
  size(key: string): Promise<number | null>;
  /** All keys that begin with the prefix, by ascending key. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Deletes an object: only markers under `active/` ever are. */
  delete(key: string): Promise<void>;
}

/** Hints to do something; delivered at least once, in any order, perhaps never (the store is the only truth). */
export interface Queue<M> {
  send(messages: readonly M[]): Promise<void>;
}

/** Message of the plan and tick queues. */
export interface SweepMessage {
  readonly v: 1;
  readonly sweepId: string;
  readonly generation: number;
}

/** Message of the shard queue: a range by reference, never parameters. */
export interface ShardMessage extends SweepMessage {
  readonly shard: number;
}

/** Epoch milliseconds; reaches only what is measured, never a result. */
export interface Clock {
  now(): number;
}
