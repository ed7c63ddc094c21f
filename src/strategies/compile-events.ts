import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import { suggestName } from '../contracts/nearest.ts';
import { STOP_FIELDS, stopFault } from '../contracts/stop-rule.ts';
import type { Bars } from '../core/bars.ts';
import { type InstructionMatrix, type InstructionRow, instructionMatrix } from '../core/instructions.ts';
import { eventPlace } from './event-place.ts';
import type { InstructionStops, StrategyEvent } from './strategy.ts';

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

/** Weights are sums and quotients of doubles: 1/3 + 1/3 + 1/3 may miss 1 by an ulp. Absolute. */
const TOLERANCE = 1e-9;

/** Index of each symbol; made once a compilation, and only when an event speaks of symbols. */
type SymbolIndex = () => ReadonlyMap<string, number>;

/**
 * Checks the events of a strategy and compresses them: the one gate to the engines.
 *
 * NaN and null are maintain, -0 is 0, an event without an explicit cell stays a row. InvalidInputError, naming event
 * (by index from 0, with its time) and asset, for: a bar outside the data or not above the one before; an unknown
 * asset; a weight that is no finite number, beyond maxAssetWeight, negative without allowShort; Σ|w| beyond
 * maxLeverage (both with tolerance 1e-9); stops that SEMANTICS.md section 2 refuses.
 */
export function compileEvents(
  events: readonly StrategyEvent[],
  bars: Bars,
  limits: WeightLimits,
): InstructionMatrix {
  if (!Array.isArray(events))
    throw new InvalidInputError(`expected an array of events, found ${shown(events)}`);
  let index: ReadonlyMap<string, number> | null = null;
  const symbolIndex: SymbolIndex = () => {
    index ??= new Map(bars.symbols.map((symbol, a) => [symbol, a]));
    return index;
  };
  const rows: InstructionRow[] = [];
  for (let e = 0; e < events.length; e++) {
    const event: StrategyEvent = events[e]!;
    checkBar(events, e, bars);
    const weights = weightRow(event, e, bars, symbolIndex);
    checkWeights(weights, e, event.bar, bars, limits);
    rows.push(
      event.stops === undefined
        ? { bar: event.bar, weights }
        : {
            bar: event.bar,
            weights,
            stops: stopRow(event.stops, weights, placeOf(e, event.bar, bars), symbolIndex),
          },
    );
  }
  return instructionMatrix(rows);
}

function placeOf(e: number, bar: number, bars: Bars): string {
  return eventPlace(e, bars.times[bar]!);
}

function checkBar(events: readonly StrategyEvent[], e: number, bars: Bars): void {
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
  if (bar > before) return;
  const where = placeOf(e, bar, bars);
  throw new InvalidInputError(
    bar === before
      ? `${where}: expected one event a bar, found bar ${bar} in event ${e - 1} too; merge the two`
      : `${where}: expected a bar after ${before}, that of event ${e - 1}, found ${bar}; sort the events by bar`,
  );
}

function weightRow(event: StrategyEvent, e: number, bars: Bars, symbolIndex: SymbolIndex): Float64Array {
  const { weights } = event;
  const assets = bars.symbols.length;
  if (weights instanceof Float64Array) {
    if (weights.length === assets) return weights;
    const where = placeOf(e, event.bar, bars);
    throw new InvalidInputError(
      `${where}: expected ${assets} weights, one an asset, found ${weights.length}`,
    );
  }
  const where = placeOf(e, event.bar, bars);
  if (typeof weights !== 'object' || weights === null || Array.isArray(weights)) {
    throw new InvalidInputError(
      `${where}: expected weights as a Float64Array or as an object by symbol, found ${shown(weights)}`,
    );
  }
  const row = new Float64Array(assets).fill(Number.NaN);
  for (const [symbol, weight] of Object.entries(weights)) {
    const a = assetIndex(symbol, where, symbolIndex);
    if (weight === null) continue;
    if (typeof weight !== 'number') {
      throw new InvalidInputError(
        `${where}, asset ${symbol}: expected a finite weight, or null for maintain, found ${shown(weight)}`,
      );
    }
    row[a] = weight;
  }
  return row;
}

function assetIndex(symbol: string, where: string, symbolIndex: SymbolIndex): number {
  const a = symbolIndex().get(symbol);
  if (a !== undefined) return a;
  const symbols = [...symbolIndex().keys()];
  throw new InvalidInputError(
    `${where}: expected an asset of the bars, found a weight or stop of ${shown(symbol)}, which has none; ` +
      suggestName(symbol, symbols),
  );
}

/** The loop that every run's instructions pass: no object and no text unless there is an error to state. */
function checkWeights(
  weights: Float64Array,
  e: number,
  bar: number,
  bars: Bars,
  { maxAssetWeight, maxLeverage, allowShort }: WeightLimits,
): void {
  const highest = maxAssetWeight + TOLERANCE;
  let gross = 0;
  for (let a = 0; a < weights.length; a++) {
    const weight = weights[a]!;
    if (Number.isNaN(weight)) continue;
    const size = Math.abs(weight);
    if (!(size <= highest) || size === Number.POSITIVE_INFINITY) {
      throw new InvalidInputError(
        `${placeOf(e, bar, bars)}, asset ${bars.symbols[a]}: ` +
          `expected weight in [-${maxAssetWeight}, ${maxAssetWeight}], found ${weight}`,
      );
    }
    if (weight < 0 && !allowShort) {
      throw new InvalidInputError(
        `${placeOf(e, bar, bars)}, asset ${bars.symbols[a]}: ` +
          `expected weight >= 0, as allowShort is off, found ${weight}`,
      );
    }
    gross += size;
  }
  if (gross > maxLeverage + TOLERANCE) {
    throw new InvalidInputError(
      `${placeOf(e, bar, bars)}: expected Σ|weight| <= ${maxLeverage} (maxLeverage), found ${gross}; ` +
        'lower the weights or raise maxLeverage',
    );
  }
}

/** One array a stop, [N]: NaN = the run's default, Infinity = none. */
function stopRow(
  stops: Readonly<Record<string, InstructionStops>>,
  weights: Float64Array,
  where: string,
  symbolIndex: SymbolIndex,
): NonNullable<InstructionRow['stops']> {
  const column = () => new Float64Array(weights.length).fill(Number.NaN);
  const row = { stopLoss: column(), trailingStop: column(), takeProfit: column() };
  for (const [symbol, stop] of Object.entries(plainObject(stops, where))) {
    const a = assetIndex(symbol, where, symbolIndex);
    const place = `${where}, asset ${symbol}`;
    for (const field of Object.keys(plainObject(stop, place))) {
      if (STOP_FIELDS.some((known) => known === field)) continue;
      throw new InvalidInputError(
        `${place}: expected stops ${STOP_FIELDS.join(', ')}, found ${shown(field)}`,
      );
    }
    const weight = weights[a]!;
    const fault = stopFault(stop, Number.isNaN(weight) ? null : weight);
    if (fault) throw new InvalidInputError(`${place}, ${fault.field}: ${fault.message}`);
    for (const field of STOP_FIELDS) {
      const value = stop[field];
      if (value !== undefined) row[field][a] = value ?? Number.POSITIVE_INFINITY;
    }
  }
  return row;
}

function plainObject<T>(stops: T, place: string): T & object {
  if (typeof stops === 'object' && stops !== null) return stops;
  throw new InvalidInputError(`${place}: expected stops as an object, found ${shown(stops)}`);
}
