import { openSweepFile } from '../src/adapters/local/open-sweep.ts';
import { parameterReader } from '../src/sweep/grid.ts';
import { createSimulator } from '../src/sweep/simulate-run.ts';
import { barsPerYearOf } from '../src/sweep/sweep-content.ts';

/**
 * What the runs of a sweep file take on one thread, in µs: as whole shards (parameters, instructions, runs, statistics,
 * rows, Parquet), and as bare runs with their metrics. No parity.
 *
 * `node sweep.mjs FILE bare`: seconds by the clock for a number of bare runs, to compare one process with two at once.
 */
const [file, mode] = process.argv.slice(2);
const { prepared } = await openSweepFile(file!);
const { plan, inputs, engine } = prepared;
const { spec, bars, strategy } = inputs;
/** Spread over the sweep, so that the first parameters do not stand for all. */
const RUNS = 2_000;
const shards = [...new Set([0, 1, 2].map((third) => Math.floor((third * plan.shards) / 3)))];
const simulator = createSimulator({
  bars,
  strategy,
  barsPerYear: barsPerYearOf(spec, bars),
  riskFreeRate: spec.riskFreeRate,
});

/** Shards have their plan's number of runs, which may be many: time is taken of as many as there are. */
function wholeShard(shard: number): number {
  const started = cpuMicros();
  engine.runShard(shard);
  return (cpuMicros() - started) / Math.min(plan.shardRuns, plan.runs - shard * plan.shardRuns);
}

function bareRuns(shard: number): number {
  const read = parameterReader(engine.grid);
  const sets = Array.from({ length: Math.min(RUNS, plan.shardRuns) }, (_, i) =>
    read(shard * plan.shardRuns + i),
  );
  const started = cpuMicros();
  for (const set of sets) simulator.run(set, false);
  return (cpuMicros() - started) / sets.length;
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
bareRuns(shards[0]!); // lets the compiler see the code first
if (mode === 'bare') {
  const started = performance.now();
  for (let round = 0; round < 3; round++) for (const shard of shards) bareRuns(shard);
  process.stdout.write(`${JSON.stringify({ seconds: (performance.now() - started) / 1000 })}\n`);
} else {
  const engineMicros = median(shards.map(bareRuns));
  wholeShard(shards[0]!);
  const shardMicros = median(shards.map(wholeShard));
  process.stdout.write(`${JSON.stringify({ engineMicros, shardMicros })}\n`);
}
