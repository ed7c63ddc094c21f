import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import { suggestName } from '../contracts/nearest.ts';
import { STOP_FIELDS, stopFault } from '../contracts/stop-rule.ts';
import type { InstructionRow } from '../core/instructions.ts';
import type { InstructionStops, StrategyEvent } from './strategy.ts';

/** Where an error lies; a text is only made for one. */
export type Place = () => string;

/** Turns what a strategy says of symbols into rows by asset index. */
export interface RowReader {
  /** Weights by asset index, NaN = maintain; a Float64Array is passed on as it is, values unchecked. */
  weights(weights: StrategyEvent['weights'], place: Place): Float64Array;
  /** Stops by asset index: NaN = the run's default, Infinity = none; checked beside the weights. */
  stops(
    stops: NonNullable<StrategyEvent['stops']>,
    weights: Float64Array,
    place: Place,
  ): NonNullable<InstructionRow['stops']>;
}

/**
 * A reader for these symbols, in the order of the asset index.
 *
 * What it is given may come from anyone's code; InvalidInputError for another type or length, an unknown asset, a weight
 * by symbol that is neither number nor null, and stops that SEMANTICS.md section 2 refuses.
 */
export function rowReader(symbols: readonly string[]): RowReader {
  let index: ReadonlyMap<string, number> | null = null;

  function assetIndex(symbol: string, place: Place): number {
    index ??= new Map(symbols.map((name, a) => [name, a]));
    const a = index.get(symbol);
    if (a !== undefined) return a;
    throw new InvalidInputError(
      `${place()}: expected an asset of the bars, found a weight or stop of ${shown(symbol)}, which has none; ` +
        suggestName(symbol, symbols),
    );
  }

  function weightsBySymbol(weights: Readonly<Record<string, unknown>>, place: Place): Float64Array {
    const row = new Float64Array(symbols.length).fill(Number.NaN);
    for (const symbol of Object.keys(weights)) {
      const a = assetIndex(symbol, place);
      const weight = weights[symbol];
      if (typeof weight === 'number') row[a] = weight;
      else if (weight !== null) {
        throw new InvalidInputError(
          `${place()}, asset ${symbol}: expected a finite weight, or null for maintain, found ${shown(weight)}`,
        );
      }
    }
    return row;
  }

  return {
    weights(weights, place) {
      if (weights instanceof Float64Array) {
        if (weights.length === symbols.length) return weights;
        throw new InvalidInputError(
          `${place()}: expected ${symbols.length} weights, one an asset, found ${weights.length}`,
        );
      }
      if (typeof weights === 'object' && weights !== null && !Array.isArray(weights)) {
        return weightsBySymbol(weights, place);
      }
      throw new InvalidInputError(
        `${place()}: expected weights as a Float64Array or as an object by symbol, found ${shown(weights)}`,
      );
    },
    stops(stops, weights, place) {
      const column = () => new Float64Array(symbols.length).fill(Number.NaN);
      const row = { stopLoss: column(), trailingStop: column(), takeProfit: column() };
      for (const [symbol, stop] of Object.entries(plainObject(stops, place))) {
        const a = assetIndex(symbol, place);
        const weight = weights[a]!;
        checkStops(stop, Number.isNaN(weight) ? null : weight, () => `${place()}, asset ${symbol}`);
        for (const field of STOP_FIELDS) {
          const value = stop[field];
          if (value !== undefined) row[field][a] = value ?? Number.POSITIVE_INFINITY;
        }
      }
      return row;
    },
  };
}

function checkStops(stop: InstructionStops, weight: number | null, place: Place): void {
  const unknown = Object.keys(plainObject(stop, place)).find((key) => !STOP_FIELDS.some((f) => f === key));
  if (unknown !== undefined) {
    throw new InvalidInputError(
      `${place()}: expected stops ${STOP_FIELDS.join(', ')}, found ${shown(unknown)}`,
    );
  }
  const fault = stopFault(stop, weight);
  if (fault) throw new InvalidInputError(`${place()}, ${fault.field}: ${fault.message}`);
}

function plainObject<T>(stops: T, place: Place): T & object {
  if (typeof stops === 'object' && stops !== null) return stops;
  throw new InvalidInputError(`${place()}: expected stops as an object, found ${shown(stops)}`);
}
