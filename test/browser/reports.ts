import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { readPageAssets } from '../../src/cli/page-assets.ts';
import type { Bars } from '../../src/core/bars.ts';
import { collectReport } from '../../src/report/collect-report.ts';
import { renderReport } from '../../src/report/render-report.ts';
import type { ReportData, ReportPlace } from '../../src/report/report-data.ts';
import type { ShardRunner, Store } from '../../src/sweep/ports.ts';
import type { PreparedSweep } from '../../src/sweep/prepare-sweep.ts';
import { runSweep } from '../../src/sweep/run-sweep.ts';
import type { StrategySource } from '../../src/sweep/strategy-source.ts';
import { realSweep, walkBars } from '../support/real-sweep.ts';
import { syntheticSweep } from '../support/synthetic-sweep.ts';

export const PLACE: ReportPlace = {
  seconds: 12.3,
  workerSeconds: 24.6,
  costUsd: 0,
  by: '2 threads of one machine',
  replayCommand: 'backsweep show RUN_ID',
};

/** A report and what stands in it. */
export interface MadeReport {
  readonly data: ReportData;
  readonly html: string;
}

/** The report of a published sweep. */
async function reportOf(store: Store, { plan, inputs }: PreparedSweep): Promise<MadeReport> {
  const data = await collectReport(store, plan.sweepId, '1.2.3', inputs);
  return { data, html: renderReport(data, PLACE, await readPageAssets()) };
}

/** Runs a sweep in this process and reports it. */
export async function reportOfFile(
  file: object,
  bars: Bars = walkBars(3, 500),
  source: StrategySource = { kind: 'builtin', name: 'momentum' },
): Promise<MadeReport> {
  const { prepared } = await realSweep({ bars: './bars', ...file }, bars, source);
  const { plan, spec, aggregate, engine } = prepared;
  const runner: ShardRunner = {
    concurrency: 1,
    run: async (shard) => engine.runShard(shard),
    replay: async (params, withParity) => engine.replay(params, withParity),
    follow: async (params, at) => engine.follow(params, at),
  };
  const store = memoryStore();
  await runSweep(store, { spec, plan, runner, aggregate });
  return reportOf(store, prepared);
}

/** 432 runs of momentum over five axes with stops: what most tests look at. */
export const MOMENTUM = {
  name: 'momentum-stops',
  strategy: {
    name: 'momentum',
    params: { lookback: { from: 10, to: 60, step: 10 }, top: [1, 2, 3], rebalance: ['week', 'month'] },
  },
  stops: { stopLoss: [null, 0.03, 0.06], trailingStop: [null, 0.05, 0.1, 0.2] },
  portfolio: { feeRate: 0.001 },
};

const tenth = { from: 0.01, to: 0.1, step: 0.01 };
/** 1,000,000 runs over five axes. */
const MILLION = {
  name: 'million',
  bars: './bars',
  strategy: {
    name: 'momentum',
    params: { lookback: { from: 1, to: 100, step: 1 }, top: { from: 1, to: 10, step: 1 } },
  },
  stops: { stopLoss: tenth, trailingStop: tenth, takeProfit: tenth },
  parity: 'none',
};

/** The report of a million runs, made up instead of simulated. */
export async function reportOfMillion(): Promise<MadeReport> {
  const { prepared } = await realSweep(MILLION, walkBars(3, 1_000), { kind: 'builtin', name: 'momentum' });
  return reportOf(await syntheticSweep(prepared), prepared);
}
