import { parseSweepSpec } from '../src/contracts/check-sweep-spec.ts';
import { kernelOf } from '../src/core/kernel/kernel.ts';
import { METRICS } from '../src/core/metrics/catalog.ts';
import { measure } from '../src/core/metrics/measure.ts';
import { strategyByName } from '../src/strategies/catalog.ts';
import { parametersAt } from '../src/sweep/grid.ts';
import { prepareSweep } from '../src/sweep/prepare-sweep.ts';
import { createSimulator } from '../src/sweep/simulate-run.ts';
import { scenarios } from './scenarios.ts';

/**
 * How much of a shard's time is spent inside the engine: the same runs, once as whole shards (parameters, instructions,
 * runs, statistics, rows, Parquet), once as bare runs with their metrics. One thread, no parity.
 */
const { bars } = scenarios()[0]!;
const spec = parseSweepSpec({
  bars: 'bench',
  strategy: { name: 'inverse-volatility', params: { lookback: [20, 40, 60, 120], rebalance: 'month' } },
  stops: {
    stopLoss: [null, 0.05, 0.1, 0.15, 0.2],
    trailingStop: [null, 0.1, 0.2],
    takeProfit: [null, 0.2, 0.3],
  },
  portfolio: { cash: 1_000_000, feeRate: [0, 0.0005], slippage: [0, 0.0002, 0.0005] },
  parity: 'none',
});
const strategy = strategyByName(spec.strategy.name);
const prepared = prepareSweep(
  spec,
  { datasetId: '0'.repeat(32), strategyCode: null, instructions: new Map() },
  { bars, strategy },
);
const { plan, engine } = prepared;
const simulator = createSimulator({ bars, strategy, barsPerYear: 252, riskFreeRate: 0 });
const kernel = kernelOf(bars)!;
const row = new Float64Array(METRICS.length);

function wholeShards(): number {
  const started = performance.now();
  for (let shard = 0; shard < plan.shards; shard++) engine.runShard(shard);
  return performance.now() - started;
}

function bareRuns(): number {
  let spent = 0;
  for (let i = 0; i < plan.runs; i++) {
    const set = parametersAt(engine.grid, i);
    const [matrix, config] = [simulator.instructions(set), simulator.config(set)];
    const started = performance.now();
    kernel.run(matrix, config);
    measure({ returns: kernel.stats, totals: kernel.totals, config }, row);
    spent += performance.now() - started;
  }
  return spent;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
const rounds = Array.from({ length: 4 }, () => ({ whole: wholeShards(), bare: bareRuns() })).slice(1);
const whole = median(rounds.map((round) => round.whole));
const bare = median(rounds.map((round) => round.bare));
process.stdout.write(
  `${JSON.stringify({ runs: plan.runs, wholeMs: whole, engineMs: bare, engineShare: bare / whole })}\n`,
);
