import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inferBarsPerYear } from '../../../src/core/metrics/infer-bars-per-year.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONDAY = Date.UTC(2021, 0, 4);

/** `count` times from a Monday on, `spacing` apart. */
const every = (spacing: number, count: number, from = MONDAY) =>
  Float64Array.from({ length: count }, (_, t) => from + t * spacing);
const weekdaysOnly = (times: Float64Array) =>
  times.filter((time) => ![0, 6].includes(new Date(time).getUTCDay()));
const monthly = (months: number, count: number) =>
  Float64Array.from({ length: count }, (_, t) => Date.UTC(2015, months * (t + 1), 0));

describe('inferBarsPerYear', () => {
  it('counts 252 trading days where weekends have no bars and 365 where they have', () => {
    expect(inferBarsPerYear(weekdaysOnly(every(DAY, 400)))).toBe(252);
    expect(inferBarsPerYear(every(DAY, 400))).toBe(365);
    // Foreign exchange: short bars on Sunday evenings, none on Saturdays.
    expect(inferBarsPerYear(every(DAY, 400).filter((time) => new Date(time).getUTCDay() !== 6))).toBe(252);
    // A few bars stamped on weekends by mistake are no trading on weekends.
    expect(inferBarsPerYear(every(DAY, 400).filter((_, t) => t % 7 < 5 || t < 14))).toBe(252);
    // A crypto exchange that was down for two months.
    expect(inferBarsPerYear(every(DAY, 400).filter((_, t) => t < 100 || t > 160))).toBe(365);
  });

  it('multiplies the trading days by the bars of a day', () => {
    const session = every(HOUR, 24 * 100).filter((time) => {
      const hour = new Date(time).getUTCHours();
      return hour >= 14 && hour <= 20;
    });
    expect(inferBarsPerYear(weekdaysOnly(session))).toBe(252 * 7);
    expect(inferBarsPerYear(every(HOUR, 24 * 30))).toBe(365 * 24);
    expect(inferBarsPerYear(every(5 * 60_000, 288 * 15))).toBe(365 * 288);
    expect(inferBarsPerYear(weekdaysOnly(every(12 * HOUR, 2 * 30)))).toBe(252 * 2);
  });

  it('knows weeks, fortnights, months, quarters and years, and measures other distances in days', () => {
    expect(inferBarsPerYear(every(7 * DAY, 60))).toBe(52);
    expect(inferBarsPerYear(every(14 * DAY, 60))).toBe(26);
    expect(inferBarsPerYear(monthly(1, 30))).toBe(12);
    expect(inferBarsPerYear(monthly(3, 12))).toBe(4);
    expect(inferBarsPerYear(monthly(6, 12))).toBe(2);
    expect(inferBarsPerYear(monthly(12, 12))).toBe(1);
    expect(inferBarsPerYear(every(2 * DAY, 100))).toBe(182.5);
  });

  it('is defined for the fewest bars: a single one and less than a week of days count as daily stocks', () => {
    expect(inferBarsPerYear(new Float64Array(0))).toBe(252);
    expect(inferBarsPerYear(every(DAY, 1))).toBe(252);
    expect(inferBarsPerYear(every(DAY, 2))).toBe(252);
    expect(inferBarsPerYear(every(DAY, 5))).toBe(252);
    expect(inferBarsPerYear(every(DAY, 7))).toBe(365);
    expect(inferBarsPerYear(every(HOUR, 2))).toBe(504);
    expect(inferBarsPerYear(every(28 * DAY, 2))).toBe(12);
  });

  it('reads dates before 1970 as it reads those after, and leaves the times as they are', () => {
    const early = every(DAY, 100, Date.UTC(1960, 0, 1));
    const before = early.slice();
    expect(inferBarsPerYear(early)).toBe(365);
    expect(early).toEqual(before);
    expect(inferBarsPerYear(weekdaysOnly(early))).toBe(252);
  });
});

const data = new URL('../../../../shared/data/', import.meta.url);

describe.runIf(existsSync(data))('inferBarsPerYear on real prices', () => {
  /** Times of each symbol of a long CSV `symbol,ts,…`. */
  const timesBySymbol = (file: string) => {
    const bySymbol = new Map<string, number[]>();
    for (const line of gunzipSync(readFileSync(new URL(file, data)))
      .toString()
      .split('\n')
      .slice(1)) {
      const [symbol, ts] = line.split(',', 2);
      if (!symbol || !ts) continue;
      const times = bySymbol.get(symbol) ?? [];
      bySymbol.set(symbol, times);
      times.push(Date.parse(ts));
    }
    return bySymbol;
  };
  const inferred = (file: string) =>
    Object.fromEntries(
      [...timesBySymbol(file)].map(([symbol, times]) => [symbol, inferBarsPerYear(Float64Array.from(times))]),
    );

  it('finds 252 daily bars for US stocks and for currencies with Sunday bars', () => {
    expect(new Set(Object.values(inferred('equities-daily-ohlc/us_raw_lean.csv.gz')))).toEqual(
      new Set([252]),
    );
    expect(new Set(Object.values(inferred('multi-asset-daily-ohlc/fx_daily.csv.gz')))).toEqual(
      new Set([252]),
    );
  });

  it('finds 365 daily bars for cryptocurrencies, and 252 for the one that has no Saturdays', () => {
    expect(inferred('multi-asset-daily-ohlc/crypto_daily.csv.gz')).toEqual({
      BTCUSD: 252,
      ADAUSDT: 365,
      BNBUSDT: 365,
      ETHUSDT: 365,
      LTCUSDT: 365,
    });
  });

  it('finds 7 bars a day for hourly US stocks', () => {
    expect(inferred('intraday/us_equity_1h_raw_lean.csv.gz')).toEqual({
      SPY: 252 * 7,
      AAPL: 252 * 7,
      BAC: 252 * 7,
    });
  });

  it('finds 24 bars a day for hourly gold and cryptocurrencies, on weekends too where they trade', () => {
    const crypto = 365 * 24;
    expect(inferred('intraday/fx_gold_1h_bid_ask_lean_oanda.csv.gz')).toEqual({
      EURUSD: 252 * 24,
      XAUUSD: 252 * 24,
    });
    expect(inferred('intraday/crypto_1h.csv.gz')).toEqual({
      BTCUSD: 252 * 24,
      ETHUSDT: crypto,
      LTCUSDT: crypto,
      ADAUSDT: crypto,
    });
  });

  it('finds almost every minute of a day for currencies, of which a few have no quote', () => {
    for (const perYear of Object.values(inferred('intraday/fx_1m_bid_ask_nautilus_fxcm.csv.gz'))) {
      expect(perYear).toBeGreaterThan(252 * 1425);
      expect(perYear).toBeLessThanOrEqual(252 * 1440);
    }
  });
});
