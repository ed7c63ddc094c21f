import * as z from 'zod';
import { duration, gap, isBars } from './duration.ts';

const purge = (what: string) =>
  gap.default(1).describe(`Bars, or time, taken off the end of training data before ${what}.`);
const embargo = (what: string) =>
  gap.default(0).describe(`Bars, or time, taken off training data that follows ${what}.`);

const walkForward = z
  .strictObject({
    train: duration.describe('Length of a training window: 3y, 6mo, 20d, or a number of bars.'),
    test: duration.describe('Length of a test window, right after its training window.'),
    step: duration.optional().describe('Distance between two windows, at most `test`; default: `test`.'),
    anchored: z.boolean().default(false).describe('true: every training window begins at the first bar.'),
    purge: purge('its test window'),
    embargo: embargo('an earlier test window'),
  })
  .superRefine(({ train, test, step = test }, context) => {
    const lengths = { train, test, step };
    const bars = Object.values(lengths).filter(isBars).length;
    if (bars === 0 || bars === 3) return;
    const found = Object.entries(lengths).map(([name, value]) => `${name} ${value}`);
    const message =
      'expected train, test and step all as durations (3y) or all as numbers of bars, ' +
      `found ${found.join(', ')}; write them alike`;
    context.addIssue({ code: 'custom', message });
  });

const cpcv = z
  .strictObject({
    groups: z
      .int()
      .min(2)
      .max(128)
      .describe('Contiguous groups of equal length into which the bars are cut.'),
    test: z.int().min(1).max(127).describe('Groups that are tested together; the others train.'),
    purge: purge('a test group'),
    embargo: embargo('a test group'),
  })
  .superRefine(({ groups, test }, context) => {
    if (test >= groups) {
      const message = `expected fewer test groups than groups (${groups}), found ${test}; leave some to train on`;
      context.addIssue({ code: 'custom', path: ['test'], message });
      return;
    }
    const splits = combinations(groups, test);
    if (splits <= MOST_WINDOWS) return;
    const message =
      `expected at most ${MOST_WINDOWS} splits, found ${splits} ways to choose ${test} of ${groups} groups; ` +
      'use fewer groups: 8 and 2 give 28, 10 and 3 give 120';
    context.addIssue({ code: 'custom', message });
  });

/** Windows of a walk-forward, and splits of a cross-validation, at most. */
export const MOST_WINDOWS = 256;

/** C(n, k), the number of ways to choose k of n; a double beyond 2^53. */
export function combinations(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = (count * (n - k + i)) / i;
  return Math.round(count);
}

const HOLDOUT = 'a share such as 20%, a duration such as 1y, or a number of bars';

const holdout = z
  .union(
    [
      z.string().regex(/^(\d{1,2}(\.\d{1,4})?%|[1-9]\d{0,4}(y|mo|w|d|h))$/, { error: HOLDOUT }),
      z.int().min(1).max(10_000_000),
    ],
    { error: HOLDOUT },
  )
  .describe('The last part of the bars: no run is ranked by it, and the leaders are tested on it.');

/** What a sweep holds back from ranking and tests the ranking on; at least one of the three. */
export const validationRule = z
  .strictObject({
    walkForward: walkForward
      .optional()
      .describe('Rank on a window, follow the best run on the next; repeat.'),
    holdout: holdout.optional(),
    cpcv: cpcv.optional().describe('Combinatorial purged cross-validation: every choice of test groups.'),
  })
  .refine((rule) => Object.values(rule).some((part) => part !== undefined), {
    error:
      'expected at least one of walkForward, holdout and cpcv, found none; leave validation out for none',
  });

export type ValidationRule = z.output<typeof validationRule>;
export type WalkForwardRule = z.output<typeof walkForward>;
export type CpcvRule = z.output<typeof cpcv>;

/** The fields of a validation by path, to name the nearest one to a typo. */
export const VALIDATION_FIELDS = {
  validation: Object.keys(validationRule.shape),
  'validation.walkForward': Object.keys(walkForward.shape),
  'validation.cpcv': Object.keys(cpcv.shape),
};
