import type { Bars } from '../../src/core/bars.ts';
import { runEvents, type Simulation } from '../../src/core/event-engine.ts';
import { createRunLog } from '../../src/core/execution/run-log.ts';
import { REASONS, type Reason } from '../../src/core/execution/stops.ts';
import { type InstructionRow, instructionMatrix } from '../../src/core/instructions.ts';
import { divergenceText, firstDivergence } from '../../src/core/parity.ts';
import type { RunConfig } from '../../src/core/run-config.ts';
import { createWorkspace } from '../../src/core/window/workspace.ts';
import { runWindow } from '../../src/core/window-engine.ts';

export type Fill = readonly [bar: number, symbol: string, quantity: number, price: number, reason: Reason];

/** Runs both engines, throws where they differ, and returns the reference with its fills by symbol. */
export function runBoth(
  bars: Bars,
  rows: readonly InstructionRow[],
  config: RunConfig,
): Simulation & { fills: Fill[] } {
  const matrix = instructionMatrix(rows);
  const reference = runEvents(bars, matrix, config);
  const ws = createWorkspace(bars);
  const log = createRunLog();
  runWindow(matrix, config, ws, log);
  const divergence = firstDivergence({ equity: ws.equity, ledger: ws.ledger, log }, reference);
  if (divergence) throw new Error(divergenceText(divergence, bars));
  const fills = Array.from({ length: reference.log.fills }, (_, i): Fill => {
    const { bar, asset, quantity, fillPrice, reason } = reference.log;
    return [bar[i]!, bars.symbols[asset[i]!]!, quantity[i]!, fillPrice[i]!, REASONS[reason[i]!]!];
  });
  return { ...reference, fills };
}
