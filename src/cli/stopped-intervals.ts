import type { EngineEvent } from '../core/event/engine-event.ts';

/** A time in which an asset stood stopped out: from the bar of the stop to that of the instruction that ended it. */
export interface StoppedInterval {
  readonly asset: number;
  readonly reason: string;
  readonly fromBar: number;
  /** null = to the end. */
  readonly toBar: number | null;
}

/** The times in which assets stood stopped out, in the order in which they began. */
export function stoppedIntervals(events: readonly EngineEvent[]): StoppedInterval[] {
  const intervals: { asset: number; reason: string; fromBar: number; toBar: number | null }[] = [];
  const open = new Map<number, { toBar: number | null }>();
  for (const event of events) {
    if (event.type === 'StopTriggered') {
      const interval = { asset: event.asset, reason: event.reason, fromBar: event.bar, toBar: null };
      intervals.push(interval);
      open.set(event.asset, interval);
    } else if (event.type === 'StopLifted') {
      open.get(event.asset)!.toBar = event.bar;
      open.delete(event.asset);
    }
  }
  return intervals;
}
