import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../src/formats/timestamp.ts';

// 2015-03-02T14:30:05Z by hand: 16,496 days after 1970-01-01, then 52,205 seconds.
const DAY = 16_496 * 86_400_000;
const MOMENT = DAY + 52_205_000;

describe('parseTimestamp', () => {
  it.each([
    ['2015-03-02', DAY],
    ['2015/03/02', DAY],
    ['2015/3/2', DAY],
    ['2015.03.02', DAY],
    ['20150302', DAY],
    ['3/2/2015', DAY],
    ['03/02/2015', DAY],
    [' 2015-03-02 ', DAY],
    ['2015-03-02T14:30:05Z', MOMENT],
    ['2015-03-02T14:30:05', MOMENT],
    ['2015-03-02 14:30:05', MOMENT],
    ['2015-03-02 14:30:05+00:00', MOMENT],
    ['2015-03-02 14:30:05 UTC', MOMENT],
    ['2015-03-02T09:30:05-05:00', MOMENT],
    ['2015-03-02T20:00:05+0530', MOMENT],
    ['2015-03-02T15:30:05+01', MOMENT],
    ['20150302 14:30:05', MOMENT],
    ['20150302 14:30', MOMENT - 5000],
    ['20150302T143005Z', MOMENT],
    ['3/2/2015 14:30', MOMENT - 5000],
    ['2015-03-02T14:30:05.123456789Z', MOMENT + 123],
    ['2015-03-02T14:30:05.5', MOMENT + 500],
    ['1425306605', MOMENT],
    ['1425306605.0', MOMENT],
    ['1425306605000', MOMENT],
    ['1425306605000000', MOMENT],
    ['1425306605000000000', MOMENT],
    ['-86400', -86_400_000],
  ])('reads %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    ['2015-02-30'],
    ['2015-13-01'],
    ['20150230'],
    ['2/30/2015'],
    ['31/12/2015'],
    ['2015-03-02T24:00'],
    ['2015-03-02T14:60'],
    ['2015-03-02T14:30:60'],
    ['2015-03-02T14:30:05+99:00'],
    ['0015-03-02'],
    ['15-03-02'],
    ['2015-03/02'],
    ['yesterday'],
    ['2015-03-02 garbage'],
    [''],
    ['NaN'],
    ['Infinity'],
    ['9'.repeat(21)],
    ['9'.repeat(400)],
  ])('refuses %s', (text) => {
    expect(parseTimestamp(text)).toBeNaN();
  });

  it('reads numbers and big integers by magnitude, and eight digits as a date', () => {
    for (const scale of [1, 1e3, 1e6, 1e9]) {
      expect(parseTimestamp(1_425_306_605 * scale)).toBe(MOMENT);
      expect(parseTimestamp(BigInt(1_425_306_605) * BigInt(scale))).toBe(MOMENT);
    }
    expect(parseTimestamp(20_150_302)).toBe(DAY);
    expect(parseTimestamp(20_150_302n)).toBe(DAY);
    expect(parseTimestamp(20_150_230)).toBeNaN();
    expect(parseTimestamp(0)).toBe(0);
    expect(parseTimestamp(Number.NaN)).toBeNaN();
    expect(parseTimestamp(Number.POSITIVE_INFINITY)).toBeNaN();
    expect(parseTimestamp(-1_425_306_605_000_000_001n)).toBe(-1_425_306_605_001);
    expect(parseTimestamp(new Date(MOMENT))).toBe(MOMENT);
    expect(parseTimestamp(new Date(Number.NaN))).toBeNaN();
  });

  it('does not depend on the time zone of the host', () => {
    const before = process.env.TZ;
    try {
      for (const zone of ['America/New_York', 'Asia/Kolkata', 'Pacific/Apia']) {
        process.env.TZ = zone;
        expect(parseTimestamp('2015-03-02')).toBe(DAY);
        expect(parseTimestamp('2015-03-02 14:30:05')).toBe(MOMENT);
        expect(parseTimestamp('3/2/2015')).toBe(DAY);
        expect(formatTimestamp(MOMENT)).toBe('2015-03-02T14:30:05Z');
      }
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });

  it('reads back every ISO date-time and every nanosecond count of a millisecond', () => {
    const instant = fc.integer({ min: Date.UTC(1974, 0), max: Date.UTC(2099, 11) });
    fc.assert(
      fc.property(instant, (ms) => {
        expect(parseTimestamp(new Date(ms).toISOString())).toBe(ms);
        expect(parseTimestamp(formatTimestamp(ms))).toBe(ms);
        expect(parseTimestamp(ms)).toBe(ms);
        expect(parseTimestamp(ms * 1e3)).toBe(ms);
        expect(parseTimestamp(ms * 1e6)).toBe(ms);
        expect(parseTimestamp(BigInt(ms) * 1_000_000n + 999_999n)).toBe(ms);
      }),
    );
  });
});

describe('formatTimestamp', () => {
  it('writes a date at midnight, a date-time otherwise, and says so where there is none', () => {
    expect(formatTimestamp(DAY)).toBe('2015-03-02');
    expect(formatTimestamp(MOMENT)).toBe('2015-03-02T14:30:05Z');
    expect(formatTimestamp(MOMENT + 7)).toBe('2015-03-02T14:30:05.007Z');
    expect(formatTimestamp(Number.NaN)).toBe('no time');
  });
});
