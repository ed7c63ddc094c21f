import type { Bars } from '../core/bars.ts';
import type { EngineEvent } from '../core/event/engine-event.ts';
import { runEvents } from '../core/event-engine.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import type { RunConfig } from '../core/run-config.ts';

/** A time in which an asset stood stopped out: from the bar of the stop to that of the instruction that ended it. */
export interface StoppedInterval {
  readonly asset: number;
  readonly reason: string;
  readonly fromBar: number;
  /** null = to the end. */
  readonly toBar: number | null;
  /** The weight that the last instruction before the stop named: what a dense matrix would have bought again. */
  readonly weight: number;
  /** At which the stop sold. */
  readonly exitPrice: number;
}

/** The times in which assets stood stopped out in a run, in the order in which they began, from the event engine. */
export function stoppedIntervals(
  bars: Bars,
  matrix: InstructionMatrix,
  config: RunConfig,
): StoppedInterval[] {
  const intervals: { -readonly [K in keyof StoppedInterval]: StoppedInterval[K] }[] = [];
  const open = new Map<number, (typeof intervals)[number]>();
  const onEvent = (event: EngineEvent) => {
    if (event.type === 'StopTriggered') {
      const { asset, reason, bar } = event;
      const weight = weightBefore(matrix, asset, bar);
      const interval = { asset, reason, fromBar: bar, toBar: null, weight, exitPrice: Number.NaN };
      intervals.push(interval);
      open.set(asset, interval);
    } else if (event.type === 'StopLifted') {
      open.get(event.asset)!.toBar = event.bar;
      open.delete(event.asset);
    } else if (event.type === 'OrderFilled') {
      const interval = open.get(event.asset);
      if (interval?.fromBar === event.bar && interval.reason === event.reason)
        interval.exitPrice = event.price;
    }
  };
  runEvents(bars, matrix, config, { onEvent });
  return intervals;
}

/** The weight of the last cell of an asset that was decided before a bar; NaN where there is none. */
function weightBefore(
  { rowBar, rowStart, cellAsset, cellWeight }: InstructionMatrix,
  asset: number,
  bar: number,
) {
  for (let r = rowBar.length - 1; r >= 0; r--) {
    if (rowBar[r]! >= bar) continue;
    for (let c = rowStart[r]!; c < rowStart[r + 1]!; c++) if (cellAsset[c] === asset) return cellWeight[c]!;
  }
  return Number.NaN;
}
