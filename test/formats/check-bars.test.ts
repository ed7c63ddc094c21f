import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkBars, checkColumns } from '../../src/formats/check-bars.ts';
import { barRows } from '../support/bar-rows.ts';

const NONE = Number.NaN;
const DAY = 86_400_000;
const drop = { onBadBar: 'drop' } as const;
const strict = { onBadBar: 'error' } as const;

describe('checkBars', () => {
  it('keeps sound bars as they are', () => {
    const { columns, ...rest } = checkBars(barRows([0, 2, 4, 1, 3, 5], [DAY, 3, 3, 3, 3, 0]), strict);
    expect(columns).toEqual({
      times: Float64Array.of(0, DAY),
      open: Float64Array.of(2, 3),
      high: Float64Array.of(4, 3),
      low: Float64Array.of(1, 3),
      close: Float64Array.of(3, 3),
      volume: Float64Array.of(5, 0),
    });
    expect(rest).toEqual({ dropped: [], empty: 0, filled: 0, sorted: true });
  });

  it.each([
    ['high below the close', [0, 2, 2.5, 1, 3], 'expected high >= max(open, close) = 3, found 2.5'],
    ['high below the open', [0, 3, 2.5, 1, 2], 'expected high >= max(open, close) = 3, found 2.5'],
    ['low above the open', [0, 2, 4, 2.5, 3], 'expected low <= min(open, close) = 2, found 2.5'],
    ['high below low', [0, 2, 1, 4, 3], 'expected high >= max(open, close) = 3, found 1'],
    ['a close without an open', [0, NONE, 4, 1, 3], 'expected an open beside the close, found none'],
    ['an open without a close', [0, 2, 4, 1, NONE], 'expected a close, found none'],
    ['a price of zero', [0, 2, 4, 0, 3], 'expected prices > 0, found 0'],
    ['a negative price', [0, -2, 4, NONE, 3], 'expected prices > 0, found -2'],
    ['a negative high', [0, 2, -4, 1, 3], 'expected prices > 0, found -4'],
    ['an infinite price', [0, 2, Infinity, 1, 3], 'expected finite prices, found Infinity'],
    ['a negative volume', [0, 2, 4, 1, 3, -1], 'expected a finite volume >= 0, found -1'],
    ['an infinite volume', [0, 2, 4, 1, 3, Infinity], 'expected a finite volume >= 0, found Infinity'],
  ])('finds %s', (_, cells, reason) => {
    const rows = barRows([-DAY, 1, 1, 1, 1], cells);
    expect(() => checkBars(rows, strict)).toThrow(
      `a.csv line 3, symbol A, 1970-01-01: ${reason}; correct it`,
    );
    const { columns, dropped } = checkBars(rows, drop);
    expect(dropped).toEqual([{ place: 'a.csv line 3', time: 0, reason }]);
    expect(columns.times).toEqual(Float64Array.of(-DAY));
  });

  it('finds a cell that could not be read, and says the first one of a row', () => {
    const rows = barRows([0, NONE, NONE, 1, 3]);
    rows.faults.push({ row: 0, column: 'open', expected: 'a number', found: '"x"' });
    rows.faults.push({ row: 0, column: 'high', expected: 'a number', found: '"y"' });
    expect(() => checkBars(rows, strict)).toThrow('expected a number in open, found "x"');
    expect(checkBars(rows, drop).dropped).toHaveLength(1);
  });

  it('takes a row without any price as a missing bar', () => {
    const { columns, empty, dropped } = checkBars(
      barRows([0, NONE, NONE, NONE, NONE, 0], [DAY, 1, 1, 1, 1]),
      strict,
    );
    expect(columns.times).toEqual(Float64Array.of(DAY));
    expect({ empty, dropped }).toEqual({ empty: 1, dropped: [] });
  });

  it('fills a missing high or low with the larger or smaller of open and close', () => {
    const { columns, filled } = checkBars(
      barRows([0, 2, NONE, 1, 3], [1, 2, 4, NONE, 3], [2, 2, NONE, NONE, 2]),
      strict,
    );
    expect(columns.high).toEqual(Float64Array.of(3, 4, 2));
    expect(columns.low).toEqual(Float64Array.of(1, 2, 2));
    expect(filled).toBe(3);
  });

  it('puts rows in order of time and says so', () => {
    const { columns, sorted } = checkBars(barRows([2, 3, 3, 3, 3], [0, 1, 1, 1, 1], [1, 2, 2, 2, 2]), strict);
    expect(columns.times).toEqual(Float64Array.of(0, 1, 2));
    expect(columns.close).toEqual(Float64Array.of(1, 2, 3));
    expect(sorted).toBe(false);
  });

  it('refuses two bars of one time under either choice, and names both lines', () => {
    const rows = barRows([DAY, 1, 1, 1, 1], [0, 1, 1, 1, 1], [DAY, 2, 2, 2, 2]);
    const message =
      'a.csv line 4, symbol A: expected one bar at 1970-01-02, found a second one (the first is at a.csv line 2)';
    expect(() => checkBars(rows, strict)).toThrow(message);
    expect(() => checkBars(rows, drop)).toThrow(message);
  });

  it('does not count a dropped bar as a second one of its time', () => {
    const { columns } = checkBars(barRows([0, 1, 0.5, 1, 1], [0, 2, 2, 2, 2]), drop);
    expect(columns.close).toEqual(Float64Array.of(2));
  });

  it('scales a bar by adjusted close / close, and needs it on every bar', () => {
    const rows = barRows([0, 8, 12, 6, 10, 100, 5], [1, 10, 10, 10, 10, 100, NONE]);
    expect(() => checkBars(rows, { ...strict, adjust: true })).toThrow(
      'expected a finite adj_close > 0, found none',
    );
    const { columns } = checkBars(rows, { ...drop, adjust: true });
    expect(columns).toMatchObject({
      open: Float64Array.of(4),
      high: Float64Array.of(6),
      low: Float64Array.of(3),
      close: Float64Array.of(5),
      volume: Float64Array.of(100),
    });
  });

  it('leaves bars possible when it scales them, whatever the rounding', () => {
    const price = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(price, price, price, (open, close, adjClose) => {
        const [high, low] = [Math.max(open, close), Math.min(open, close)];
        const { columns } = checkBars(barRows([0, open, high, low, close, 1, adjClose]), {
          ...strict,
          adjust: true,
        });
        expect(() => checkColumns(columns, 'x')).not.toThrow();
      }),
    );
  });
});

describe('checkColumns', () => {
  const sound = () => checkBars(barRows([0, 2, 4, 1, 3, 5], [DAY, 3, 3, 3, 3, 0]), strict).columns;

  it('accepts what checkBars made', () => {
    expect(() => checkColumns(sound(), 'object')).not.toThrow();
  });

  it.each([
    [
      'equal times',
      (c: ReturnType<typeof sound>) => c.times.fill(0),
      /object row 2: expected strictly ascending/,
    ],
    ['no time', (c: ReturnType<typeof sound>) => c.times.fill(NONE, 0, 1), /object row 1: .*found no time/],
    [
      'a high below the close',
      (c: ReturnType<typeof sound>) => c.high.fill(2, 1),
      /object row 2: expected high/,
    ],
  ])('refuses %s', (_, spoil, message) => {
    const columns = sound();
    spoil(columns);
    expect(() => checkColumns(columns, 'object')).toThrow(message);
  });
});
