import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import {
  parseSimulationConfig,
  type SimulationConfig,
  type SimulationConfigInput,
} from '../contracts/simulation-config.ts';
import type { Bars } from '../core/bars.ts';
import { checkParity, createParityScratch, type ParityCheck } from '../core/check-parity.ts';
import { runEvents } from '../core/event-engine.ts';
import { createRunLog, type RunLog } from '../core/execution/run-log.ts';
import { REASONS } from '../core/execution/stops.ts';
import { denseBytes, type InstructionMatrix, sparseBytes } from '../core/instructions.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import { inferBarsPerYear } from '../core/metrics/infer-bars-per-year.ts';
import { measure } from '../core/metrics/measure.ts';
import { createReturnStats, returnStats } from '../core/metrics/return-stats.ts';
import { tailRisk } from '../core/metrics/tail-risk.ts';
import type { Outcome } from '../core/parity.ts';
import type { RunConfig } from '../core/run-config.ts';
import { createWorkspace } from '../core/window/workspace.ts';
import { runWindow } from '../core/window-engine.ts';
import { rebalanceEvents } from '../formats/instructions-json.ts';
import { compileEvents } from '../strategies/compile-events.ts';
import { resolveEvents } from '../strategies/resolve-events.ts';

/** A fill of a single backtest. */
export interface SimulatedOrder {
  readonly bar: number;
  /** ISO, UTC. */
  readonly timestamp: string;
  readonly asset: string;
  readonly side: 'buy' | 'sell';
  /** > 0. */
  readonly quantity: number;
  /** Filled at, with slippage. */
  readonly price: number;
  readonly fee: number;
  readonly reason: (typeof REASONS)[number];
}

/** An order or cell that was refused. */
export interface RejectedOrder {
  readonly bar: number;
  readonly timestamp: string;
  readonly asset: string;
  readonly cause: string;
}

