/** The public interface: `import { defineStrategy, simulate } from 'backsweep'`. */
export { InvalidInputError, OutsideError } from './contracts/errors.ts';
export type { SimulationConfigInput } from './contracts/simulation-config.ts';
export type { Bars } from './core/bars.ts';
export type { BarColumns } from './formats/bar-rows.ts';
export { joinBars } from './formats/join-bars.ts';
export type { InstructionStops, Strategy, StrategyEvent } from './strategies/strategy.ts';
export { defineStrategy } from './strategies/strategy.ts';
export type { RejectedOrder, SimulatedOrder, SimulationInput, SimulationResult } from './sweep/simulate.ts';
export { simulate } from './sweep/simulate.ts';
