import type { Plan } from '../contracts/plan.ts';
import { MAX_SHARDS } from './keys.ts';

/*
 * Constants of the version. They stand for a typical core and are never measured at run time: shards and parity
 * samples decide bytes, and bytes must not depend on the machine.
 */
/** Work of one run besides its bars: resolving, compiling, encoding a row. */
const RUN_SECONDS = 25e-6;
/** Work of one run per bar and asset. */
const ASSET_BAR_SECONDS = 1.5e-9;
/** Work of checking one run per bar, and per bar and asset: both engines with their logs, and the dense forms. */
const CHECK_BAR_SECONDS = 1.2e-6;
const CHECK_ASSET_BAR_SECONDS = 0.18e-6;
const SHARD_SECONDS = 5;
/** Rows of a shard are held in memory, and redone as a whole after a crash. */
const MAX_SHARD_RUNS = 2_500;
/** Work of a sweep however few its runs: starting, statistics, tables, report. */
export const SWEEP_SECONDS = 0.5;
/** Of the whole work, what `parity: auto` spends on checks: half of it on leaders, the rest on a sample. */
const PARITY_TIME = 0.25;
/** What the first checks take more than others, since nothing of them is compiled yet. */
const FIRST_CHECKS_SECONDS = 0.1;
/** What it checks however dear a check is: the leaders that `backsweep run` prints, and so many of all runs. */
const FEWEST_LEADERS = 10;
const FEWEST_SAMPLED = 5;
/** Rows of a leaderboard, each of which is replayed at the end: leaders that are checked at most. */
export const LEADERS = 1_000;

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

/** Seconds of one core that checking one run takes besides, by the constants of the version. */
export function checkSeconds(bars: number, assets: number): number {
  return RUN_SECONDS + bars * (CHECK_BAR_SECONDS + CHECK_ASSET_BAR_SECONDS * assets);
}

/**
 * Runs per shard: about 5 s of work, but at least min(64, runs / 50) shards, so that the threads of a laptop and the
 * wall time of a small sweep profit; at most 2,500 runs a shard and 10,000 shards.
 */
export function shardRunsOf({ runs, bars, assets, shardRuns }: Omit<PlanInput, 'parity'>): number {
  const fewest = Math.max(1, Math.min(64, Math.floor(runs / 50)));
  const bySeconds = Math.floor(SHARD_SECONDS / runSeconds(bars, assets));
  const wanted = shardRuns ?? Math.min(bySeconds, Math.floor(runs / fewest), MAX_SHARD_RUNS);
  return Math.min(runs, Math.max(1, wanted, Math.ceil(runs / MAX_SHARDS)));
}

/** The plan of a sweep but for `scanFrom`, which needs the grid; pure. */
export function planOf(input: PlanInput): Omit<Plan, 'scanFrom'> {
  const { sweepId, engine, runs, bars, assets } = input;
  const shardRuns = shardRunsOf(input);
  return {
    v: 1,
    sweepId,
    engine,
    runs,
    bars,
    assets,
    shardRuns,
    shards: Math.ceil(runs / shardRuns),
    ...parityOf(input),
  };
}

/**
 * The share of the runs that shards check, and the number of leaders that the end of a sweep checks besides.
 *
 * `auto` checks as many runs as fit into a quarter of the whole work, by the constants of the version and never by the
 * clock: half of that is kept for leaders, the rest is a sample; at least ten leaders and five of all runs. Every run
 * where they all fit.
 */
function parityOf({ runs, bars, assets, parity }: PlanInput): Pick<Plan, 'parityShare' | 'parityLeaders'> {
  const otherWork = SWEEP_SECONDS + runs * runSeconds(bars, assets);
  const budget = (otherWork * PARITY_TIME) / (1 - PARITY_TIME) - FIRST_CHECKS_SECONDS;
  const affordable = budget / checkSeconds(bars, assets);
  const parityLeaders = Math.max(FEWEST_LEADERS, Math.min(LEADERS, Math.floor(affordable / 2)));
  if (parity === 'none') return { parityShare: 0, parityLeaders: 0 };
  if (parity === 'all' || (parity === 'auto' && affordable >= runs)) return { parityShare: 1, parityLeaders };
  if (parity === 'auto') {
    const sampled = Math.max(FEWEST_SAMPLED, affordable - parityLeaders);
    return { parityShare: Math.min(1, sampled / runs), parityLeaders };
  }
  return { parityShare: parity.sample, parityLeaders };
}

/** Runs of a plan that are checked, in shards and as leaders; leaders that the sample has already count twice. */
export function checkedRuns({
  runs,
  parityShare,
  parityLeaders,
}: Pick<Plan, 'runs' | 'parityShare' | 'parityLeaders'>): number {
  return Math.min(runs, Math.round(runs * parityShare) + parityLeaders);
}

/** Seconds of one core that a sweep takes by the constants of the version, checks included. */
export function coreSeconds(
  plan: Pick<Plan, 'runs' | 'bars' | 'assets' | 'parityShare' | 'parityLeaders'>,
): number {
  const { runs, bars, assets } = plan;
  return runs * runSeconds(bars, assets) + checkedRuns(plan) * checkSeconds(bars, assets);
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
