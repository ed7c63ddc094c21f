import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import type { Bars } from '../core/bars.ts';
import { type InstructionMatrix, type InstructionRow, instructionMatrix } from '../core/instructions.ts';
import { eventPlace } from './event-place.ts';
import { type Place, rowReader } from './event-rows.ts';
import type { StrategyEvent } from './strategy.ts';

/** What the weights of one event may be. */
export interface WeightLimits {
  /** Highest Σ|w| of one event. */
  readonly maxLeverage: number;
  /** Highest |w| of one asset. */
  readonly maxAssetWeight: number;
  readonly allowShort: boolean;
}

/** Long only, without leverage. */
export const DEFAULT_LIMITS: WeightLimits = { maxLeverage: 1, maxAssetWeight: 1, allowShort: false };

/** Weights are sums and quotients of doubles: ten times 0.1 misses 1 by an ulp. Absolute. */
const TOLERANCE = 1e-9;

/**
 * Checks the events of a strategy and compresses them: the one gate to the engines.
 *
 * NaN and null are maintain, -0 is 0, an event without an explicit cell stays a row. InvalidInputError, naming event
 * (by index from 0, with its time) and asset, for: a bar outside the data or not above the one before; an unknown
 * asset; a weight that is no finite number, beyond maxAssetWeight, negative without allowShort; Σ|w| beyond
 * maxLeverage (both with tolerance 1e-9); stops that SEMANTICS.md section 2 refuses; anything that is no event.
 */
export function compileEvents(
  events: readonly StrategyEvent[],
  bars: Bars,
  limits: WeightLimits,
): InstructionMatrix {
  if (!Array.isArray(events)) {
    throw new InvalidInputError(`expected an array of events, found ${shown(events)}`);
  }
  const reader = rowReader(bars.symbols);
  const rows: InstructionRow[] = [];
  for (let e = 0; e < events.length; e++) {
    const { bar, weights, stops } = checkedEvent(events, e, bars);
    const place = () => eventPlace(e, bars.times[bar]!);
    const row = reader.weights(weights, place);
    checkWeights(row, limits, bars.symbols, place);
    rows.push(
      stops === undefined
        ? { bar, weights: row }
        : { bar, weights: row, stops: reader.stops(stops, row, place) },
    );
  }
  return instructionMatrix(rows);
}

/** Event e, an object whose bar lies in the data and after that of the event before. */
function checkedEvent(events: readonly StrategyEvent[], e: number, bars: Bars): StrategyEvent {
  const event: unknown = events[e];
  if (typeof event !== 'object' || event === null) {
    throw new InvalidInputError(`event ${e}: expected {bar, weights, stops?}, found ${shown(event)}`);
  }
  const { bar } = event as StrategyEvent;
  if (!Number.isInteger(bar) || bar < 0 || bar >= bars.length) {
    throw new InvalidInputError(
      `event ${e}: expected a bar from 0 to ${bars.length - 1}, found ${shown(bar)}`,
    );
  }
  const before = e === 0 ? -1 : events[e - 1]!.bar;
  if (bar > before) return event as StrategyEvent;
  const where = eventPlace(e, bars.times[bar]!);
  throw new InvalidInputError(
    bar === before
      ? `${where}: expected one event a bar, found bar ${bar} in event ${e - 1} too; merge the two`
      : `${where}: expected a bar after ${before}, that of event ${e - 1}, found ${bar}; sort the events by bar`,
  );
}

/** The loop that every run's instructions pass: no object and no text unless there is an error to state. */
function checkWeights(
  weights: Float64Array,
  { maxAssetWeight, maxLeverage, allowShort }: WeightLimits,
  symbols: readonly string[],
  place: Place,
): void {
  const highest = maxAssetWeight + TOLERANCE;
  let gross = 0;
  for (let a = 0; a < weights.length; a++) {
    const weight = weights[a]!;
    if (Number.isNaN(weight)) continue;
    const size = Math.abs(weight);
    if (!(size <= highest) || size === Number.POSITIVE_INFINITY) {
      const range = `[-${maxAssetWeight}, ${maxAssetWeight}]`;
      throw new InvalidInputError(
        `${place()}, asset ${symbols[a]}: expected weight in ${range}, found ${weight}`,
      );
    }
    if (weight < 0 && !allowShort) {
      throw new InvalidInputError(
        `${place()}, asset ${symbols[a]}: expected weight >= 0, as allowShort is off, found ${weight}`,
      );
    }
    gross += size;
  }
  if (gross > maxLeverage + TOLERANCE) {
    throw new InvalidInputError(
      `${place()}: expected Σ|weight| <= ${maxLeverage} (maxLeverage), found ${gross}; ` +
        'lower the weights or raise maxLeverage',
    );
  }
}
