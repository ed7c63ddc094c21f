import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import type { SimulationConfigInput } from '../contracts/simulation-config.ts';
import type { Bars } from '../core/bars.ts';
import type { InstructionStops } from '../strategies/strategy.ts';
import { type SimulationResult, simulate as simulateChecked } from '../sweep/simulate.ts';

/** One rebalance event: what is decided at the close of a bar. */
export interface RebalanceEventInput {
  /** Time of a bar: an ISO date or date-time (UTC unless it names a zone), or epoch milliseconds. */
  readonly timestamp: string | number;
  /** By asset; absent or weight null = maintain, 0 = flatten, else the signed fraction of equity to hold. */
  readonly instructions: Readonly<
    Record<string, { readonly weight: number | null; readonly stops?: InstructionStops }>
  >;
  /** For the one who wrote the event; changes nothing. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** sha256 over `{timestamp, instructions}`; verified where it is given. */
  readonly checksum?: string;
}

/** What `simulate` needs. */
export interface SimulateInput {
  /** Those that `readBars` or `barsFromRows` gave. */
  readonly bars: Bars;
  /** By ascending time, one at most a bar. */
  readonly events: readonly RebalanceEventInput[];
  readonly config?: SimulationConfigInput;
}

/**
 * Runs one backtest from explicit rebalance events, by both engines unless `config.engine` names one.
 *
 * An asset that an event does not name keeps its shares and its stops, and one that a stop sold stays out until an
 * event names it.
 *
 * @throws InvalidInputError for bars that are none, a wrong field of the configuration, an event that is none, a time
 *   that is no bar, an unknown asset, weights beyond the limits; names the event and the asset
 */
export function simulate(input: SimulateInput): SimulationResult {
  const given: unknown = input;
  if (typeof given !== 'object' || given === null) {
    throw new InvalidInputError(`simulate: expected {bars, events, config?}, found ${shown(given)}`);
  }
  const { bars } = given as { readonly bars?: Partial<Bars> | null };
  if (!(bars?.buffer instanceof SharedArrayBuffer && Array.isArray(bars.symbols))) {
    throw new InvalidInputError(
      `simulate: bars: expected those that readBars or barsFromRows gave, found ${shown(bars)}`,
    );
  }
  return simulateChecked(input);
}
