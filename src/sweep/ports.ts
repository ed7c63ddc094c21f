import type { FollowedRun } from './validation/follow-run.ts';
import type { HoldoutTest } from './validation/holdout-test.ts';

/** What `putOnce` found: created by this call, there already with the same bytes, or there with other bytes. */
export type PutOutcome = 'created' | 'same' | 'different';

/** A key of the store, the size of its object, and when the store says that it was created. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** Epoch milliseconds by the store's own clock: tells progress, never reaches a result. */
  readonly modifiedMs: number;
}

/**
 * Objects under keys with `/`, strongly consistent: a directory, a bucket, or memory.
 *
 * Keys are those of `checkKey` in keys.ts: others throw InvalidInputError. Failures of the outside are OutsideError.
 */
export interface Store {
  /** Creates the object if the key is free; never overwrites, and never shows a part of an object. */
  putOnce(key: string, bytes: Uint8Array): Promise<PutOutcome>;
  /**
   * The object's bytes, or null where there is none.
   *
   * @param into memory that they may be put into, where they fit: what comes back may be a part of it
   */
  get(key: string, into?: ArrayBuffer): Promise<Uint8Array | null>;
  /** Bytes `start` to `end` (exclusive) of an object; OutsideError where it has fewer or does not exist. */
  getRange(key: string, start: number, end: number): Promise<Uint8Array>;
  /** Size in bytes, or null where there is none. */
  size(key: string): Promise<number | null>;
  /** All keys that begin with the prefix (any leading part of a key), by ascending code unit. */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Deletes a marker under `active/`, if it is there; refuses any other key, since nothing published is deleted. */
  delete(key: string): Promise<void>;
}

/** Hints to do something; delivered at least once, in any order, perhaps never (the store is the only truth). */
export interface Queue<M> {
  send(messages: readonly M[]): Promise<void>;
}

/** Epoch milliseconds; reaches only what is measured, never a result. */
export interface Clock {
  now(): number;
}

/** A computed shard: the Parquet object of exactly its rows, and how many of them failed. */
export interface ShardRows {
  readonly bytes: Uint8Array;
  readonly failedRuns: number;
  /** Says that nobody looks at the bytes any more: their memory serves another shard. */
  release?(): void;
}

/** What computing one shard gave: its rows, or the reason why the shard is given up. */
export type ShardOutput = ShardRows | { readonly gaveUp: string; readonly attempts: number };

/** What replaying a leader adds to its row: the tails of its returns, parity where it was asked for, a test on the holdout. */
export interface LeaderReplay {
  readonly var_5: number;
  readonly cvar_5: number;
  readonly parity: ParityColumns | null;
  /** null in a sweep without a holdout. */
  readonly holdout: HoldoutTest | null;
}

/** The parity columns of a row that was checked. */
export interface ParityColumns {
  readonly parity_status: 'identical' | 'diverged';
  readonly parity_detail: string | null;
  readonly dense_class: string;
  readonly reentries_dense: number;
  readonly drift_turnover: number;
  readonly drift_fees: number;
}

/** Computes shards and replays runs: threads on a laptop, the calling process in a function of the cloud. */
export interface ShardRunner {
  /** How many calls of `run` and `follow` may be under way at once. */
  readonly concurrency: number;
  /** The bytes depend on plan and shard alone. Rejects for a failure that is no fault of the shard, or when stopped. */
  run(shard: number): Promise<ShardOutput>;
  /** Says that no more shards are expected: memory that is kept for them may go. */
  rest?(): Promise<void>;
  /**
   * Replays one run from the `params` of its row; null where it cannot be replayed, since its strategy now fails. The more
   * calls wait, the better a runner can put them together.
   */
  replay(params: string, withParity: boolean): Promise<LeaderReplay | null>;
  /** The returns of one run from the `params` of its row, and its weights at the close of some bars; null as `replay`. */
  follow(params: string, at: readonly number[]): Promise<FollowedRun | null>;
}

/** How far a sweep is, told after every shard; `failedRuns` counts rows with status `failed`. */
export interface SweepProgress {
  readonly phase: 'shards' | 'aggregate';
  readonly runs: number;
  readonly doneRuns: number;
  readonly failedRuns: number;
  readonly shards: number;
  readonly doneShards: number;
  /** Best objective, under the constraints, of the shards added up so far; null before there is one. */
  readonly best?: number | null;
}

/** Hears how far a sweep is; must not throw. */
export type ProgressListener = (progress: SweepProgress) => void;
