import { createRunLog } from '../core/execution/run-log.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import { dailyInstructions, denseTargets } from '../core/legacy-dense.ts';
import type { RunConfig } from '../core/run-config.ts';
import type { Workspace } from '../core/window/workspace.ts';
import { runWindow } from '../core/window-engine.ts';

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
export function preventedReentries(
  matrix: InstructionMatrix,
  config: RunConfig,
  workspace: Workspace,
): Reentry[] {
  const { bars } = workspace;
  const daily = dailyInstructions(denseTargets(matrix, bars.length, bars.symbols.length, true));
  const log = createRunLog();
  runWindow(daily, config, workspace, log);
  const fills = Array.from({ length: log.fills }, (_, i) => i);
  return fills.filter((i) => log.reentry[i] === 1).map((i) => ({ bar: log.bar[i]!, asset: log.asset[i]! }));
}
