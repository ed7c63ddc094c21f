import { InvalidInputError } from '../contracts/errors.ts';

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._=-]*$/;
const PREFIX = /^[A-Za-z0-9._=/-]*$/;
const SWEEP_ID = /^[0-9a-f]{32}$/;
const DATASET_ID = /^[0-9a-f]{16,64}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Highest number of shards of a sweep; their numbers are written with five digits. */
export const MAX_SHARDS = 10_000;

/** The key itself if it may name an object: segments of [A-Za-z0-9._=-] that do not begin with `.`, `=` or `-`. */
export function checkKey(key: string): string {
  if (key.length > 512 || !key.split('/').every((segment) => SEGMENT.test(segment))) {
    throw new InvalidInputError(
      `store key: expected up to 512 characters of [A-Za-z0-9._=-] segments joined by "/", found ${JSON.stringify(key)}`,
    );
  }
  return key;
}

/** The prefix itself if a key may begin with it. */
export function checkPrefix(prefix: string): string {
  if (
    prefix.length > 512 ||
    !PREFIX.test(prefix) ||
    prefix.startsWith('/') ||
    /(^|\/)\.\.?(\/|$)/.test(prefix)
  ) {
    throw new InvalidInputError(
      `store prefix: expected the beginning of a key, found ${JSON.stringify(prefix)}`,
    );
  }
  return prefix;
}

function id(what: string, pattern: RegExp, value: string): string {
  if (!pattern.test(value)) {
    throw new InvalidInputError(`${what}: expected ${pattern.source}, found ${JSON.stringify(value)}`);
  }
  return value;
}

function count(what: string, value: number, end: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= end) {
    throw new InvalidInputError(`${what}: expected an integer from 0 to ${end - 1}, found ${value}`);
  }
  return value;
}

/** The sweep id itself if it is one (32 lower-case hex digits); InvalidInputError else. */
export const checkSweepId = (sweepId: string) => id('sweep id', SWEEP_ID, sweepId);
const sweep = checkSweepId;
const generationName = (generation: number) => `g${count('generation', generation, 1000)}`;
const shardName = (shard: number) => `shard-${String(count('shard', shard, MAX_SHARDS)).padStart(5, '0')}`;

/** Tables that a sweep publishes once per generation, besides `sweeps`; each has its columns in `lambdas/tables.ts`. */
export const SWEEP_TABLES = [
  'leaderboard',
  'parity_metrics',
  'memory_metrics',
  'statistics',
  'plateaus',
  'walk_forward',
  'walk_forward_equity',
] as const;
export type SweepTable = (typeof SWEEP_TABLES)[number];

/** Everything about a control object but its sweep. */
export type Control = 'start' | 'cancel' | `requeue-${number}`;

const CONTROL = /^(start|cancel|requeue-[0-9]{1,3})$/;

/*
 * Every key of the protocol, as a pure function of checked ids. Whatever is created stands under exactly one of these.
 */
export const manifestKey = (datasetId: string) =>
  `datasets/${id('dataset id', DATASET_ID, datasetId)}/manifest.json`;
/** An object of a dataset; its name is one that a checked manifest states. */
export const datasetObjectKey = (datasetId: string, object: string) =>
  checkKey(`datasets/${id('dataset id', DATASET_ID, datasetId)}/${object}`);
export const instructionsKey = (sha256: string) =>
  `instructions/${id('instructions sha256', SHA256, sha256)}.parquet`;
export const specKey = (sweepId: string) => `sweeps/${sweep(sweepId)}/spec.json`;
export const planKey = (sweepId: string) => `sweeps/${sweep(sweepId)}/plan.json`;
export const activeKey = (sweepId: string) => `active/${sweep(sweepId)}`;
export const controlKey = (sweepId: string, generation: number, control: Control) =>
  `control/${sweep(sweepId)}/${generationName(generation)}/${id('control', CONTROL, control)}.json`;
export const controlPrefix = (sweepId: string) => `control/${sweep(sweepId)}/`;
export const resultPrefix = (sweepId: string) => `results/sweep_id=${sweep(sweepId)}/`;
export const resultKey = (sweepId: string, shard: number) =>
  `${resultPrefix(sweepId)}${shardName(shard)}.parquet`;
export const failurePrefix = (sweepId: string, generation: number) =>
  `failures/${sweep(sweepId)}/${generationName(generation)}/`;
export const failureKey = (sweepId: string, generation: number, shard: number) =>
  `${failurePrefix(sweepId, generation)}${shardName(shard)}.json`;
/** Says that a generation could not be planned, and why: its end, unless it has a plan. */
export const planFailureKey = (sweepId: string, generation: number) =>
  `${failurePrefix(sweepId, generation)}plan.json`;
export const tableKey = (table: SweepTable, sweepId: string, generation: number) =>
  `tables/${table}/sweep_id=${sweep(sweepId)}/${generationName(generation)}.parquet`;
export const sweepsTableKey = (sweepId: string, generation: number) =>
  `tables/sweeps/${sweep(sweepId)}-${generationName(generation)}.parquet`;
export const usagePrefix = (sweepId: string) => `usage/${sweep(sweepId)}/`;
export const usageKey = (sweepId: string, name: string) => checkKey(`${usagePrefix(sweepId)}${name}`);
export const summaryKey = (sweepId: string, generation: number) =>
  `final/${sweep(sweepId)}/${generationName(generation)}/summary.json`;

/** The shard number that a result or failure key ends with; null for any other key. */
export function shardOfKey(key: string): number | null {
  const found = /\/shard-(\d{5})\.(?:parquet|json)$/.exec(key);
  return found ? Number(found[1]) : null;
}

/** The generation that a control key stands under; null for any other key. */
export function generationOfKey(key: string): number | null {
  const found = /^control\/[0-9a-f]{32}\/g(\d{1,3})\//.exec(key);
  return found ? Number(found[1]) : null;
}
