/** What a strategy of one's own imports: `import { defineStrategy } from 'backsweep'`. */
export type { Bars } from './core/bars.ts';
export type { InstructionStops, Strategy, StrategyEvent } from './strategies/strategy.ts';
export { defineStrategy } from './strategies/strategy.ts';
