import { runEvents } from '../src/core/event-engine.ts';
import { createRunLog } from '../src/core/execution/run-log.ts';
import { kernelOf } from '../src/core/kernel/kernel.ts';
import { METRICS } from '../src/core/metrics/catalog.ts';
import { measure } from '../src/core/metrics/measure.ts';
import { createReturnStats, returnStats } from '../src/core/metrics/return-stats.ts';
import { firstDivergence } from '../src/core/parity.ts';
import { createWorkspace } from '../src/core/window/workspace.ts';
import { runWindow } from '../src/core/window-engine.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/**
 * What one turn of one scenario measured, on one core, all metrics included: CPU time of a run in µs, by round. The kernel, and
 * beside it the window engine in TypeScript, which runs where the kernel cannot, and the event engine.
 */
export interface EngineTurn {
  readonly assetBars: number;
  readonly orders: number;
  readonly stopExits: number;
  readonly kernel: readonly number[];
  readonly window: readonly number[];
  readonly event: readonly number[];
}

const cpuMicros = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/**
 * CPU time of one call by rounds of about 5 ms, for half a second after a warm-up of 0.3 s.
 *
 * Short rounds, since a host takes its processor away for some milliseconds at a time and counts them as ours.
 */
function microsPerCall(call: () => void): number[] {
  let calls = 0;
  const warm = cpuMicros();
  for (; cpuMicros() - warm < 300_000; calls++) call();
  const perRound = Math.max(1, Math.round((5_000 * calls) / (cpuMicros() - warm)));
  const rounds: number[] = [];
  for (let sum = 0; sum < 500_000 || rounds.length < 3; ) {
    const from = cpuMicros();
    for (let i = 0; i < perRound; i++) call();
    const spent = cpuMicros() - from;
    sum += spent;
    rounds.push(spent / perRound);
  }
  return rounds;
}

/** Measures one scenario once; parity of the three engines is asserted first. */
export function measureEngines({ name, bars, matrix, config }: Scenario): EngineTurn {
  const ws = createWorkspace(bars);
  const log = createRunLog();
  runWindow(matrix, config, ws, log);
  const kernel = kernelOf(bars);
  if (!kernel?.run(matrix, config)) throw new Error(`${name}: the kernel does not run here`);
  const event = runEvents(bars, matrix, config);
  for (const other of [
    event,
    { ...event, equity: kernel.equity, ledger: { ...event.ledger, totals: kernel.totals } },
  ]) {
    const divergence = firstDivergence({ equity: ws.equity, ledger: ws.ledger, log }, other);
    if (divergence) throw new Error(`${name}: the engines disagree: ${JSON.stringify(divergence)}`);
  }
  const { totals } = ws.ledger;
  const orders = totals.orders;
  const stopExits = totals.stopLossExits + totals.trailingStopExits + totals.takeProfitExits;
  const stats = createReturnStats();
  const returns = new Float64Array(bars.length);
  const row = new Float64Array(METRICS.length);
  return {
    assetBars: bars.length * bars.symbols.length,
    orders,
    stopExits,
    kernel: microsPerCall(() => {
      kernel.run(matrix, config);
      measure({ returns: kernel.stats, totals: kernel.totals, config }, row);
    }),
    window: microsPerCall(() => {
      runWindow(matrix, config, ws);
      returnStats(ws.equity, bars.length, config.cash, config.fill.drawdownFrom, returns, stats);
      measure({ returns: stats, totals: ws.ledger.totals, config }, row);
    }),
    event: microsPerCall(() => {
      runEvents(bars, matrix, config);
    }),
  };
}

// One scenario a process: code compiled for one workload is slower or faster on another.
const wanted = process.argv[2];
if (wanted !== undefined) {
  const scenario = scenarios().find(({ name }) => name === wanted);
  if (!scenario) throw new Error(`unknown scenario ${wanted}`);
  process.stdout.write(`${JSON.stringify(measureEngines(scenario))}\n`);
}
