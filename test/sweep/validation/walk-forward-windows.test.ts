import { describe, expect, it } from 'vitest';
import type { WalkForwardRule } from '../../../src/contracts/validation-rule.ts';
import { walkForwardWindows } from '../../../src/sweep/validation/walk-forward-windows.ts';
import { messageOf } from '../../support/sweep-spec.ts';

const DAY = 86_400_000;
const rule = (fields: Partial<WalkForwardRule>): WalkForwardRule => ({
  train: 4,
  test: 2,
  anchored: false,
  purge: 0,
  embargo: 0,
  ...fields,
});
const days = (n: number, from = Date.UTC(2015, 0, 1)) =>
  Float64Array.from({ length: n }, (_, t) => from + t * DAY);
/** Mondays to Fridays. */
const weekdays = (from: string, to: string) => {
  const times: number[] = [];
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY) {
    const day = new Date(time).getUTCDay();
    if (day >= 1 && day <= 5) times.push(time);
  }
  return Float64Array.from(times);
};
const cuts = (windows: ReturnType<typeof walkForwardWindows>) =>
  windows.map(({ train, test }) => [train, test]);

describe('windows in bars', () => {
  it('roll by the length of the test where no step is given', () => {
    // bars 0..9: train 0-3 test 4-5, train 2-5 test 6-7, train 4-7 test 8-9
    expect(cuts(walkForwardWindows(rule({}), days(10)))).toEqual([
      [[[0, 4]], [4, 6]],
      [[[2, 6]], [6, 8]],
      [[[4, 8]], [8, 10]],
    ]);
  });

  it('grow from the first bar where anchored', () => {
    expect(cuts(walkForwardWindows(rule({ anchored: true }), days(10))).map(([train]) => train)).toEqual([
      [[0, 4]],
      [[0, 6]],
      [[0, 8]],
    ]);
  });

  it('lose the purged bars before their test, and the embargoed ones after every earlier test', () => {
    // tests 6-9, 10-13, 14-17; one bar purged; two bars after a test embargoed: 10-11 and 14-15
    const windows = walkForwardWindows(rule({ train: 6, test: 4, purge: 1, embargo: 2 }), days(18));
    expect(cuts(windows)).toEqual([
      [[[0, 5]], [6, 10]],
      [[[4, 9]], [10, 14]],
      [
        [
          [8, 10],
          [12, 13],
        ],
        [14, 18],
      ],
    ]);
  });

  it('end with a test of which at least half is there', () => {
    const last = (bars: number) => cuts(walkForwardWindows(rule({ test: 4 }), days(bars))).at(-1);
    expect(last(13)).toEqual([[[4, 8]], [8, 12]]); // one of four bars of the next test
    expect(last(14)).toEqual([[[8, 12]], [12, 14]]);
  });

  it('may overlap in their tests, with a step below the test', () => {
    expect(cuts(walkForwardWindows(rule({ step: 1 }), days(7)))).toEqual([
      [[[0, 4]], [4, 6]],
      [[[1, 5]], [5, 7]],
      [[[2, 6]], [6, 7]],
    ]);
  });
});

describe('windows in calendar time', () => {
  it('hold the bars of the calendar from the first bar on, whatever days are missing', () => {
    const times = weekdays('2010-01-04', '2012-12-31');
    const windows = walkForwardWindows(rule({ train: '1y', test: '6mo' }), times);
    // 2010-01-04 + 1y = Tuesday 2011-01-04, + 6mo = Monday 2011-07-04, and so on
    expect(
      windows.map(({ trainFrom, trainTo, testFrom, testTo }) =>
        [trainFrom, trainTo, testFrom, testTo].map((iso) => iso.slice(0, 10)),
      ),
    ).toEqual([
      ['2010-01-04', '2011-01-03', '2011-01-04', '2011-07-01'],
      ['2010-07-05', '2011-07-01', '2011-07-04', '2012-01-03'],
      ['2011-01-04', '2012-01-03', '2012-01-04', '2012-07-03'],
      ['2011-07-04', '2012-07-03', '2012-07-04', '2012-12-31'],
    ]);
    for (const { train, test } of windows) expect(train[0]![1]).toBe(test[0]);
  });

  it('follow one another without a gap, where lengths of months and leap years differ', () => {
    const times = days(3000, Date.UTC(2008, 0, 31));
    for (const [train, test, step] of [
      ['1y', '2w', undefined],
      ['1mo', '1mo', undefined],
      ['3mo', '30d', '1mo'], // from 31 January, 1mo is 29 days at first and 31 later
    ] as const) {
      const windows = walkForwardWindows(rule({ train, test, step }), times);
      expect(windows.length).toBeGreaterThan(50);
      for (const [k, window] of windows.slice(1).entries()) {
        if (step === undefined) expect(window.test[0]).toBe(windows[k]!.test[1]);
        else expect(window.test[0]).toBeLessThanOrEqual(windows[k]!.test[1]);
      }
    }
  });

  it('purge and embargo by time as well as by bars', () => {
    // Monday 2015-01-05 on; train 3w = up to Friday 23rd, test the week of the 26th, then that of 2 February
    const times = weekdays('2015-01-05', '2015-02-13');
    const windows = walkForwardWindows(rule({ train: '3w', test: '1w', purge: '4d', embargo: '3d' }), times);
    // 4 days before Monday 26th = Thursday 22nd, which goes too; the second loses Thursday 29th and Friday 30th
    expect(windows[0]!.trainTo.slice(0, 10)).toBe('2015-01-21');
    expect(windows[1]!.trainTo.slice(0, 10)).toBe('2015-01-28');
    // the third trains from 19 January to Wednesday 4 February, but for Monday the 2nd: three days after Friday 30th
    expect(windows[2]!.train).toEqual([
      [10, 20],
      [21, 23],
    ]);
  });
});

describe('windows that cannot be', () => {
  it.each<[string, Partial<WalkForwardRule>, number, RegExp]>([
    [
      'too few bars',
      {},
      4,
      /one training window \(4\) and at least half of its test \(2\): 5, found 4 from 2015-01-01 to 2015-01-04/,
    ],
    [
      'too short a period',
      { train: '3y', test: '1y' },
      300,
      /those up to 2018-07-02, about 1280, found 300 from 2015-01-01 to 2015-10-27/,
    ],
    [
      'a gap between tests',
      { step: 3 },
      30,
      /step: expected at most the length of test \(2\), found 3: the bars between two tests/,
    ],
    [
      'all training purged',
      { purge: 3 },
      30,
      /at least 2 bars .*found 1 and 2 in window 1; use longer windows, or less purge/,
    ],
    ['too many windows', { test: 1 }, 261, /at most 256 windows, found more with a step of 1/],
  ])('are refused: %s', (_, fields, bars, message) => {
    expect(messageOf(() => walkForwardWindows(rule(fields), days(bars)))).toMatch(message);
    expect(messageOf(() => walkForwardWindows(rule(fields), days(bars)))).toMatch(/^InvalidInputError/);
  });
});
