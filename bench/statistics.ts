// What the statistics over the whole grid cost, beside computing the runs; CPU seconds of one thread.
// npx esbuild bench/statistics.ts --bundle --platform=node --format=esm --outfile=node_modules/.bench/statistics.mjs && node node_modules/.bench/statistics.mjs 100000
import { sweepSpec } from '../src/contracts/sweep-spec.ts';
import { randomStream } from '../src/formats/random.ts';
import { decodeResults, tableRoom } from '../src/formats/results-parquet.ts';
import { gridOf } from '../src/sweep/grid.ts';
import { planOf, shardRange } from '../src/sweep/plan.ts';
import { resultColumns } from '../src/sweep/result-columns.ts';
import { axisImportance } from '../src/sweep/statistics/axis-importance.ts';
import { createBlockStatistics } from '../src/sweep/statistics/block-statistics.ts';
import { createGridNeighbours } from '../src/sweep/statistics/grid-neighbours.ts';
import { plateauClusters } from '../src/sweep/statistics/plateau-clusters.ts';
import { BLOCK_COLUMNS, type BlockColumns } from '../src/sweep/statistics/run-blocks.ts';
import { realSweep, walkBars } from '../test/support/real-sweep.ts';

const runs = Number(process.argv[2]);
const ROWS = 10_000;
const BARS = 1_250;
const seconds = async (work: () => unknown) => {
  const { user, system } = process.cpuUsage();
  await work();
  const used = process.cpuUsage({ user, system });
  return (used.user + used.system) / 1e6;
};

// Computing and encoding runs, and reading their block sums back: a real sweep of 2,880 runs in shards of 1,200.
const { prepared } = await realSweep(
  {
    name: 'bench',
    bars: './bars',
    strategy: { name: 'momentum', params: { lookback: { from: 20, to: 115, step: 1 }, top: [1, 2] } },
    stops: { stopLoss: [null, 0.02, 0.05, 0.08, 0.12] },
    portfolio: { slippage: [0, 0.0005, 0.001] },
    shardRuns: 1_200,
    parity: 'none',
  },
  walkBars(2, BARS),
  { kind: 'builtin', name: 'momentum' },
);
const { plan } = prepared;
const shards: Uint8Array[] = [];
const compute = async () => {
  shards.length = 0;
  for (let shard = 0; shard < plan.shards; shard++) shards.push(prepared.engine.runShard(shard).bytes);
};
await compute();
const perRun = (await seconds(compute)) / plan.runs;
const columns = resultColumns(gridOf(prepared.inputs.spec)).filter(({ name }) =>
  BLOCK_COLUMNS.includes(name),
);
const room = tableRoom(columns, plan.shardRuns);
const decode = async () => {
  for (const [shard, bytes] of shards.entries()) {
    const { count } = shardRange(plan, shard);
    await decodeResults(bytes, columns, count, 'x', { table: room(count) });
  }
};
const ROUNDS = 100; // until the compiler has seen the code as often as in a large sweep
const decodeOften = async () => {
  for (let round = 0; round < ROUNDS; round++) await decode();
};
await decodeOften();
const perDecode = (await seconds(decodeOften)) / (ROUNDS * plan.runs);

// The statistics themselves, of a grid of so many runs; one shard of noise stands for all of them.
const random = randomStream(1, 1);
const rows: BlockColumns = {
  count: ROWS,
  columns: BLOCK_COLUMNS.map((_, b) =>
    Float64Array.from({ length: ROWS }, () => (b < 16 ? random() / 50 - 0.01 : 0.008)),
  ),
};
const chunks = Math.ceil(runs / ROWS);
const chunk = { count: Math.min(runs, ROWS), columns: rows.columns };
const last: BlockColumns = { count: runs - (chunks - 1) * ROWS, columns: rows.columns };
const all = Array.from({ length: chunks }, (_, shard) => shard);
const read = (shard: number) => (shard === chunks - 1 ? last : chunk);
const blocks = await seconds(async () => {
  const found = createBlockStatistics({ bars: BARS, runs, riskFree: 0, benchmark: { sums: null }, seed: 1 });
  for (const shard of all) found.observe(shard, read(shard));
  await found.rank(all, async (shard) => read(shard));
  found.result();
});
const lengths = { 1000: [10, 10, 10], 100000: [100, 10, 10, 10], 1000000: [100, 100, 10, 10] }[runs] ?? [
  runs,
];
const params = Object.fromEntries(lengths.map((to, k) => [`a${k}`, { from: 1, to, step: 1 }]));
const spec = sweepSpec.parse({ bars: './bars', strategy: { name: 'x', params } });
const grid = gridOf(spec);
const big = {
  ...planOf({ sweepId: 'a'.repeat(32), engine: 'e', runs, bars: BARS, assets: 2, parity: 'none' }),
  scanFrom: null,
};
const objective = Float64Array.from({ length: runs }, () => random());
const surroundings = await seconds(() => {
  const neighbours = createGridNeighbours(grid, spec, big);
  plateauClusters(neighbours, lengths.length, objective, 'higher');
  axisImportance(neighbours, lengths, objective);
});
const again = runs <= 15_000 ? 0 : 1; // the rows of a small sweep are kept for the second pass
const statistics = blocks + surroundings + perDecode * runs * (1 + again);
const computing = perRun * runs;
process.stdout.write(
  JSON.stringify({
    runs,
    blocks,
    plateaus: surroundings,
    reading: statistics - blocks - surroundings,
    computing,
    microsPerRun: perRun * 1e6,
  }),
);
