import type { Plan } from '../contracts/plan.ts';
import { checkSeconds, LEADERS, runSeconds } from './plan.ts';
import { LIST_PRICES, type Prices } from './prices.ts';
import { blockSplits } from './statistics/block-splits.ts';
import { validationWork } from './validation/validation-work.ts';

/** What a deployment runs sweeps with. */
export interface Deployment {
  /** Most shards that run at once. */
  readonly maxConcurrency: number;
  /** MB of a worker; 1,769 are one core. */
  readonly workerMemoryMb: number;
}

/** What the stack deploys where its settings say nothing else. */
export const DEFAULT_DEPLOYMENT: Deployment = { maxConcurrency: 100, workerMemoryMb: 1_769 };

/** The part of a plan that costs depend on. */
export type PlanSize = Pick<
  Plan,
  'runs' | 'bars' | 'assets' | 'shards' | 'shardRuns' | 'parityShare' | 'parityLeaders' | 'validation'
>;

/** One bound of an estimate. */
export interface CostBound {
  readonly wallSeconds: number;
  readonly computeUsd: number;
  /** Loading code and bars, once per worker that starts. */
  readonly barLoadingUsd: number;
  readonly requestsUsd: number;
  readonly totalUsd: number;
}

/** What a sweep will take in the cloud. */
export interface CostEstimate {
  readonly pricesAsOf: string;
  readonly expected: CostBound;
  /** Every shard tried as often as it may be, each time for as long as it may last. */
  readonly worst: CostBound;
  readonly resultBytes: number;
  readonly storageUsdPerMonth: number;
}

const CORE_MB = 1_769;
const MB_PER_GB = 1_024;
/** Of a row in Parquet; block sums are most of it. */
const ROW_BYTES = 720;
const VALUE_BYTES = 8;
/** Requests around one shard: S3 and SQS answer within tens of milliseconds. */
const SHARD_OVERHEAD_SECONDS = 0.3;
const START_SECONDS = 1.5;
/** Bars as they travel: five prices and a time, compressed. */
const BAR_BYTES = 40;
const LOAD_BYTES_PER_SECOND = 40e6;
/** The window of ticks, and an aggregation with its replays, which nothing runs beside. */
const TICK_WINDOW_SECONDS = 10;
const FOLD_RUN_SECONDS = 5e-6;
const FOLD_VALUE_SECONDS = 20e-9;
/** Of one run in one split of the probability of backtest overfitting, which is most of the statistics. */
const SPLIT_SECONDS = 40e-9;
/** Of the shard queue and its function, see CLOUD.md. */
const MAX_ATTEMPTS = 20;
const TIMEOUT_SECONDS = 300;

/** Bytes of the results of a sweep. */
export function resultBytes({ runs, validation }: Pick<PlanSize, 'runs' | 'validation'>): number {
  return runs * (ROW_BYTES + VALUE_BYTES * validationWork(validation).columns);
}

/** What comes after the last shard: reading rows and weighing them, which one thread does, and simulating some runs again. */
export interface EndWork {
  readonly seconds: number;
  /** Lengths of a run: leaders, on bars held back too, and runs that windows and splits chose. */
  readonly runs: number;
}

/** The work after the last shard, without checks of parity; pure. */
export function endWork({ runs, validation }: Pick<PlanSize, 'runs' | 'validation'>): EndWork {
  const { columns, chosenRuns, leaderRuns } = validationWork(validation);
  const splits = 2 * blockSplits(runs, 0).length;
  return {
    seconds: runs * (FOLD_RUN_SECONDS + columns * FOLD_VALUE_SECONDS + splits * SPLIT_SECONDS),
    runs: Math.min(runs, LEADERS) * (1 + leaderRuns) + Math.min(runs, chosenRuns),
  };
}

/**
 * Estimates time and money of a sweep from its plan; pure.
 *
 * @param measuredRunSeconds of one run without parity on one core, where a calibration has measured it; default: the
 *   constants of the version
 */
