import type { z } from 'zod';
import type { Bars } from '../core/bars.ts';

/** Stops of one instruction: absent = the run's default, null = none. Fractions > 0. */
export interface InstructionStops {
  readonly stopLoss?: number | null;
  readonly trailingStop?: number | null;
  readonly takeProfit?: number | null;
}

/**
 * One rebalance event of a strategy, decided at the close of `bar`.
 *
 * Weights by asset index (NaN = maintain) or by symbol (absent or null = maintain); 0 = flatten.
 */
export interface StrategyEvent {
  readonly bar: number;
  readonly weights: Float64Array | Readonly<Record<string, number | null>>;
  readonly stops?: Readonly<Record<string, InstructionStops>>;
}

/** A strategy: turns bars and one parameter set into rebalance events by ascending bar. */
export interface Strategy<P = unknown> {
  readonly name: string;
  /** One sentence for `backsweep strategies`; every built-in strategy has one. */
  readonly description?: string;
  /** zod object schema of the parameters, with defaults; unknown parameters are refused. */
  readonly params: z.ZodType<P>;
  /** Number of bars before the first event can be decided. */
  warmup(params: P): number;
  /** Must look at no bar after that of the event it decides, use no clock and no randomness. */
  events(bars: Bars, params: P): readonly StrategyEvent[];
}

/** States a strategy of one's own; types the parameters from the schema. */
export function defineStrategy<S extends z.ZodType>(
  strategy: Strategy<z.output<S>> & { readonly params: S },
) {
  return strategy;
}
