import { expect } from 'vitest';
import type { Cell } from '../../src/core/event/engine-event.ts';
import { runEvents, type Simulation } from '../../src/core/event-engine.ts';
import { createRunLog } from '../../src/core/execution/run-log.ts';
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

/** How far two outcomes are from each other: the largest relative difference of any number, and where. */
export interface Difference {
  readonly largest: number;
  readonly where: string;
}

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

/** Fills, cash and positions after each bar, equity and metrics. */
function inTheirWords({ bars, config }: VectorbtCase, { equity, log }: Outcome): VectorbtOutcome {
  const orders = Array.from({ length: log.fills }, (_, i) => ({
    idx: log.bar[i]!,
    col: log.asset[i]!,
    size: Math.abs(log.quantity[i]!),
    price: log.fillPrice[i]!,
    fees: log.fee[i]!,
    side: log.quantity[i]! > 0 ? ('buy' as const) : ('sell' as const),
  }));
  const cash: number[] = [];
  const assets: number[][] = [];
  const held: number[] = new Array(bars.symbols.length).fill(0);
  for (let t = 0, fill = 0, latest = config.cash; t < bars.length; t++) {
    for (; fill < log.fills && log.bar[fill] === t; fill++) {
      latest = log.cash[fill]!;
      held[log.asset[fill]!] = log.position[fill]!;
    }
    cash.push(latest);
    assets.push([...held]);
  }
  return { orders, cash, assets, value: [...equity], ...metricsOf(config, equity) };
}

function metricsOf(config: RunConfig, equity: Float64Array): Record<MetricName, number> {
  const returns = returnStats(
    equity,
    equity.length,
    config.cash,
    config.fill.drawdownFrom,
    new Float64Array(equity.length),
    createReturnStats(),
  );
  const values = METRIC_NAMES.map((name) => {
    const [ours, barsPerYear] = METRICS[name];
    const input = { returns, totals: NO_TRADES, config: { ...config, barsPerYear } };
    return [name, metricByName(ours)!.value(input)] as const;
  });
  return Object.fromEntries(values) as Record<MetricName, number>;
}

/** A rate of growth is undefined to us where the equity ends at or below 0; vectorbt says -100 %, or nothing. */
export function isComparable(name: MetricName, { value }: VectorbtOutcome): boolean {
  const isRate = name === 'annualized_return_252' || name === 'calmar_252';
  return !isRate || value.at(-1)! > 0;
}

/** Where two rules of ours are not vectorbt's, on purpose: what follows that bar is another run. */
export const RULES = {
  fee: 'a sell worth less than its fixed fee: vectorbt refuses it',
  cover: 'a stop that covers a short is never limited by cash: vectorbt covers as much as cash allows',
} as const;

/** The bars before the first on which one of `RULES` says otherwise than vectorbt, and which; all bars and null if none. */
export function comparableBars(ours: VectorbtOutcome): { bars: number; rule: keyof typeof RULES | null } {
  const isBelowFee = ({ side, size, price, fees }: VectorbtOutcome['orders'][number]) =>
    side === 'sell' && size * price < fees;
  const below = ours.orders.find(isBelowFee)?.idx ?? Number.POSITIVE_INFINITY;
  const negative = ours.cash.findIndex((cash) => cash < 0);
  const covered = negative < 0 ? Number.POSITIVE_INFINITY : negative;
  if (below <= covered && below < ours.cash.length) return { bars: below, rule: 'fee' };
  return negative < 0 ? { bars: ours.cash.length, rule: null } : { bars: negative, rule: 'cover' };
}

/** The orders and columns of the first bars. */
export function firstBars(outcome: VectorbtOutcome, bars: number): VectorbtOutcome {
  return {
    ...outcome,
    orders: outcome.orders.filter(({ idx }) => idx < bars),
    cash: outcome.cash.slice(0, bars),
    assets: outcome.assets.slice(0, bars),
    value: outcome.value.slice(0, bars),
  };
}

/**
 * Compares orders, cash and positions after each bar, equity and metrics.
 *
 * A difference is taken relative to the larger number, below 1 absolute: what one settles to 0 the other may leave as
 * dust. Up to where one of `RULES` parts the two. Fails the test where orders differ in bar, asset or side.
 */
export function differenceOf(
  given: VectorbtCase,
  theirs: VectorbtOutcome,
  ours: VectorbtOutcome,
): Difference {
  let worst: Difference = { largest: 0, where: 'nowhere' };
  const compare = (found: number, value: number, where: () => string) => {
    const difference = relativeDifference(found, value);
    if (difference <= worst.largest) return;
    worst = { largest: difference, where: `${where()}: vectorbt ${value}, backsweep ${found}` };
  };
  const { bars, rule } = comparableBars(ours);
  const found = firstBars(ours, bars);
  const wanted = firstBars(theirs, bars);
  const sequence = inSequence(wanted.orders, given);
  const orders = inSequence(found.orders, given);
  expect(orders.map(placeOf), `${given.name}: orders`).toEqual(sequence.map(placeOf));
  orders.forEach((order, i) => {
    for (const field of ['size', 'price', 'fees'] as const) {
      compare(order[field], sequence[i]![field], () => `${field} of order ${i}`);
    }
  });
  for (let t = 0; t < bars; t++) {
    compare(found.cash[t]!, wanted.cash[t]!, () => `cash on bar ${t}`);
    found.assets[t]!.forEach((held, a) => {
      compare(held, wanted.assets[t]![a]!, () => `position of asset ${a} on bar ${t}`);
    });
    compare(found.value[t]!, wanted.value[t]!, () => `equity on bar ${t}`);
  }
  for (const name of METRIC_NAMES) {
    if (rule === null && isComparable(name, theirs)) compare(ours[name], theirs[name], () => name);
  }
  return worst;
}

/** Infinity where one of the two alone is NaN. */
export function relativeDifference(found: number, value: number): number {
  if (Number.isNaN(found) && Number.isNaN(value)) return 0;
  const difference = Math.abs(found - value) / Math.max(1, Math.abs(found), Math.abs(value));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

/**
 * Orders in sequence. Where several assets have stops, vectorbt sorts stop exits and signals of a bar by their value,
 * while ours does stops first: then those of one bar count in the order of assets.
 */
export function inSequence(
  orders: VectorbtOutcome['orders'],
  { kind }: VectorbtCase,
): VectorbtOutcome['orders'] {
  return kind === 'from_orders' ? orders : orders.toSorted((a, b) => a.idx - b.idx || a.col - b.col);
}

/** An order without its numbers. */
const placeOf = ({ idx, col, side }: VectorbtOutcome['orders'][number]) =>
  `${side} asset ${col} on bar ${idx}`;
