/**
 * Parameter sweeps of portfolio backtests: target weights with stops, no re-entry after a stop.
 *
 * `runSweep` runs many backtests, `simulate` one from explicit instructions, `defineStrategy` states a strategy of one's own.
 *
 * @module
 */

export { readBars } from './adapters/local/read-bars.ts';
export { type BarRow, barsFromRows } from './api/bars-from-rows.ts';
export type { ResultRow, RunParameters } from './api/result-row.ts';
export { type RunSweepOptions, runSweep, type SweepResult } from './api/run-sweep.ts';
export { type RebalanceEventInput, type SimulateInput, simulate } from './api/simulate.ts';
export { InvalidInputError, OutsideError } from './contracts/errors.ts';
export type { SimulationConfigInput } from './contracts/simulation-config.ts';
export type { Summary } from './contracts/summary.ts';
export type { SweepSpecInput } from './contracts/sweep-spec.ts';
export type { Bars, BarsMemory } from './core/bars.ts';
export type { SharedMemory } from './core/kernel/web-assembly.ts';
export type { InstructionStops, Strategy, StrategyEvent } from './strategies/strategy.ts';
export { defineStrategy } from './strategies/strategy.ts';
export type { SweepProgress } from './sweep/ports.ts';
export type { PlainRow } from './sweep/read-leaderboard.ts';
export type { RejectedOrder, SimulatedOrder, SimulationResult } from './sweep/simulate.ts';