/** Everything that a single backtest gave; plain data that JSON can hold. */
export interface SimulationResult {
  readonly orders: readonly SimulatedOrder[];
  readonly rejected: readonly RejectedOrder[];
  /** At each close; [T]. */
  readonly equity: readonly number[];
  readonly cash: readonly number[];
  /** Shares held at each close, by asset; [T] each. */
  readonly positions: Readonly<Record<string, readonly number[]>>;
  /** By name, null where undefined; with `var_5` and `cvar_5`. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly footprint: { readonly sparseBytes: number; readonly denseBytes: number };
  readonly parity: {
    readonly status: 'identical' | 'diverged' | 'not_checked';
    readonly firstDivergence?: string;
  };
}

/** What `simulate` needs. */
export interface SimulationInput {
  readonly bars: Bars;
  /** Rebalance events, as they stand in a file or as a reader of files gives them. */
  readonly events: readonly unknown[] | readonly RebalanceEvent[];
  readonly config?: SimulationConfigInput;
}

/**
 * Runs one backtest from explicit rebalance events.
 *
 * @throws InvalidInputError for a wrong field of the configuration, an event that is none, a time that is no bar, an
 *   unknown asset, weights beyond the limits; names the event and the asset
 */
export function simulate({ bars, events, config = {} }: SimulationInput): SimulationResult {
  const settings = parseSimulationConfig(config, 'config');
  const checked = rebalanceEvents(events, 'events');
  const matrix = compileEvents(resolveEvents(checked, bars, { snap: settings.snap }), bars, settings);
  return simulateMatrix(bars, matrix, runConfigOf(settings, bars), settings.engine);
}

function runConfigOf(settings: SimulationConfig, bars: Bars): RunConfig {
  const { stops, barsPerYear = inferBarsPerYear(bars.times), ...rest } = settings;
  const { stopLoss, trailingStop, takeProfit } = stops;
  return {
    ...rest,
    barsPerYear,
    stops: {
      stopLoss: stopLoss ?? Number.NaN,
      trailingStop: trailingStop ?? Number.NaN,
      takeProfit: takeProfit ?? Number.NaN,
    },
  };
}

/** One backtest of a checked matrix by the engine named; `both` also checks everything that must agree. */
export function simulateMatrix(
  bars: Bars,
  matrix: InstructionMatrix,
  config: RunConfig,
  engine: SimulationConfig['engine'],
): SimulationResult {
  const { outcome, parity } = runEngines(bars, matrix, config, engine);
  const { log, equity } = outcome;
  const at = (bar: number) => new Date(bars.times[bar]!).toISOString();
  const orders = Array.from({ length: log.fills }, (_, i): SimulatedOrder => {
    const quantity = log.quantity[i]!;
    return {
      bar: log.bar[i]!,
      timestamp: at(log.bar[i]!),
      asset: bars.symbols[log.asset[i]!]!,
      side: quantity > 0 ? 'buy' : 'sell',
      quantity: Math.abs(quantity),
      price: log.fillPrice[i]!,
      fee: log.fee[i]!,
      reason: REASONS[log.reason[i]!]!,
    };
  });
  const rejected = log.rejections.map(({ bar, asset, cause }) => ({
    bar,
    timestamp: at(bar),
    asset: bars.symbols[asset]!,
    cause,
  }));
  return {
    orders,
    rejected,
    equity: [...equity],
    ...holdings(bars, log, config.cash),
    metrics: metricsByName(outcome, config, bars.length),
    footprint: { sparseBytes: sparseBytes(matrix), denseBytes: denseBytes(bars.length, bars.symbols.length) },
    parity: {
      status: parity?.status ?? 'not_checked',
      ...(parity?.detail ? { firstDivergence: parity.detail } : {}),
    },
  };
}

function runEngines(
  bars: Bars,
  matrix: InstructionMatrix,
  config: RunConfig,
  engine: SimulationConfig['engine'],
): { outcome: Outcome; parity: ParityCheck | null } {
  if (engine === 'event') return { outcome: runEvents(bars, matrix, config), parity: null };
  const workspace = createWorkspace(bars);
  const parity = engine === 'both' ? checkParity(matrix, config, workspace, createParityScratch(bars)) : null;
  const log = createRunLog();
  runWindow(matrix, config, workspace, log);
  return { outcome: { equity: workspace.equity, ledger: workspace.ledger, log }, parity };
}

/** Cash and positions at each close: both change with fills alone. */
function holdings(bars: Bars, log: RunLog, initialCash: number) {
  const cash: number[] = [];
  const held = new Array<number>(bars.symbols.length).fill(0);
  const columns: number[][] = bars.symbols.map(() => []);
  let latest = initialCash;
  for (let t = 0, i = 0; t < bars.length; t++) {
    for (; i < log.fills && log.bar[i] === t; i++) {
      latest = log.cash[i]!;
      held[log.asset[i]!] = log.position[i]!;
    }
    cash.push(latest);
    for (const [a, column] of columns.entries()) column.push(held[a]!);
  }
  return { cash, positions: Object.fromEntries(bars.symbols.map((symbol, a) => [symbol, columns[a]!])) };
}

/** All metrics of a run over `length` bars, null where undefined; with `var_5` and `cvar_5`. */
export function metricsByName(
  { equity, ledger }: Pick<Outcome, 'equity' | 'ledger'>,
  config: RunConfig,
  length: number,
): Record<string, number | null> {
  const returns = new Float64Array(length);
  const stats = createReturnStats();
  returnStats(equity, length, config.cash, config.fill.drawdownFrom, returns, stats);
  const values = new Float64Array(METRICS.length);
  measure({ returns: stats, totals: ledger.totals, config }, values);
  const { valueAtRisk, conditionalValueAtRisk } = tailRisk(returns);
  const nullable = (value: number) => (Number.isNaN(value) ? null : value);
  return {
    ...Object.fromEntries(METRICS.map(({ name }, k) => [name, nullable(values[k]!)])),
    var_5: nullable(valueAtRisk),
    cvar_5: nullable(conditionalValueAtRisk),
  };
}
