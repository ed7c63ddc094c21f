import { runSeconds } from '../sweep/plan.ts';
import type { PreparedSweep } from '../sweep/prepare-sweep.ts';
import { createShardEngine } from '../sweep/shard-engine.ts';

/** A chunk is so long that the clock measures it well, and so short that several places of the grid are tried. */
const CHUNK_SECONDS = 0.02;
const CHUNKS = 6;
const BUDGET_SECONDS = 2;

/** What single runs of a sweep took on one thread, in seconds. */
export interface Calibration {
  readonly runs: number;
  /** Of one run without parity: the fastest, middle and slowest place of the grid that was tried. */
  readonly fastest: number;
  readonly typical: number;
  readonly slowest: number;
  /** What checking parity adds to one run. */
  readonly parity: number;
}

/**
 * Runs a handful of runs, evenly spread over the sweep, by the code that shards run, and measures them.
 *
 * @param now seconds of a clock that only moves on
 */
export function calibrate(prepared: PreparedSweep, now: () => number): Calibration {
  const { plan, selection, inputs } = prepared;
  const guess = Math.floor(CHUNK_SECONDS / runSeconds(plan.bars, plan.assets));
  const chunk = Math.max(1, Math.min(guess, Math.ceil(plan.runs / CHUNKS), 200));
  const shards = Math.ceil(plan.runs / chunk);
  const chosen = [...new Set(Array.from({ length: CHUNKS }, (_, i) => Math.floor((i * shards) / CHUNKS)))];
  const scanFrom: number[] = [];
  for (const shard of chosen) scanFrom[shard] = selection.startOf(shard * chunk) ?? 0;
  const small = { ...plan, shardRuns: chunk, shards, scanFrom: plan.scanFrom && scanFrom };
  const started = now();
  const left = () => BUDGET_SECONDS - (now() - started);
  let runs = 0;
  const measure = (parityShare: number, places: readonly number[]) => {
    const engine = createShardEngine({ ...small, parityShare }, inputs);
    engine.runShard(places[0]!); // lets the compiler see the code first
    const seconds: number[] = [];
    for (const shard of places) {
      if (seconds.length > 0 && left() < 0) break;
      const count = Math.min(chunk, plan.runs - shard * chunk);
      const before = now();
      engine.runShard(shard);
      seconds.push((now() - before) / count);
      runs += count;
    }
    return seconds.sort((a, b) => a - b);
  };
  const plain = measure(0, chosen);
  const typical = median(plain);
  const checks = plan.parityShare > 0 || plan.parityLeaders > 0;
  const checked = checks ? median(measure(1, chosen.slice(0, 3))) : typical;
  return {
    runs,
    fastest: plain[0]!,
    typical,
    slowest: plain.at(-1)!,
    parity: Math.max(0, checked - typical),
  };
}

/** Of ascending values, at least one. */
const median = (ascending: readonly number[]) => ascending[Math.floor((ascending.length - 1) / 2)]!;
