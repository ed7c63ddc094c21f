import { expect } from 'vitest';
import type { Bars } from '../../src/core/bars.ts';
import type { Cell } from '../../src/core/event/engine-event.ts';
import { runEvents, type Simulation } from '../../src/core/event-engine.ts';
import { createRunLog } from '../../src/core/execution/run-log.ts';
import { settledSum } from '../../src/core/execution/tolerance.ts';
import {
  type InstructionMatrix,
  type InstructionRow,
  instructionMatrix,
} from '../../src/core/instructions.ts';
import { metricByName } from '../../src/core/metrics/catalog.ts';
import { createReturnStats, returnStats } from '../../src/core/metrics/return-stats.ts';
import { firstDivergence, type Outcome } from '../../src/core/parity.ts';
import type { RunConfig } from '../../src/core/run-config.ts';
import { createWorkspace } from '../../src/core/window/workspace.ts';
import { runWindow } from '../../src/core/window-engine.ts';
import { NO_TRADES } from './metric-input.ts';
import type { Decided, VectorbtCase, VectorbtOutcome } from './vectorbt-cases.ts';

/** Which metric of ours, at how many bars per year, is which of vectorbt's. */
const METRICS = {
  total_return: ['total_return', 252],
  max_drawdown: ['max_drawdown', 252],
  sharpe_365: ['sharpe', 365],
  sharpe_252: ['sharpe', 252],
  sortino_252: ['sortino', 252],
  annualized_return_252: ['cagr', 252],
  annualized_volatility_252: ['volatility', 252],
  calmar_252: ['calmar', 252],
} as const;
type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** What our engines make of a case, in vectorbt's words; fails the test where the two engines differ by a bit. */
export function outcomeOf(given: VectorbtCase): VectorbtOutcome {
  const { run, matrix } = runDeciding(given);
  expect(firstDivergence(run, runEvents(given.bars, matrix, given.config)), given.name).toBeNull();
  const workspace = createWorkspace(given.bars);
  const log = createRunLog();
  runWindow(matrix, given.config, workspace, log);
  const window = { equity: workspace.equity, ledger: workspace.ledger, log };
  expect(firstDivergence(run, window), given.name).toBeNull();
  return inTheirWords(given, run);
}

/** Lets the case decide at every close of an event-driven run; the rows it decided make a matrix for any engine. */
function runDeciding({ bars, config, decide }: VectorbtCase): {
  run: Simulation;
  matrix: InstructionMatrix;
} {
  const nothing: number[] = new Array(bars.symbols.length).fill(Number.NaN);
  const everyBar = instructionMatrix(
    Array.from({ length: bars.length }, (_, bar) => ({ bar, weights: nothing })),
  );
  const rows: InstructionRow[] = [];
  const run = runEvents(bars, everyBar, config, {
    onRebalance(bar, _, portfolio) {
      const decided = decide(bar, portfolio);
      if (decided.length > 0) rows.push(rowOf(bar, bars.symbols.length, decided));
      return decided.map(
        ({ asset, weight, stops = config.stops }): Cell => ({ asset, weight, ...stops, isEvent: true }),
      );
    },
  });
  return { run, matrix: instructionMatrix(rows) };
}

function rowOf(bar: number, assets: number, decided: readonly Decided[]): InstructionRow {
  const absent = () => new Array<number>(assets).fill(Number.NaN);
  const weights = absent();
  const stops = { stopLoss: absent(), trailingStop: absent(), takeProfit: absent() };
  for (const { asset, weight, stops: own } of decided) {
    weights[asset] = weight;
    for (const name of ['stopLoss', 'trailingStop', 'takeProfit'] as const) {
      if (own) stops[name][asset] = Number.isNaN(own[name]) ? Number.POSITIVE_INFINITY : own[name];
    }
  }
  return decided.some((cell) => cell.stops) ? { bar, weights, stops } : { bar, weights };
}

/**
 * Fills; cash, positions and equity after each bar as the engine had them, and as vectorbt reports them; metrics.
 *
 * What vectorbt reports after a simulation it adds up anew from the orders (rule V8).
 */
