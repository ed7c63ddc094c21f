import { describe, expect, it } from 'vitest';
import { checkParity, createParityScratch } from '../../src/core/check-parity.ts';
import { createWorkspace } from '../../src/core/window/workspace.ts';
import { preventedReentries } from '../../src/report/prevented-reentries.ts';
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
      const found = preventedReentries(matrix, config, createWorkspace(bars));
      if (reentriesDense > 0) runs++;
      if (found.length !== reentriesDense) different.push(seed);
    }
    expect(runs).toBeGreaterThan(100);
    expect(different).toEqual([]);
  });
});
