import type { Bars } from '../core/bars.ts';
import { runEvents } from '../core/event-engine.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import { dailyInstructions, denseTargets } from '../core/legacy-dense.ts';
import type { RunConfig } from '../core/run-config.ts';

/** A place where the dense mode would have bought again. */
export interface Reentry {
  readonly bar: number;
  readonly asset: number;
}

/**
 * Where the legacy dense mode, which repeats each row on every bar, would have entered an asset again after its stop
 * and before the next event that names it: the entries that the sparse matrix prevents.
 *
 * As many as `reentries_dense` of a checked run counts.
 */
export function preventedReentries(bars: Bars, matrix: InstructionMatrix, config: RunConfig): Reentry[] {
  const daily = dailyInstructions(denseTargets(matrix, bars.length, bars.symbols.length, true));
  const found: Reentry[] = [];
  /** Assets that a stop sold and no event has named since. */
  const awaits = new Set<number>();
  /** Whether the cell that waits to be executed is that of an event, by asset. */
  const due = new Map<number, boolean>();
  const stoppedNow = new Set<number>();
  const { onConflict, execution, missingBar } = config.fill;
  const hasBar = (bar: number, asset: number) => !Number.isNaN(bars.close[asset * bars.length + bar]);
  /** What was due on a bar has been executed or dropped, unless it waits for a bar of its asset. */
  const settle = (bar: number) => {
    for (const asset of due.keys()) if (missingBar === 'skip' || hasBar(bar, asset)) due.delete(asset);
  };
  runEvents(bars, daily, config, {
    onRebalance(bar, cells) {
      if (execution === 'next_open') settle(bar);
      for (const { asset, isEvent } of cells) due.set(asset, isEvent);
      return cells;
    },
    onEvent(event) {
      const { bar } = event;
      if (event.type === 'BarOpened') {
        stoppedNow.clear();
        if (execution === 'close' && bar > 0) settle(bar - 1);
      } else if (event.type === 'StopTriggered') {
        awaits.add(event.asset);
        stoppedNow.add(event.asset);
      } else if (event.type === 'PositionOpened') {
        if (awaits.has(event.asset) && due.get(event.asset) !== true) found.push({ bar, asset: event.asset });
      } else if (event.type === 'RebalanceExecuted') {
        for (const [asset, isEvent] of due) {
          const dropped = onConflict === 'stop_only' && stoppedNow.has(asset);
          if (isEvent && hasBar(bar, asset) && !dropped) awaits.delete(asset);
        }
      }
    },
  });
  return found;
}
