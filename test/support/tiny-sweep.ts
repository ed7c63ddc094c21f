import type { Plan } from '../../src/contracts/plan.ts';
import { sweepSpec } from '../../src/contracts/sweep-spec.ts';
import { encodeResults, type ResultColumn, resultTable } from '../../src/formats/results-parquet.ts';
import { gridOf } from '../../src/sweep/grid.ts';
import { planOf, shardRange } from '../../src/sweep/plan.ts';
import type { ShardRunner } from '../../src/sweep/ports.ts';
import type { RunnableSweep } from '../../src/sweep/run-sweep.ts';
import { BLOCK_COLUMNS } from '../../src/sweep/statistics/run-blocks.ts';

const text = (name: string): ResultColumn => ({ name, type: 'UTF8', nullable: true });
const number = (name: string): ResultColumn => ({ name, type: 'DOUBLE', nullable: true });
const count = (name: string): ResultColumn => ({ name, type: 'INT32', nullable: true });

/** The columns that the orchestration reads, and no more. */
export const TINY_COLUMNS: readonly ResultColumn[] = [
  { ...count('run_index'), nullable: false },
  text('run_id'),
  text('status'),
  text('params'),
  number('sharpe'),
  count('orders'),
  count('reentries'),
  text('parity_status'),
  text('parity_detail'),
  text('dense_class'),
  number('reentries_dense'),
  number('drift_turnover'),
  number('drift_fees'),
  number('sparse_bytes'),
  number('dense_bytes'),
  ...[...BLOCK_COLUMNS, 'sum_cubes', 'sum_fourths'].map(number),
];

/** What the run of that index "measures": easy to check by hand, with ties, an undefined value, failures and no trades. */
export function tinyRun(index: number) {
  return {
    failed: index % 10 === 7,
    sharpe: index % 10 === 3 ? Number.NaN : (index * 37) % 101,
    orders: index % 5 === 0 ? 0 : index,
    checked: index % 4 === 0,
    sparse: 100 + index,
  };
}

/** Bars of a sweep for which the statistics of luck are taken, and of one too short for them, which is published much sooner. */
export const BARS = 1_000;
export const FEW_BARS = 20;

type Shard = { readonly bytes: Uint8Array<ArrayBuffer>; readonly failedRuns: number };
const made = new Map<string, Shard>();

/** The object of one shard of the tiny sweep, encoded once however many workers run it. */
export function tinyShard(plan: Plan, shard: number): Shard {
  const { first, count } = shardRange(plan, shard);
  const key = `${plan.sweepId} ${shard} ${first} ${count}`;
  const { bytes, failedRuns } = made.get(key) ?? encodedShard(plan, shard);
  made.set(key, { bytes, failedRuns });
  return { bytes: bytes.slice(), failedRuns };
}

function encodedShard(plan: Plan, shard: number): Shard {
  const { first, count } = shardRange(plan, shard);
  const table = resultTable(TINY_COLUMNS, count);
  let failedRuns = 0;
  for (let i = 0; i < count; i++) {
    const put = (name: string, value: number | string) => {
      (table.values.get(name) as unknown[])[i] = value;
    };
    const index = first + i;
    const run = tinyRun(index);
    put('run_index', index);
    put('run_id', `run-${index}`);
    put('params', `{"index":${index}}`);
    put('status', run.failed ? 'failed' : 'ok');
    put('parity_status', run.checked && !run.failed ? 'identical' : 'not_checked');
    if (run.failed) {
      failedRuns++;
      continue;
    }
    put('sharpe', run.sharpe);
    put('orders', run.orders);
    put('reentries', 0);
    put('sparse_bytes', run.sparse);
    put('dense_bytes', 10_000);
    for (const [b, name] of BLOCK_COLUMNS.entries()) {
      const sum = ((((index + 3) * ((b % 16) + 5) * 7919) % 211) - 100) / 2_000;
      put(name, b < 16 ? sum : 0.01 + sum * sum);
    }
    put('sum_cubes', 1e-4);
    put('sum_fourths', 1e-4);
    if (!run.checked) continue;
    put('dense_class', 'P4');
    put('reentries_dense', 2);
    put('drift_turnover', 0.5);
    put('drift_fees', 0.25);
  }
  const metadata = { sweep_id: plan.sweepId, shard: String(shard) };
  return { bytes: encodeResults(table, metadata).slice(), failedRuns };
}

const replay: ShardRunner['replay'] = async (params, withParity) => {
  const { index } = JSON.parse(params) as { index: number };
  const parity = {
    parity_status: 'identical' as const,
    parity_detail: null,
    dense_class: 'P3',
    reentries_dense: 1,
    drift_turnover: 0,
    drift_fees: 0,
  };
  return { var_5: -index, cvar_5: -2 * index, parity: withParity ? parity : null, holdout: null };
};

/** A sweep of `runs` runs in shards of `shardRuns`, whose runner counts its calls. */
export function tinySweep(runs: number, shardRuns: number, bars = BARS) {
  const plan: Plan = {
    ...planOf({
      sweepId: 'a'.repeat(32),
      engine: 'e'.repeat(64),
      runs,
      bars,
      assets: 1_000,
      shardRuns,
      parity: 'auto',
    }),
    scanFrom: null,
  };
  const values = (count: number) => ({ from: 0, to: count - 1, step: 1 });
  const most = 10_000; // values of an axis: more runs are so many times that
  const params = runs <= most ? { index: values(runs) } : { block: values(runs / most), index: values(most) };
  const tinySpec = sweepSpec.parse({ bars: './bars', strategy: { name: 'tiny', params } });
  const ran: number[] = [];
  const runner: ShardRunner = {
    concurrency: 1,
    async run(shard) {
      ran.push(shard);
      return tinyShard(plan, shard);
    },
    replay,
    follow: async () => null,
  };
  const sweep: RunnableSweep = {
    spec: { tiny: runs },
    plan,
    runner,
    aggregate: {
      plan,
      spec: '{}',
      name: 'tiny',
      columns: TINY_COLUMNS,
      ranking: {
        metric: 'sharpe',
        direction: 'higher',
        robust: false,
        constraintColumns: ['orders'],
        accept: ({ orders }) => (orders ?? 0) >= 1,
      },
      statistics: {
        spec: tinySpec,
        grid: gridOf(tinySpec),
        barFacts: async () => ({ barsPerYear: 252, equalWeight: null }),
      },
    },
  };
  return { sweep, plan, ran };
}
