import { describe, expect, it } from 'vitest';
import { checkParity, createParityScratch } from '../../src/core/check-parity.ts';
import { kernelOf } from '../../src/core/kernel/kernel.ts';
import { dailyInstructions, denseTargets } from '../../src/core/legacy-dense.ts';
import { createWorkspace } from '../../src/core/window/workspace.ts';
import { createReentryFinder, windowReentries } from '../../src/report/prevented-reentries.ts';
import { randomRun } from '../support/random-run.ts';

describe('the re-entries that the sparse matrix prevents', () => {
  it('are as many as the ledger of the dense run counts, in random runs of every fill model', () => {
    let runs = 0;
    const different: number[] = [];
    for (let seed = 1; seed <= 1_000; seed++) {
      const { bars, matrix, config } = randomRun(seed);
      const { reentriesDense } = checkParity(
        matrix,
        config,
        createWorkspace(bars),
        createParityScratch(bars),
      );
      const found = createReentryFinder(createWorkspace(bars))(matrix, config);
      if (reentriesDense > 0) runs++;
      if (found.count !== reentriesDense) different.push(seed);
    }
    expect(runs).toBeGreaterThan(100);
    expect(different).toEqual([]);
  });

  it('are where the log of the window engine has them', () => {
    let places = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const { bars, matrix, config } = randomRun(seed);
      expect(kernelOf(bars)).not.toBeNull();
      const find = createReentryFinder(createWorkspace(bars));
      const found = find(matrix, config);
      const daily = dailyInstructions(denseTargets(matrix, bars.length, bars.symbols.length, true));
      expect(found, `seed ${seed}`).toEqual(windowReentries(daily, config, createWorkspace(bars)));
      expect(find(matrix, config)).toEqual(found);
      places += found.first.length;
    }
    expect(places).toBeGreaterThan(100);
  });
});
