import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { Bars } from '../../src/core/bars.ts';
import { runEvents } from '../../src/core/event-engine.ts';
import { createRunLog } from '../../src/core/execution/run-log.ts';
import type { InstructionMatrix } from '../../src/core/instructions.ts';
import { kernelOf } from '../../src/core/kernel/kernel.ts';
import { createReturnStats, returnStats } from '../../src/core/metrics/return-stats.ts';
import { divergenceText, firstDivergence } from '../../src/core/parity.ts';
import type { RunConfig } from '../../src/core/run-config.ts';
import { createWorkspace } from '../../src/core/window/workspace.ts';
import { runWindow } from '../../src/core/window-engine.ts';
import { randomRun } from '../support/random-run.ts';

const CASES = Number(process.env.PARITY_CASES ?? 6_000);
const TIMEOUT_MS = 60_000 + 40 * CASES;

test(
  `window and event engine agree bit for bit on ${CASES} random runs`,
  () => {
    for (let seed = 0; seed < CASES; seed++) {
      const { bars, matrix, config } = randomRun(seed);
      const reference = runEvents(bars, matrix, config);
      const ws = createWorkspace(bars);
      // The third run is the first that decides by the ranges of windows.
      for (const use of [1, 2, 3]) {
        const log = createRunLog();
        runWindow(matrix, config, ws, log);
        const divergence = firstDivergence({ equity: ws.equity, ledger: ws.ledger, log }, reference);
        expect(divergence && `seed ${seed}, use ${use}: ${divergenceText(divergence, bars)}`).toBeNull();
      }
      // Without a log, as sweeps run, batches take another path.
      runWindow(matrix, config, ws);
      const unlogged = { equity: ws.equity, ledger: ws.ledger, log: reference.log };
      const divergence = firstDivergence(unlogged, reference);
      expect(divergence && `seed ${seed}, no log: ${divergenceText(divergence, bars)}`).toBeNull();
      expect(ws.ledger.cash).toBe(reference.ledger.cash);
      expect(ws.ledger.position).toEqual(reference.ledger.position);
    }
  },
  TIMEOUT_MS,
);

test(
  `kernel and event engine agree bit for bit on ${CASES} random runs, statistics included`,
  () => {
    const stats = createReturnStats();
    for (let seed = 0; seed < CASES; seed++) {
      const { bars, matrix, config } = randomRun(seed);
      const { equity, ledger, log } = runEvents(bars, matrix, config);
      const returns = new Float64Array(bars.length);
      returnStats(equity, bars.length, config.cash, config.fill.drawdownFrom, returns, stats);
      const kernel = kernelOf(bars)!;
      // From its second and third run on a matrix the kernel has tables for it, and always the order of the run before.
      for (const use of [1, 2, 3, 4]) {
        expect(kernel.run(matrix, config)).toBe(true);
        const run = { equity: kernel.equity, ledger: { ...ledger, totals: kernel.totals }, log };
        const divergence = firstDivergence(run, { equity, ledger, log });
        expect(divergence && `seed ${seed}, use ${use}: ${divergenceText(divergence, bars)}`).toBeNull();
        const ends = [kernel.cash, kernel.position, kernel.returns, kernel.stats];
        expectSame(ends, [ledger.cash, ledger.position, returns, stats], `seed ${seed}, use ${use}`);
        // Another configuration in between, of which nothing may stay.
        if (use === 3) expectSameAsWindow(bars, matrix, randomRun(seed + 1).config, `seed ${seed}`);
      }
    }
  },
  TIMEOUT_MS,
);

function expectSameAsWindow(bars: Bars, matrix: InstructionMatrix, config: RunConfig, where: string): void {
  const kernel = kernelOf(bars)!;
  expect(kernel.run(matrix, config)).toBe(true);
  const ws = createWorkspace(bars);
  runWindow(matrix, config, ws);
  const ends = [kernel.equity, kernel.cash, kernel.position, kernel.totals];
  const { cash, position, totals } = ws.ledger;
  expectSame(ends, [ws.equity, cash, position, totals], `${where}, another configuration`);
}

/** As `toEqual`, which is asked only where something differs: it takes most of the time of a million comparisons. */
function expectSame(found: unknown[], expected: unknown[], where: string): void {
  if (!isDeepStrictEqual(found, expected)) expect(found, where).toEqual(expected);
}
