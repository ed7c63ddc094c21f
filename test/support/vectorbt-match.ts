import { expect } from 'vitest';
import type { Cell } from '../../src/core/event/engine-event.ts';
import { runEvents, type Simulation } from '../../src/core/event-engine.ts';
import {
  type InstructionMatrix,
  type InstructionRow,
  instructionMatrix,
} from '../../src/core/instructions.ts';
import { metricByName } from '../../src/core/metrics/catalog.ts';
import { createReturnStats, returnStats } from '../../src/core/metrics/return-stats.ts';
import type { Outcome } from '../../src/core/parity.ts';
import { NO_TRADES } from './metric-input.ts';
import type { Decided, VectorbtCase } from './vectorbt-cases.ts';

const TOLERANCE = 1e-9;

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

/** Undefined to us where the equity ends at or below 0; vectorbt says -100 %. */
const RATES_OF_GROWTH: ReadonlySet<string> = new Set(['cagr', 'calmar']);

/** Lets the case decide at every close of an event-driven run; the rows it decided make a matrix for any engine. */
export function runDeciding({ bars, config, decide }: VectorbtCase): {
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

/** Orders in sequence, cash and positions after each bar, equity and metrics, to a relative 1e-9. */
export function expectMatches(given: VectorbtCase, { equity, log }: Outcome): void {
  const { bars, expected } = given;
  const orders = Array.from({ length: log.fills }, (_, i) => ({
    idx: log.bar[i]!,
    col: log.asset[i]!,
    size: Math.abs(log.quantity[i]!),
    price: log.fillPrice[i]!,
    fees: log.fee[i]!,
    side: log.quantity[i]! > 0 ? 'buy' : 'sell',
  }));
  const places = (list: readonly { idx: number; col: number; side: string }[]) =>
    list.map(({ idx, col, side }) => `${side} asset ${col} on bar ${idx}`);
  expect(places(orders), 'orders').toEqual(places(expected.orders));
  orders.forEach((order, i) => {
    for (const field of ['size', 'price', 'fees'] as const) {
      expectNear(order[field], expected.orders[i]![field], `${field} of order ${i}`);
    }
  });

  let fill = 0;
  let cash = given.config.cash;
  const positions: number[] = new Array(bars.symbols.length).fill(0);
  for (let t = 0; t < bars.length; t++) {
    for (; fill < log.fills && log.bar[fill] === t; fill++) {
      cash = log.cash[fill]!;
      positions[log.asset[fill]!] = log.position[fill]!;
    }
    expectNear(cash, expected.cash[t]!, `cash on bar ${t}`);
    positions.forEach((held, a) => {
      expectNear(held, expected.assets[t]![a]!, `position of asset ${a} on bar ${t}`);
    });
    expectNear(equity[t]!, expected.value[t]!, `equity on bar ${t}`);
  }
  expectMetrics(given, equity);
}

/** The metrics of an equity curve against vectorbt's; where vectorbt has infinity or nothing, ours is NaN. */
function expectMetrics({ config, expected }: VectorbtCase, equity: Float64Array): void {
  const returns = returnStats(
    equity,
    equity.length,
    config.cash,
    config.fill.drawdownFrom,
    new Float64Array(equity.length),
    createReturnStats(),
  );
  for (const [theirs, [ours, barsPerYear]] of Object.entries(METRICS)) {
    const found = metricByName(ours)!.value({
      returns,
      totals: NO_TRADES,
      config: { ...config, barsPerYear },
    });
    const value = expected[theirs as keyof typeof METRICS];
    const ruined = RATES_OF_GROWTH.has(ours) && !(returns.end > 0);
    if (Number.isNaN(value) || ruined) expect(found, theirs).toBeNaN();
    else expectNear(found, value, theirs);
  }
}

/** What one settles to 0 the other may leave as dust, so below 1 the tolerance is absolute. */
function expectNear(found: number, expected: number, what: string): void {
  const size = Math.max(1, Math.abs(found), Math.abs(expected));
  expect(
    Math.abs(found - expected) <= TOLERANCE * size,
    `${what}: expected ${expected}, found ${found}`,
  ).toBe(true);
}
