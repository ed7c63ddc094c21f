import { denseBytes, instructionMatrix, sparseBytes } from '../src/core/instructions.ts';
import { denseTargets, holdInstructions } from '../src/core/legacy-dense.ts';
import { createWorkspace } from '../src/core/window/workspace.ts';
import { runWindow } from '../src/core/window-engine.ts';
import { longBacktest } from './scenarios.ts';

/**
 * The peak memory of one long backtest, with the schedule held as sparse rows, as dense T×N targets, or not at all:
 * `node memory.mjs none|sparse|dense`. Prints bytes of the schedule and the process's peak resident memory.
 */
const form = process.argv[2];
const { bars, rows, config } = longBacktest();
const workspace = createWorkspace(bars);
const sparse = instructionMatrix(form === 'none' ? [] : rows);
const dense = form === 'dense' ? denseTargets(sparse, bars.length, bars.symbols.length, true) : null;
const matrix = dense ? holdInstructions(dense) : sparse;
const { orders } = runWindow(matrix, config, workspace);
const bytes = dense ? denseBytes(bars.length, bars.symbols.length) : sparseBytes(sparse);
// The dense matrix is read after the run, as a run that trades it bar by bar would hold it to the end.
const held = dense?.weights[dense.weights.length - 1] ?? 0;
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`${JSON.stringify({ form, orders, bytes, peakBytes, held })}\n`);
