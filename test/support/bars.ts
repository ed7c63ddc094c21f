import { allocateBars, type Bars, finishBars } from '../../src/core/bars.ts';

/** One bar as [open, high, low, close]; null = the asset has no bar then. */
export type Ohlc = readonly [open: number, high: number, low: number, close: number] | null;

const DAY = 86_400_000;

/** Daily bars from 2020-01-01 on, written out asset by asset. */
export function barsOf(assets: Readonly<Record<string, readonly Ohlc[]>>): Bars {
  const symbols = Object.keys(assets);
  const length = assets[symbols[0]!]!.length;
  const bars = allocateBars(symbols, length);
  for (let t = 0; t < length; t++) bars.times[t] = Date.UTC(2020, 0, 1) + t * DAY;
  symbols.forEach((symbol, a) => {
    assets[symbol]!.forEach((bar, t) => {
      if (bar === null) return;
      [bars.open, bars.high, bars.low, bars.close].forEach((column, k) => {
        column[a * length + t] = bar[k]!;
      });
    });
  });
  return finishBars(bars);
}

/** Bars whose four prices are one number each: for arithmetic by hand. */
export function flatBars(assets: Readonly<Record<string, readonly (number | null)[]>>): Bars {
  return barsOf(
    Object.fromEntries(
      Object.entries(assets).map(([symbol, prices]) => [
        symbol,
        prices.map((price): Ohlc => (price === null ? null : [price, price, price, price])),
      ]),
    ),
  );
}
