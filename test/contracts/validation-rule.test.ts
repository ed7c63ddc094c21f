import { describe, expect, it } from 'vitest';
import { addDuration } from '../../src/contracts/duration.ts';
import { combinations } from '../../src/contracts/validation-rule.ts';
import { messageOf, specOf } from '../support/sweep-spec.ts';

const ms = (iso: string) => Date.parse(iso);
const iso = (epochMs: number) => new Date(epochMs).toISOString().replace('.000Z', 'Z');
const refused = (validation: unknown, fields: object = {}) =>
  messageOf(() => specOf({ validation, ...fields }));

describe('a duration', () => {
  it.each([
    ['2012-02-29T00:00:00Z', '1y', 1, '2013-02-28T00:00:00Z'],
    ['2012-02-29T00:00:00Z', '4y', 1, '2016-02-29T00:00:00Z'],
    ['2015-01-31T14:30:00Z', '1mo', 1, '2015-02-28T14:30:00Z'],
    ['2015-01-31T14:30:00Z', '1mo', 2, '2015-03-31T14:30:00Z'],
    ['2015-11-30T00:00:00Z', '3mo', 1, '2016-02-29T00:00:00Z'],
    ['2015-03-31T00:00:00Z', '1mo', -1, '2015-02-28T00:00:00Z'],
    ['2015-01-01T00:00:00Z', '2w', 1, '2015-01-15T00:00:00Z'],
    ['2015-01-01T22:00:00Z', '5h', 1, '2015-01-02T03:00:00Z'],
    ['1969-12-31T23:00:00Z', '1y', 1, '1970-12-31T23:00:00Z'],
    ['2015-01-01T00:00:00Z', '20d', -3, '2014-11-02T00:00:00Z'],
  ])('from %s, %s taken %i times, reaches %s', (from, value, times, to) => {
    expect(iso(addDuration(ms(from), value, times))).toBe(to);
  });
});

describe('a validation in a sweep file', () => {
  it('has defaults of its own, and none where it is left out', () => {
    expect(specOf().validation).toBeUndefined();
    expect(specOf({ validation: { walkForward: { train: '3y', test: '6mo' } } }).validation).toEqual({
      walkForward: { train: '3y', test: '6mo', anchored: false, purge: 1, embargo: 0 },
    });
    const cpcv = { groups: 8, test: 2 };
    expect(specOf({ validation: { holdout: '12.5%', cpcv } }).validation).toEqual({
      holdout: '12.5%',
      cpcv: { ...cpcv, purge: 1, embargo: 0 },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing to do', {}, /^.*validation: expected at least one of walkForward, holdout and cpcv/],
    ['a typo', { walkForwad: {} }, /unknown field "walkForwad"; did you mean walkForward\?/],
    [
      'a typo within',
      { cpcv: { groups: 4, test: 1, embrago: 3 } },
      /validation\.cpcv\.embrago.*did you mean embargo/,
    ],
    [
      'words',
      { walkForward: { train: '3 years', test: '1y' } },
      /train: expected a number of bars, or a duration such as 3y.*found "3 years"/,
    ],
    [
      'no length',
      { walkForward: { train: '0y', test: '1y' } },
      /train: expected a number of bars, or a duration/,
    ],
    ['a test left out', { walkForward: { train: '3y' } }, /walkForward\.test: expected .*found nothing/],
    [
      'two kinds of length',
      { walkForward: { train: '3y', test: 250 } },
      /all as durations \(3y\) or all as numbers of bars, found train 3y, test 250/,
    ],
    [
      'a step of another kind',
      { walkForward: { train: 9, test: 9, step: '1y' } },
      /found train 9, test 9, step 1y/,
    ],
    ['a share that is a number', { holdout: 0.2 }, /holdout: expected a share such as 20%/],
    ['a share of all', { holdout: '100%' }, /holdout: expected a share such as 20%/],
    [
      'as many test groups as groups',
      { cpcv: { groups: 4, test: 4 } },
      /cpcv\.test: expected fewer test groups than groups \(4\), found 4/,
    ],
    [
      'too many splits',
      { cpcv: { groups: 20, test: 5 } },
      /expected at most 256 splits, found 15504 ways to choose 5 of 20 groups/,
    ],
  ])('is refused with %s', (_, validation, message) => {
    expect(refused(validation)).toMatch(message);
  });

  it('counts combinations', () => {
    expect([combinations(8, 2), combinations(10, 5), combinations(16, 8), combinations(5, 5)]).toEqual([
      28, 252, 12_870, 1,
    ]);
  });
});
