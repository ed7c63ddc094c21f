import { InvalidInputError } from '../contracts/errors.ts';
import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import type { Bars } from '../core/bars.ts';
import { eventPlace, timeText } from './event-place.ts';
import type { InstructionStops, StrategyEvent } from './strategy.ts';

/** What becomes of an event whose time is no bar: `none` = an error, `next` = the next bar decides it. */
export type Snap = 'none' | 'next';

/**
 * Events by time → events by bar, in ascending order whatever the order given.
 *
 * Weights and stops are left for `compileEvents` to check. InvalidInputError for a time that is no bar (naming the
 * nearest ones), and for two events on one bar, by the index of the events as given.
 */
export function resolveEvents(
  events: readonly RebalanceEvent[],
  bars: Bars,
  { snap = 'none' }: { readonly snap?: Snap } = {},
): StrategyEvent[] {
  const order = events.map((_, e) => e).sort((a, b) => events[a]!.timestamp - events[b]!.timestamp || a - b);
  const resolved: StrategyEvent[] = [];
  for (const [k, e] of order.entries()) {
    const event = events[e]!;
    const bar = barOf(event, e, bars, snap);
    const before = resolved[k - 1];
    if (before?.bar === bar) {
      const other = order[k - 1]!;
      throw new InvalidInputError(
        `${eventPlace(e, event.timestamp)}: expected one event a bar, found ` +
          `${eventPlace(other, events[other]!.timestamp)} on the bar of ${timeText(bars.times[bar]!)} too; merge the two`,
      );
    }
    resolved.push(strategyEvent(event, bar));
  }
  return resolved;
}

function barOf({ timestamp }: RebalanceEvent, e: number, { times, length }: Bars, snap: Snap): number {
  let bar = 0;
  for (let end = length; bar < end; ) {
    const middle = (bar + end) >>> 1;
    if (times[middle]! < timestamp) bar = middle + 1;
    else end = middle;
  }
  if (bar < length && (snap === 'next' || times[bar] === timestamp)) return bar;
  const before = bar > 0 ? `${timeText(times[bar - 1]!)} before` : 'none before';
  const after = bar < length ? `${timeText(times[bar]!)} after` : 'none after';
  const advice = bar < length ? '; snap: next would take the next bar' : '';
  throw new InvalidInputError(
    `${eventPlace(e, timestamp)}: expected the time of a bar, found none; nearest bars: ${before}, ${after}${advice}`,
  );
}

function strategyEvent({ instructions }: RebalanceEvent, bar: number): StrategyEvent {
  const cells = Object.entries(instructions);
  const weights = Object.fromEntries(cells.map(([asset, { weight }]) => [asset, weight]));
  const stops: [string, InstructionStops][] = [];
  for (const [asset, cell] of cells) if (cell.stops) stops.push([asset, cell.stops]);
  return stops.length === 0 ? { bar, weights } : { bar, weights, stops: Object.fromEntries(stops) };
}
