import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combinations } from '../../../src/contracts/validation-rule.ts';
import { cpcvPaths, cpcvSplits } from '../../../src/sweep/validation/cpcv-splits.ts';
import { messageOf } from '../../support/sweep-spec.ts';

const days = (n: number) => Float64Array.from({ length: n }, (_, t) => Date.UTC(2015, 0, 1) + t * 86_400_000);
const rule = (groups: number, test: number, purge = 0, embargo = 0) => ({ groups, test, purge, embargo });

/** Every choice of k of n as a set of bits, by looking at all 2^n of them. */
const allChoices = (n: number, k: number) =>
  Array.from({ length: 2 ** n }, (_, bits) =>
    Array.from({ length: n }, (_, g) => g).filter((g) => (bits >> g) & 1),
  ).filter((choice) => choice.length === k);

describe('splits of a combinatorial purged cross-validation', () => {
  it('are all choices of test groups, and train on every bar that is neither tested, purged nor embargoed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 80, max: 120 }),
        (groups, wanted, purge, embargo, length) => {
          const test = Math.min(wanted, groups - 1);
          const { bounds, splits } = cpcvSplits(rule(groups, test, purge, embargo), days(length));
          const key = (choice: readonly number[]) => choice.join();
          expect(splits.map((split) => key(split.test)).sort()).toEqual(
            allChoices(groups, test).map(key).sort(),
          );
          for (const split of splits) {
            const tested = (t: number) => split.test.some((g) => t >= bounds[g]! && t < bounds[g + 1]!);
            for (let t = 0; t < length; t++) {
              let trains = !tested(t);
              for (let d = 1; d <= purge; d++) if (tested(t + d) && t + d < length) trains = false;
              for (let d = 1; d <= embargo; d++) if (tested(t - d)) trains = false;
              expect(split.train.some(([from, to]) => t >= from && t < to)).toBe(trains);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are refused where too few bars are left', () => {
    expect(messageOf(() => cpcvSplits(rule(8, 2), days(15)))).toMatch(
      /groups of at least two bars .*found 15 bars in 8 groups/,
    );
    expect(messageOf(() => cpcvSplits(rule(4, 2, 9, 9), days(40)))).toMatch(
      /at least two that train in every split, found 40 bars in 4 groups and/,
    );
  });
});

describe('paths', () => {
  it('are those of the table in López de Prado 2018, figure 12.2: six groups, two tested, five paths', () => {
    const { bounds, splits } = cpcvSplits(rule(6, 2), days(60));
    const table = splits.flatMap(({ test }, split) => test.map((g) => [split + 1, g + 1] as const));
    expect(table).toHaveLength(30);
    // The figure numbers for every group the splits that test it, from left to right: G1 by S1–S5, G2 by S1, S6–S9, …
    expect(cpcvPaths({ bounds, splits }).map((path) => path.map((split) => split + 1))).toEqual([
      [1, 1, 2, 3, 4, 5],
      [2, 6, 6, 7, 8, 9],
      [3, 7, 10, 10, 11, 12],
      [4, 8, 11, 13, 13, 14],
      [5, 9, 12, 14, 15, 15],
    ]);
  });

  it('number C(N, k)·k/N, and use every test of every split exactly once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 1, max: 8 }), (groups, wanted) => {
        const test = Math.min(wanted, groups - 1);
        fc.pre(combinations(groups, test) <= 256);
        const { bounds, splits } = cpcvSplits(rule(groups, test), days(10 * groups));
        const paths = cpcvPaths({ bounds, splits });
        expect(paths).toHaveLength((combinations(groups, test) * test) / groups);
        const used = paths.flatMap((path) => path.map((split, g) => `${split}/${g}`));
        const tests = splits.flatMap(({ test }, split) => test.map((g) => `${split}/${g}`));
        expect(used.sort()).toEqual(tests.sort());
        expect(new Set(used).size).toBe(used.length);
      }),
    );
  });
});
