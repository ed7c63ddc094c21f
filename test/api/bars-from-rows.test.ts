import { describe, expect, it } from 'vitest';
import { type BarRow, barsFromRows, InvalidInputError } from '../../src/api.ts';

const day = (date: number) => `2024-01-0${date}`;
const row = (fields: Partial<BarRow> = {}): BarRow => ({
  symbol: 'A',
  ts: day(1),
  open: 10,
  high: 12,
  low: 9,
  close: 11,
  ...fields,
});

describe('barsFromRows', () => {
  it('joins rows in any order on one time index, with no bar where a symbol has none', () => {
    const bars = barsFromRows([
      row({ ts: day(3), close: 12 }),
      row({ symbol: 'B', ts: Date.UTC(2024, 0, 2), open: 5, high: null, low: null, close: 4, volume: 7 }),
      row(),
    ]);
    expect([...bars.symbols]).toEqual(['A', 'B']);
    expect([...bars.times]).toEqual([1, 2, 3].map((date) => Date.UTC(2024, 0, date)));
    expect([...bars.close]).toEqual([11, Number.NaN, 12, Number.NaN, 4, Number.NaN]);
    expect([bars.high[4], bars.low[4], bars.volume[4]]).toEqual([5, 4, 7]);
    expect([...bars.lastClose]).toEqual([11, 11, 12, Number.NaN, 4, 4]);
  });

  it.each<[string, unknown, RegExp]>([
    ['no rows', [], /^bars: expected an array of at least one bar, found an array of 0$/],
    ['no array', 'bars.csv', /^bars: expected an array .* found "bars\.csv"$/],
    ['a row that is none', [null], /^bars row 1: expected \{symbol, ts, .* found null$/],
    [
      'a price in words',
      [row(), row({ ts: day(2), close: '11' as never })],
      /^bars row 2, symbol A, 2024-01-02: expected a number in close, found "11"/,
    ],
    [
      'a high below the close',
      [row({ high: 10.5 })],
      /^bars row 1, symbol A, 2024-01-01: expected high >= max\(open, close\) = 11, found 10\.5/,
    ],
    ['a price of 0', [row({ low: 0 })], /expected prices > 0, found 0/],
    [
      'a time that is none',
      [row({ ts: 'monday' })],
      /expected an ISO time or epoch milliseconds in ts, found "monday"/,
    ],
    [
      'a time twice',
      [row(), row()],
      /^bars row 2, symbol A: expected one bar at 2024-01-01, found a second one/,
    ],
    [
      'rows without prices',
      [{ symbol: 'A', ts: day(1) }],
      /^bars: expected at least one bar with prices, found none$/,
    ],
  ])('refuses %s', (_, rows, message) => {
    const refused = () => barsFromRows(rows as BarRow[]);
    expect(refused).toThrow(InvalidInputError);
    expect(refused).toThrow(message);
  });
});
