import type { Bars } from '../../core/bars.ts';
import { createRunLog } from '../../core/execution/run-log.ts';
import type { InstructionMatrix } from '../../core/instructions.ts';
import { createReturnStats, returnStats } from '../../core/metrics/return-stats.ts';
import type { RunConfig } from '../../core/run-config.ts';
import { createWorkspace } from '../../core/window/workspace.ts';
import { runWindow } from '../../core/window-engine.ts';

/** One run bar by bar, for those who follow it. */
export interface FollowedRun {
  /** Epoch milliseconds; [T]. */
  readonly times: Float64Array;
  /** [T] */
  readonly returns: Float64Array;
  /** Share of the equity in each asset at the close of each bar asked for; [bars asked for · N], bar after bar. */
  readonly weights: Float64Array;
}

/** Simulates one run and gives its returns, and its weights at the close of the bars asked for, ascending. */
export function followRun(
  bars: Bars,
  matrix: InstructionMatrix,
  config: RunConfig,
  at: readonly number[],
): FollowedRun {
  const workspace = createWorkspace(bars);
  const log = createRunLog();
  runWindow(matrix, config, workspace, log);
  const { equity } = workspace;
  const returns = new Float64Array(bars.length);
  returnStats(equity, bars.length, config.cash, config.fill.drawdownFrom, returns, createReturnStats());

  const assets = bars.symbols.length;
  const weights = new Float64Array(at.length * assets);
  const position = new Float64Array(assets);
  let fill = 0;
  for (const [k, bar] of at.entries()) {
    for (; fill < log.fills && log.bar[fill]! <= bar; fill++)
      position[log.asset[fill]!] = log.position[fill]!;
    for (let a = 0; a < assets; a++) {
      // An asset that was never held may have no price yet.
      if (position[a] === 0 || !(equity[bar]! > 0)) continue;
      weights[k * assets + a] = (position[a]! * bars.lastClose[a * bars.length + bar]!) / equity[bar]!;
    }
  }
  return { times: bars.times, returns, weights };
}
