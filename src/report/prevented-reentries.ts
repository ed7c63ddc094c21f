import { createRunLog } from '../core/execution/run-log.ts';
import type { InstructionMatrix } from '../core/instructions.ts';
import { kernelOf } from '../core/kernel/kernel.ts';
import { dailyInstructions, denseTargets } from '../core/legacy-dense.ts';
import type { RunConfig } from '../core/run-config.ts';
import type { Workspace } from '../core/window/workspace.ts';
import { runWindow } from '../core/window-engine.ts';

/** A place where the dense mode would have bought again. */
export interface Reentry {
  readonly bar: number;
  readonly asset: number;
}

/** The places, and how many there are in all. */
export interface Reentries {
  readonly count: number;
  /** By bar, then asset; the first 1,000. */
  readonly first: readonly Reentry[];
}

/** Places that are told. */
const MOST = 1_000;

/**
 * Finds where the legacy dense mode, which repeats each row on every bar, would have entered an asset again after its stop
 * and before the next event that names it: the entries that the sparse matrix prevents.
 *
 * As many as `reentries_dense` of a checked run counts. Runs of one matrix in a row share its dense form.
 */
export function createReentryFinder(
  workspace: Workspace,
): (matrix: InstructionMatrix, config: RunConfig) => Reentries {
  const { bars } = workspace;
  const kernel = kernelOf(bars);
  let latest: { readonly matrix: InstructionMatrix; readonly daily: InstructionMatrix } | null = null;
  return (matrix, config) => {
    if (latest?.matrix !== matrix) {
      const dense = denseTargets(matrix, bars.length, bars.symbols.length, true);
      latest = { matrix, daily: dailyInstructions(dense) };
    }
    const { daily } = latest;
    const places = kernel?.run(daily, config) ? kernel.reentries : null;
    if (!kernel || !places) return windowReentries(daily, config, workspace);
    const first = Array.from({ length: places.length / 2 }, (_, i) => ({
      bar: places[2 * i]!,
      asset: places[2 * i + 1]!,
    }));
    return { count: kernel.totals.reentries, first };
  };
}

/** The same by the log of the window engine. */
export function windowReentries(
  daily: InstructionMatrix,
  config: RunConfig,
  workspace: Workspace,
): Reentries {
  const log = createRunLog();
  runWindow(daily, config, workspace, log);
  const fills = Array.from({ length: log.fills }, (_, i) => i).filter((i) => log.reentry[i] === 1);
  const places = fills.map((i) => ({ bar: log.bar[i]!, asset: log.asset[i]! }));
  places.sort((a, b) => a.bar - b.bar || a.asset - b.asset);
  return { count: places.length, first: places.slice(0, MOST) };
}
