import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { axisColumns } from '../../src/contracts/result-row.ts';
import { METRICS } from '../../src/core/metrics/catalog.ts';
import { canonicalJson } from '../../src/formats/canonical-json.ts';
import { encodeResults, resultTable } from '../../src/formats/results-parquet.ts';
import { digitsAt, parametersAt } from '../../src/sweep/grid.ts';
import { shardRange } from '../../src/sweep/plan.ts';
import type { ShardRunner, Store } from '../../src/sweep/ports.ts';
import type { PreparedSweep } from '../../src/sweep/prepare-sweep.ts';
import { runSweep } from '../../src/sweep/run-sweep.ts';
import { randomStream } from './random.ts';

const GROUPS = ['fill', 'params', 'portfolio', 'stops'] as const;

/**
 * Publishes a sweep whose rows are made up instead of simulated, by the real protocol, into memory: a hill over the
 * grid with noise, some failures and runs without a trade. Leaders are replayed by the real engine.
 */
export async function syntheticSweep({ plan, spec, aggregate, engine }: PreparedSweep): Promise<Store> {
  const store = memoryStore();
  const axes = axisColumns(engine.grid);
  /** The parameters of a run as its row spells them; each group is spelled once for each choice of its axes. */
  const spelled = new Map<string, string>();
  const spell = (index: number, digits: readonly number[]) =>
    `{${GROUPS.map((group) => {
      const key = axes.map(({ axis }, k) => (axis.path.startsWith(group) ? digits[k] : '')).join();
      let text = spelled.get(group + key);
      if (text === undefined) {
        text = canonicalJson(parametersAt(engine.grid, index)[group]);
        spelled.set(group + key, text);
      }
      return `"${group}":${text}`;
    }).join()}}`;
  const runner: ShardRunner = {
    concurrency: 1,
    async run(shard) {
      const { first, count } = shardRange(plan, shard);
      const random = randomStream(shard + 1);
      const table = resultTable(aggregate.columns, count);
      // A column without nulls is encoded at once.
      for (const values of table.values.values()) if (values instanceof Float64Array) values.fill(0);
      const digits: number[] = [];
      let failedRuns = 0;
      for (let i = 0; i < count; i++) {
        const put = (name: string, value: unknown) => {
          (table.values.get(name) as unknown[])[i] = value;
        };
        const index = first + i;
        digitsAt(engine.grid, index, digits);
        put('run_index', index);
        put('run_id', index.toString(16).padStart(32, '0'));
        put('shard', shard);
        put('params', spell(index, digits));
        put('parity_status', 'not_checked');
        for (const [k, { column, axis }] of axes.entries())
          put(column, axis.values[digits[k]!] ?? Number.NaN);
        const failed = index < 10_000 && index % 97 === 13;
        put('status', failed ? 'failed' : 'ok');
        if (failed) {
          failedRuns++;
          put('error', `too much of ${index % 3}`);
          continue;
        }
        const hill = axes.reduce((sum, { axis }, k) => sum - (digits[k]! / axis.values.length - 0.6) ** 2, 1);
        for (const [m, { name }] of METRICS.entries()) {
          const whole = table.columns.find((column) => column.name === name)!.type === 'INT32';
          const value = hill * (m + 1) + random() - 0.5;
          put(name, whole ? Math.max(0, Math.round(100 * value)) : value);
        }
        if (index % 89 === 5) put('orders', 0);
        put('reentries', 0);
        put('sparse_bytes', 1_000 + (index % 500));
        put('dense_bytes', 20_000);
      }
      const metadata = { sweep_id: plan.sweepId, engine: plan.engine, shard: String(shard) };
      return { bytes: encodeResults(table, metadata), failedRuns };
    },
    replay: async () => null,
    follow: async () => null,
  };
  await runSweep(store, { spec, plan, runner, aggregate });
  return store;
}
