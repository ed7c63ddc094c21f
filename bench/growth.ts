import { parseSweepSpec } from '../src/contracts/check-sweep-spec.ts';
import { strategyByName } from '../src/strategies/catalog.ts';
import { prepareSweep } from '../src/sweep/prepare-sweep.ts';
import { productRun } from './product-run.ts';
import { sizedScenario } from './scenarios.ts';

/**
 * One size of `npm run bench:growth` in a process of its own: `growth.mjs ASSETS BARS STOPS RUNS`, STOPS `none` or
 * `wide`. With RUNS 0 one run is repeated, else a whole sweep of so many runs is done on one thread, without parity.
 * Prints CPU time in µs: of one run.
 */
const [assets, bars, , runs] = process.argv.slice(2).map(Number) as [number, number, number, number];
const stops = process.argv[4] === 'wide';

function cpuMicros(call: () => void): number {
  const from = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(from);
  return user + system;
}

const least = (values: readonly number[]) => Math.min(...values);

function oneRun(): number {
  const run = productRun(sizedScenario(assets, bars, stops));
  for (let i = 0; i < 500; i++) run();
  // Short rounds, since a host takes its processor away in bursts.
  const calls = Math.max(1, Math.round(5_000 / cpuMicros(run)));
  const rounds = Array.from({ length: 200 }, () =>
    cpuMicros(() => {
      for (let i = 0; i < calls; i++) run();
    }),
  );
  return least(rounds) / calls;
}

/** The sweep is prepared, run and encoded shard by shard, three times over; the same spec but for its number of runs. */
function sweep(): number {
  const scenario = sizedScenario(assets, bars, stops);
  const axis = (from: number, step: number, count: number) => ({ from, to: from + step * (count - 1), step });
  const spec = parseSweepSpec({
    bars: 'bench',
    strategy: {
      name: 'inverse-volatility',
      params: { lookback: axis(20, 1, runs / 250), rebalance: 'month' },
    },
    stops: stops ? { stopLoss: axis(0.125, 0.03125, 5), takeProfit: axis(0.25, 0.03125, 5) } : {},
    portfolio: {
      cash: 1_000_000,
      feeRate: axis(0, 0.001953125, 10),
      ...(!stops && { slippage: axis(0, 0.001953125, 25) }),
    },
    parity: 'none',
    shardRuns: 500,
  });
  const strategy = strategyByName(spec.strategy.name);
  const content = { datasetId: '0'.repeat(32), strategyCode: null, instructions: new Map<string, string>() };
  const whole = () => {
    const { plan, engine } = prepareSweep(spec, content, { bars: scenario.bars, strategy });
    if (plan.runs !== runs) throw new Error(`expected ${runs} runs, found ${plan.runs}`);
    for (let shard = 0; shard < plan.shards; shard++) engine.runShard(shard);
  };
  whole();
  return least([0, 1, 2].map(() => cpuMicros(whole))) / runs;
}

process.stdout.write(JSON.stringify({ micros: runs === 0 ? oneRun() : sweep() }));
