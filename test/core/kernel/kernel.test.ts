import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { barsOver } from '../../../src/core/bars.ts';
import { instructionMatrix } from '../../../src/core/instructions.ts';
import { kernelOf } from '../../../src/core/kernel/kernel.ts';
import { dailyInstructions, denseTargets } from '../../../src/core/legacy-dense.ts';
import { createWorkspace } from '../../../src/core/window/workspace.ts';
import { runWindow } from '../../../src/core/window-engine.ts';
import { barsOf, type Ohlc } from '../../support/bars.ts';
import { configOf } from '../../support/config.ts';
import { randomRun } from '../../support/random-run.ts';

const bytesOf = ({ buffer }: { buffer: SharedArrayBuffer }) => buffer.byteLength;

describe('kernelOf', () => {
  it('gives null for bars in a plain buffer, so that the window engine runs them', () => {
    const { bars } = randomRun(1);
    const copy = barsOver(bars.buffer.slice(0) as SharedArrayBuffer, bars.symbols, bars.length);
    expect(kernelOf(copy)).toBeNull();
    expect(kernelOf(bars)).not.toBeNull();
    expect(kernelOf(bars)).toBe(kernelOf(bars));
  });

  it('runs rows that the legacy mode repeats as the window engine does, re-entries included', () => {
    let reentries = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { bars, matrix, config } = randomRun(seed);
      const daily = dailyInstructions(denseTargets(matrix, bars.length, bars.symbols.length, true));
      const kernel = kernelOf(bars)!;
      const ws = createWorkspace(bars);
      runWindow(daily, config, ws);
      // Alternating with the sparse matrix, as checks of parity do.
      for (const use of [1, 2, 3]) {
        expect(kernel.run(daily, config)).toBe(true);
        expect([kernel.equity, kernel.cash, kernel.totals], `seed ${seed}, use ${use}`).toEqual([
          ws.equity,
          ws.ledger.cash,
          ws.ledger.totals,
        ]);
        kernel.run(matrix, config);
        expect(kernel.totals.reentries).toBe(0);
      }
      reentries += ws.ledger.totals.reentries;
    }
    expect(reentries).toBeGreaterThan(500);
  });

  it('refuses a matrix whose tables exceed what 32 bits address, and runs the next one', () => {
    const { bars, matrix, config } = randomRun(3);
    const kernel = kernelOf(bars)!;
    const tooLong = { ...matrix, rowBar: new Int32Array(10_000_000) };
    expect(kernel.run(tooLong, config)).toBe(false);
    expect(kernel.run(matrix, config)).toBe(true);
  });

  it('takes no more memory for a second round over matrices of all sizes', () => {
    const { bars } = randomRun(7);
    const kernel = kernelOf(bars)!;
    const runs = Array.from({ length: 200 }, (_, seed) => randomRun(seed)).filter(
      (run) => run.bars.symbols.length <= bars.symbols.length && run.bars.length <= bars.length,
    );
    expect(runs.length).toBeGreaterThan(5);
    for (const { matrix, config } of runs) kernel.run(matrix, config);
    const memory = bars.memory as { buffer: SharedArrayBuffer };
    const bytes = bytesOf(memory);
    for (const { matrix, config } of runs) kernel.run(matrix, config);
    expect(bytesOf(memory)).toBe(bytes);
  });

  it.each([200, 300])(
    'takes a profit that the open gaps to on any of %i bars, though the stop-loss is reached later that bar',
    (length) => {
      const matrix = instructionMatrix([{ bar: 0, weights: Float64Array.of(1) }]);
      const config = configOf({ stops: { stopLoss: 0.1, takeProfit: 0.2 } });
      for (let gap = 2; gap < length; gap++) {
        const bars = barsOf({
          A: Array.from({ length }, (_, t): Ohlc => (t === gap ? [130, 130, 80, 100] : [100, 100, 100, 100])),
        });
        const kernel = kernelOf(bars)!;
        // From the second run on it looks at windows, and passes over blocks of bars.
        for (const use of [1, 2, 3]) {
          kernel.run(matrix, config);
          const { takeProfitExits, stopLossExits, barsStopped } = kernel.totals;
          const found = { takeProfitExits, stopLossExits, barsStopped, cash: kernel.cash };
          const expected = { takeProfitExits: 1, stopLossExits: 0, barsStopped: length - gap, cash: 12_000 };
          expect(found, `gap on bar ${gap}, use ${use}`).toEqual(expected);
        }
      }
    },
  );

  it('keeps no trace of earlier runs: a run among others is the run alone', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { bars, matrix, config } = randomRun(seed);
      const kernel = kernelOf(bars)!;
      kernel.run(matrix, config);
      const first = [kernel.equity.slice(), kernel.returns.slice(), { ...kernel.totals }];
      const other = { ...config, feeRate: 0.03, fill: randomRun(seed + 1).config.fill };
      kernel.run(matrix, other);
      kernel.run({ ...matrix }, config);
      expect([kernel.equity, kernel.returns, kernel.totals], `seed ${seed}`).toEqual(first);
    }
  });
});

describe('bars', () => {
  it('are the same memory in another thread, where a kernel of that thread would grow it unharmed', async () => {
    const { bars, matrix, config } = randomRun(11);
    const kernel = kernelOf(bars)!;
    kernel.run(matrix, config);
    const before = kernel.equity.slice();
    const code = `
      const { parentPort, workerData: memory } = require('node:worker_threads');
      const at = memory.grow(1) * 65536; // what a kernel does for its scratch
      new Uint8Array(memory.buffer, at).fill(0xff);
      parentPort.postMessage(new Float64Array(memory.buffer, 1024, 2)[1]);`;
    const worker = new Worker(code, { eval: true, workerData: bars.memory });
    const seen = await new Promise((resolve, reject) => {
      worker.on('message', resolve);
      worker.on('error', reject);
    });
    expect(seen).toBe(bars.times[1]);
    expect(kernel.equity).toEqual(before);
    kernel.run({ ...matrix }, config);
    const workspace = createWorkspace(bars);
    runWindow(matrix, config, workspace);
    expect(kernel.equity).toEqual(workspace.equity);
  });
});