function inTheirWords({ bars, config }: VectorbtCase, { equity, log }: Outcome): VectorbtOutcome {
  const orders = Array.from({ length: log.fills }, (_, i) => ({
    idx: log.bar[i]!,
    col: log.asset[i]!,
    size: Math.abs(log.quantity[i]!),
    price: log.fillPrice[i]!,
    fees: log.fee[i]!,
    side: log.quantity[i]! > 0 ? ('buy' as const) : ('sell' as const),
  }));
  const simulated = { cash: [] as number[], assets: [] as number[][] };
  const held: number[] = bars.symbols.map(() => 0);
  for (let t = 0, fill = 0, latest = config.cash; t < bars.length; t++) {
    for (; fill < log.fills && log.bar[fill] === t; fill++) {
      latest = log.cash[fill]!;
      held[log.asset[fill]!] = log.position[fill]!;
    }
    simulated.cash.push(latest);
    simulated.assets.push([...held]);
  }
  expect(equityOf(bars, simulated.cash, simulated.assets)).toEqual([...equity]);
  const { cash, assets } = addedUp(bars, config, orders, settledSum);
  const value = equityOf(bars, cash, assets);
  // Its total return comes from sums that settle nothing.
  const raw = addedUp(bars, config, orders, (a, b) => a + b);
  const { total_return } = metricsOf(config, equityOf(bars, raw.cash, raw.assets));
  return { orders, cash, assets, value, simulated, ...metricsOf(config, value), total_return };
}

/** Cash and positions from the orders alone, bar by bar: what cancels becomes 0 once a bar, not once an order. */
function addedUp(bars: Bars, config: RunConfig, orders: VectorbtOutcome['orders'], add: typeof settledSum) {
  const cash: number[] = [];
  const assets: number[][] = [];
  const flows = bars.symbols.map(() => ({
    money: new Float64Array(bars.length),
    shares: new Float64Array(bars.length),
  }));
  for (const { idx, col, size, price, fees, side } of orders) {
    const { money, shares } = flows[col]!;
    const signed = side === 'buy' ? size : -size;
    money[idx] = add(money[idx]!, -signed * price - fees);
    shares[idx] = add(shares[idx]!, signed);
  }
  const held = bars.symbols.map(() => 0);
  for (let t = 0, latest = config.cash; t < bars.length; t++) {
    latest = add(
      latest,
      flows.reduce((sum, { money }) => sum + money[t]!, 0),
    );
    flows.forEach(({ shares }, a) => {
      held[a] = add(held[a]!, shares[t]!);
    });
    cash.push(latest);
    assets.push([...held]);
  }
  return { cash, assets };
}

/** Cash + Σ position · last close at each close; [T]. */
export function equityOf(
  bars: Bars,
  cash: readonly number[],
  assets: readonly (readonly number[])[],
): number[] {
  return cash.map((money, t) =>
    assets[t]!.reduce(
      (sum, held, a) => (held === 0 ? sum : sum + held * bars.lastClose[a * bars.length + t]!),
      money,
    ),
  );
}

function metricsOf(config: RunConfig, value: readonly number[]): Record<MetricName, number> {
  const returns = returnStats(
    Float64Array.from(value),
    value.length,
    config.cash,
    config.fill.drawdownFrom,
    new Float64Array(value.length),
    createReturnStats(),
  );
  const values = METRIC_NAMES.map((name) => {
    const [ours, barsPerYear] = METRICS[name];
    const input = { returns, totals: NO_TRADES, config: { ...config, barsPerYear } };
    return [name, metricByName(ours)!.value(input)] as const;
  });
  return Object.fromEntries(values) as Record<MetricName, number>;
}

/** Rates of growth of vectorbt compound returns, ours divide the end by the start: not the same once equity is ≤ 0. */
export function isComparable(name: MetricName, { value }: VectorbtOutcome): boolean {
  const isRate = name === 'annualized_return_252' || name === 'calmar_252';
  return !isRate || value.every((equity) => equity > 0);
}
