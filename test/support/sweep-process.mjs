// Runs a small sweep on threads into the directory given: the child process of the fault tests, from the compiled code.
import { openDirectoryStore } from '../../dist/adapters/local/directory-store.js';
import { runLocalSweep } from '../../dist/adapters/local/run-local-sweep.js';
import { sweepSpec } from '../../dist/contracts/sweep-spec.js';
import { allocateBars, finishBars } from '../../dist/core/bars.js';
import { strategyByName } from '../../dist/strategies/catalog.js';
import { prepareSweep } from '../../dist/sweep/prepare-sweep.js';

const bars = allocateBars(['A', 'B'], 2_000);
for (let t = 0; t < bars.length; t++) {
  bars.times[t] = Date.UTC(2010, 0, 1) + t * 86_400_000;
  for (const a of [0, 1]) {
    const price = 100 + 20 * Math.sin((t + 50 * a) / 9) + 10 * Math.cos(t / 31);
    bars.open[a * bars.length + t] = price;
    bars.close[a * bars.length + t] = price + Math.sin(t);
  }
}
finishBars(bars);

const spec = sweepSpec.parse({
  bars: './bars',
  shardRuns: 2,
  strategy: { name: 'momentum', params: { lookback: { from: 10, to: 100, step: 10 }, top: [1, 2] } },
  stops: { stopLoss: [null, 0.03] },
});
const content = { datasetId: 'd'.repeat(64), strategyCode: null, instructions: new Map() };
const prepared = prepareSweep(spec, content, { bars, strategy: strategyByName('momentum') });
const store = await openDirectoryStore(process.argv[2]);
const source = { kind: 'builtin', name: 'momentum' };
const onProgress = ({ phase, doneShards }) => phase === 'shards' && console.log(`shard ${doneShards}`);
const summary = await runLocalSweep(store, prepared, source, { threads: 2, onProgress });
console.log(JSON.stringify(summary));
