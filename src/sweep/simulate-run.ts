import { InvalidInputError } from '../contracts/errors.ts';
import type { Bars } from '../core/bars.ts';
import {
  checkParity,
  createParityScratch,
  type ParityCheck,
  type ParityScratch,
} from '../core/check-parity.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import { kernelOf } from '../core/kernel/kernel.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import { measure } from '../core/metrics/measure.ts';
import { createReturnStats, type ReturnStats, returnStats } from '../core/metrics/return-stats.ts';
import type { RunConfig } from '../core/run-config.ts';
import { createWorkspace, type Workspace } from '../core/window/workspace.ts';
import { runWindow } from '../core/window-engine.ts';
import { canonicalJson } from '../formats/canonical-json.ts';
import { compileEvents } from '../strategies/compile-events.ts';
import type { Strategy, StrategyEvent } from '../strategies/strategy.ts';
import type { ParameterSet } from './grid.ts';

/** What all runs of a sweep share. */
export interface RunContext {
  readonly bars: Bars;
  readonly strategy: Strategy;
  readonly barsPerYear: number;
  /** Per year. */
  readonly riskFreeRate: number;
}

/** What one run gave; the arrays hold until the next run over the same bars on this thread. */
export interface SimulatedRun {
  readonly matrix: InstructionMatrix;
  /** [METRICS.length], NaN = undefined. */
  readonly metrics: Float64Array;
  readonly stats: ReturnStats;
  /** Return of each bar; [T]. */
  readonly returns: Float64Array;
  /** Equity at each close; [T]. */
  readonly equity: Float64Array;
  /** null where no check was asked for. */
  readonly parity: ParityCheck | null;
}

/** Simulates runs one after the other on one thread, in memory that does not grow with their number. */
export interface Simulator {
  /** The strategy's parameters as canonical JSON, defaults filled in; as given where the strategy refuses them. */
  paramsJson(params: ParameterSet['params']): string;
  /** The configuration of a run. */
  config(set: ParameterSet): RunConfig;
  /** The instructions of a run; throws what the strategy throws, or InvalidInputError for what it returns. */
  instructions(set: ParameterSet): InstructionMatrix;
  /** One whole run; throws as `instructions` does. */
  run(set: ParameterSet, withParity: boolean): SimulatedRun;
}

/** What the strategy said to the latest parameters: runs that share them are neighbours in the grid. */
interface Decided {
  readonly key: string;
  readonly json: string;
  readonly events: readonly StrategyEvent[] | null;
  readonly error: unknown;
  /** By the limits of weights. */
  readonly matrices: Map<string, InstructionMatrix>;
}

/** A simulator over these bars, with all its scratch. */
export function createSimulator({ bars, strategy, barsPerYear, riskFreeRate }: RunContext): Simulator {
  const kernel = kernelOf(bars);
  // What the kernel does not cover, and checks of parity, take the window engine, whose scratch is made when it is asked.
  let windows: WindowRuns | null = null;
  const metrics = new Float64Array(METRICS.length);
  let latest: Decided | null = null;
  let asked: ParameterSet['params'] | null = null; // neighbours share the object; spelling it is the dearest part of a lookup

  function decided(params: ParameterSet['params']): Decided {
    if (latest && asked === params) return latest;
    const key = canonicalJson(params);
    if (latest?.key !== key) latest = decide(strategy, bars, params, key);
    asked = params;
    return latest;
  }

  function instructions(set: ParameterSet): InstructionMatrix {
    const { events, error, matrices } = decided(set.params);
    if (events === null) throw error;
    const { maxLeverage, maxAssetWeight, allowShort } = set.portfolio;
    const limits = `${maxLeverage}/${maxAssetWeight}/${allowShort}`;
    let matrix = matrices.get(limits);
    if (!matrix) {
      matrix = compileEvents(events, bars, { maxLeverage, maxAssetWeight, allowShort });
      matrices.set(limits, matrix);
    }
    return matrix;
  }

  function config({ portfolio, stops, fill }: ParameterSet): RunConfig {
    const { cash, feeRate, fixedFee, slippage, maxLeverage, lotSize, minSize, minNotional } = portfolio;
    return {
      cash,
      feeRate,
      fixedFee,
      slippage,
      maxLeverage,
      lotSize,
      minSize,
      minNotional,
      stops: {
        stopLoss: stops.stopLoss ?? Number.NaN,
        trailingStop: stops.trailingStop ?? Number.NaN,
        takeProfit: stops.takeProfit ?? Number.NaN,
      },
      fill,
      barsPerYear,
      riskFreeRate,
    };
  }

  function run(set: ParameterSet, withParity: boolean): SimulatedRun {
    const matrix = instructions(set);
    const settings = config(set);
    if (!withParity && kernel?.run(matrix, settings)) {
      const { stats, returns, equity, totals } = kernel;
      measure({ returns: stats, totals, config: settings }, metrics);
      return { matrix, metrics, stats, returns, equity, parity: null };
    }
    windows ??= createWindowRuns(bars);
    const { workspace, scratch, stats, returns } = windows;
    // The check runs the window engine itself, and leaves its equity and ledger in the workspace.
    const parity = withParity ? checkParity(matrix, settings, workspace, scratch) : null;
    if (!withParity) runWindow(matrix, settings, workspace);
    const { equity, ledger } = workspace;
    returnStats(equity, bars.length, settings.cash, settings.fill.drawdownFrom, returns, stats);
    measure({ returns: stats, totals: ledger.totals, config: settings }, metrics);
    return { matrix, metrics, stats, returns, equity, parity };
  }

  return { paramsJson: (params) => decided(params).json, config, instructions, run };
}

/** Scratch of runs in the window engine. */
interface WindowRuns {
  readonly workspace: Workspace;
  readonly scratch: ParityScratch;
  readonly stats: ReturnStats;
  readonly returns: Float64Array;
}

function createWindowRuns(bars: Bars): WindowRuns {
  return {
    workspace: createWorkspace(bars),
    scratch: createParityScratch(bars),
    stats: createReturnStats(),
    returns: new Float64Array(bars.length),
  };
}

function decide(strategy: Strategy, bars: Bars, params: ParameterSet['params'], key: string): Decided {
  const matrices = new Map<string, InstructionMatrix>();
  const parsed = strategy.params.safeParse({ ...params }); // a copy: runs share the object, and a strategy may write into it
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = ['params', ...(issue?.path ?? [])].join('.');
    const error = new InvalidInputError(`strategy ${strategy.name}, ${where}: ${issue?.message}`);
    return { key, json: key, events: null, error, matrices };
  }
  const json = canonicalJson({ ...plainMembers(parsed.data), ...params });
  try {
    const events = strategy.events(bars, parsed.data);
    return { key, json, events, error: null, matrices };
  } catch (error) {
    return { key, json, events: null, error, matrices };
  }
}

/** The defaults that a schema filled in; what it transformed into objects of its own has no canonical spelling. */
function plainMembers(data: unknown): Record<string, unknown> {
  if (typeof data !== 'object' || data === null) return {};
  const isPlain = (value: unknown) =>
    value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  return Object.fromEntries(Object.entries(data).filter(([, value]) => isPlain(value)));
}