export function estimateCost(
  plan: PlanSize,
  deployment: Deployment,
  prices: Prices = LIST_PRICES,
  measuredRunSeconds = runSeconds(plan.bars, plan.assets) + validationWork(plan.validation).runSeconds,
): CostEstimate {
  const { runs, shards, bars, assets } = plan;
  const cores = Math.min(1, deployment.workerMemoryMb / CORE_MB); // a run uses one core, however many there are
  const checked = Math.min(runs, runs * plan.parityShare);
  const oneCheck = checkSeconds(bars, assets);
  const coreSeconds = runs * measuredRunSeconds + checked * oneCheck;
  const shardSeconds = coreSeconds / cores / shards + SHARD_OVERHEAD_SECONDS;
  const end = endWork(plan);
  const foldSeconds =
    (end.seconds + end.runs * measuredRunSeconds + Math.min(runs, plan.parityLeaders) * oneCheck) / cores;
  const loadSeconds = START_SECONDS + (bars * assets * BAR_BYTES) / LOAD_BYTES_PER_SECOND / cores;
  const gb = deployment.workerMemoryMb / MB_PER_GB;
  const bound = (seconds: number, attempts: number): CostBound => {
    const cap = Math.min(deployment.maxConcurrency, shards);
    const work = rampSeconds(shards * attempts * seconds, cap);
    const workers = Math.min(cap, Math.ceil(concurrencyAt(work, cap)));
    // Planner, workers one after the other on one slot, window, aggregator.
    const wallSeconds =
      loadSeconds * 2 + Math.max(work, attempts * seconds) + TICK_WINDOW_SECONDS + foldSeconds;
    const ticks = Math.ceil(wallSeconds / TICK_WINDOW_SECONDS);
    const computeUsd =
      (shards * attempts * seconds + foldSeconds + ticks * SHARD_OVERHEAD_SECONDS) *
      gb *
      prices.lambdaGbSecond;
    const barLoadingUsd =
      (workers + 2) * attempts * (loadSeconds * gb * prices.lambdaGbSecond + assets * prices.s3Read);
    const requestsUsd = requests(shards, attempts, ticks, prices);
    return {
      wallSeconds,
      computeUsd,
      barLoadingUsd,
      requestsUsd,
      totalUsd: computeUsd + barLoadingUsd + requestsUsd,
    };
  };
  const bytes = resultBytes(plan);
  return {
    pricesAsOf: prices.asOf,
    expected: bound(shardSeconds, 1),
    worst: bound(TIMEOUT_SECONDS, MAX_ATTEMPTS),
    resultBytes: bytes,
    storageUsdPerMonth: (bytes / 1e9) * prices.s3GbMonth,
  };
}

/** Invocations, messages and objects of a sweep. */
function requests(shards: number, attempts: number, ticks: number, prices: Prices): number {
  const tries = shards * attempts;
  const invocations = (tries + ticks + 2) * prices.lambdaRequest;
  // Sent ten a call, received and deleted one by one; ticks sent one by one, received and deleted ten a call.
  const messages = (shards / 10 + 3 * tries + (2 * tries) / 10) * prices.sqsRequest;
  const pages = Math.ceil(shards / 1_000);
  const writes = (2 * tries + 2 * pages * ticks + 10) * prices.s3Write; // result and usage; LIST of two prefixes
  const reads = (4 * tries + 2 * shards) * prices.s3Read; // plan, cancel, result there?, spec; folded and read for leaders
  return invocations + messages + writes + reads;
}

/** Shards running `seconds` after the first: the event source starts with 5 and adds 300 a minute, up to `cap`. */
export function concurrencyAt(seconds: number, cap: number): number {
  return Math.min(cap, EVENT_SOURCE_CAP, 5 + 5 * seconds);
}

const EVENT_SOURCE_CAP = 1_250;

/** Seconds until `work` shard-seconds are done: the integral of `concurrencyAt`, solved for its end. */
export function rampSeconds(work: number, cap: number): number {
  const top = Math.min(cap, EVENT_SOURCE_CAP);
  if (top <= 5) return work / top;
  const rampEnd = (top - 5) / 5;
  const rampWork = 5 * rampEnd + 2.5 * rampEnd * rampEnd;
  // 2.5 t² + 5 t = work, or past the ramp at full width
  return work <= rampWork ? -1 + Math.sqrt(1 + work / 2.5) : rampEnd + (work - rampWork) / top;
}
