import type { Plan } from '../contracts/plan.ts';
import { MAX_SHARDS } from './keys.ts';

/*
 * Constants of the version. They stand for a typical core and are never measured at run time: shards and parity
 * samples decide bytes, and bytes must not depend on the machine.
 */
/** Work of one run besides its bars: resolving, compiling, measuring, encoding a row. */
const RUN_SECONDS = 60e-6;
/** Work of one run per bar and asset. */
const ASSET_BAR_SECONDS = 4e-9;
const SHARD_SECONDS = 5;
/** Rows of a shard are held in memory, and redone as a whole after a crash. */
const MAX_SHARD_RUNS = 10_000;
/**
 * Up to so many asset-bars (runs · bars · assets) every run is checked, beyond it a sample of about as many: at about
 * 0.5 µs each (both engines and three dense forms) some 20 s of one core.
 */
const PARITY_ASSET_BARS = 40e6;
/** Asset-bars spent on checking leaders; at least 20 and at most 1,000 of them are checked. */
const LEADER_ASSET_BARS = 10e6;

/** What a plan is made from. */
export interface PlanInput {
  readonly sweepId: string;
  readonly engine: string;
  readonly runs: number;
  readonly bars: number;
  readonly assets: number;
  /** Runs of a shard as the spec says; undefined = by the constants. */
  readonly shardRuns?: number | undefined;
  readonly parity: 'auto' | 'all' | 'none' | { readonly sample: number };
}

/** Seconds of one core that one run takes by the constants of the version. */
export function runSeconds(bars: number, assets: number): number {
  return RUN_SECONDS + ASSET_BAR_SECONDS * bars * assets;
}

/**
 * Runs per shard: about 5 s of work, but at least min(64, runs / 50) shards, so that the threads of a laptop and the
 * wall time of a small sweep profit; at most 10,000 runs a shard and 10,000 shards.
 */
export function shardRunsOf({ runs, bars, assets, shardRuns }: Omit<PlanInput, 'parity'>): number {
  const fewest = Math.max(1, Math.min(64, Math.floor(runs / 50)));
  const bySeconds = Math.floor(SHARD_SECONDS / runSeconds(bars, assets));
  const wanted = shardRuns ?? Math.min(bySeconds, Math.floor(runs / fewest), MAX_SHARD_RUNS);
  return Math.min(runs, Math.max(1, wanted, Math.ceil(runs / MAX_SHARDS)));
}

/** The plan of a sweep but for `scanFrom`, which needs the grid; pure. */
export function planOf(input: PlanInput): Omit<Plan, 'scanFrom'> {
  const { sweepId, engine, runs, bars, assets, parity } = input;
  const shardRuns = shardRunsOf(input);
  const assetBars = bars * assets;
  const leaders = Math.max(20, Math.min(1_000, Math.floor(LEADER_ASSET_BARS / assetBars)));
  return {
    v: 1,
    sweepId,
    engine,
    runs,
    bars,
    assets,
    shardRuns,
    shards: Math.ceil(runs / shardRuns),
    parityShare: parityShare(parity, runs * assetBars),
    parityLeaders: parity === 'none' ? 0 : leaders,
  };
}

function parityShare(parity: PlanInput['parity'], assetBars: number): number {
  if (parity === 'all') return 1;
  if (parity === 'none') return 0;
  if (parity === 'auto') return Math.min(1, PARITY_ASSET_BARS / assetBars);
  return parity.sample;
}

/** The runs of one shard: from `first`, `count` of them. */
export interface ShardRange {
  readonly first: number;
  readonly count: number;
}

/** The runs of shard i of a plan. Throws RangeError for a shard that the plan does not have. */
export function shardRange(plan: Pick<Plan, 'runs' | 'shardRuns' | 'shards'>, shard: number): ShardRange {
  if (!Number.isInteger(shard) || shard < 0 || shard >= plan.shards) {
    throw new RangeError(`shard: expected 0 to ${plan.shards - 1}, found ${shard}`);
  }
  const first = shard * plan.shardRuns;
  return { first, count: Math.min(plan.shardRuns, plan.runs - first) };
}

/**
 * Whether the parity of a run is checked in its shard: a fixed hash of its index against the share, so that neither
 * threads nor shards nor the order of work change the sample.
 */
export function parityChosen(runIndex: number, share: number): boolean {
  // The finalizer of MurmurHash3 (32 bit): a bijection whose every output bit depends on every input bit.
  let h = (runIndex + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32 < share;
}
