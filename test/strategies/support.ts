import fc from 'fast-check';
import { allocateBars, type Bars, finishBars } from '../../src/core/bars.ts';
import type { StrategyEvent } from '../../src/strategies/strategy.ts';

const HOUR = 3_600_000;

/** What random bars are made from; equal seeds give equal bars. */
export interface BarsRecipe {
  readonly seed: number;
  readonly assets: number;
  readonly length: number;
  /** Share of bars that are missing. */
  readonly gaps: number;
  /** Prices are whole numbers from 1 to this one: sums of them are exact, and ties are frequent. */
  readonly highest: number;
  /** Hours between bars: 1 to this one. */
  readonly hours: number;
}

export const barsRecipe: fc.Arbitrary<BarsRecipe> = fc.record({
  seed: fc.integer({ min: 0, max: 0x7fffffff }),
  assets: fc.integer({ min: 1, max: 5 }),
  length: fc.integer({ min: 1, max: 60 }),
  gaps: fc.constantFrom(0, 0.1, 0.5),
  highest: fc.constantFrom(2, 9, 1000),
  hours: fc.constantFrom(1, 30, 800),
});

/** Numbers in [0, 1) by a linear congruential generator. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Random bars; the first `length` bars of a longer recipe of the same seed are the same. */
export function randomBars({ seed, assets, length, gaps, highest, hours }: BarsRecipe): Bars {
  const symbols = Array.from({ length: assets }, (_, a) => `A${a}`);
  const bars = allocateBars(symbols, length);
  const random = randomNumbers(seed);
  const whole = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  let time = Date.UTC(2014, 10, 1) + whole(0, 48) * HOUR;
  for (let t = 0; t < length; t++) {
    bars.times[t] = time;
    time += whole(1, hours) * HOUR;
    for (let a = 0; a < assets; a++) {
      const [open, close, up, down] = [whole(1, highest), whole(1, highest), whole(0, 2), random()];
      if (random() < gaps) continue;
      const i = a * length + t;
      bars.open[i] = open;
      bars.close[i] = close;
      bars.high[i] = Math.max(open, close) + up;
      bars.low[i] = Math.min(open, close) * (1 - down / 2);
      bars.volume[i] = 1;
    }
  }
  return finishBars(bars);
}

/** Daily bars of one day each from 2015-03-02, close by asset (null = no bar), open = high = low = close. */
export function barsOfCloses(closes: Readonly<Record<string, readonly (number | null)[]>>): Bars {
  const symbols = Object.keys(closes);
  const bars = allocateBars(symbols, closes[symbols[0]!]!.length);
  bars.times.forEach((_, t) => {
    bars.times[t] = Date.UTC(2015, 2, 2 + t);
  });
  Object.values(closes)
    .flat()
    .forEach((close, i) => {
      bars.open[i] = close ?? Number.NaN;
      bars.close[i] = close ?? Number.NaN;
    });
  return finishBars(bars);
}

/** The close of an asset at a bar, or the one before it that there was; NaN before the first. */
export function lastCloseAt(bars: Bars, a: number, t: number): number {
  for (let s = t; s >= 0; s--) if (hasBar(bars, a, s)) return bars.close[a * bars.length + s]!;
  return Number.NaN;
}

export function hasBar(bars: Bars, a: number, t: number): boolean {
  return !Number.isNaN(bars.close[a * bars.length + t]);
}

/** Events as plain rows: weights by asset, null = maintain. */
export function plainRows(
  events: readonly StrategyEvent[],
  bars: Bars,
): { bar: number; weights: (number | null)[] }[] {
  return events.map(({ bar, weights }) => ({
    bar,
    weights: bars.symbols.map((symbol, a) => {
      const weight = weights instanceof Float64Array ? weights[a] : (weights[symbol] ?? null);
      return weight === undefined || weight === null || Number.isNaN(weight) ? null : weight;
    }),
  }));
}

/** What `decisionBars` promises, slowly: a bar decides if no bar before it lies in its period. */
export function slowDecisionBars(bars: Bars, rebalance: string | number, first: number): number[] {
  const label = (t: number): string => {
    const date = new Date(bars.times[t]!);
    const day = date.toISOString().slice(0, 10);
    if (rebalance === 'day') return day;
    if (rebalance === 'year') return day.slice(0, 4);
    if (rebalance === 'month') return day.slice(0, 7);
    if (rebalance === 'quarter') return `${day.slice(0, 4)}Q${Math.ceil((date.getUTCMonth() + 1) / 3)}`;
    const monday = new Date(`${day}T00:00:00Z`);
    while (monday.getUTCDay() !== 1) monday.setUTCDate(monday.getUTCDate() - 1);
    return monday.toISOString();
  };
  const all = Array.from({ length: bars.length }, (_, t) => t);
  if (rebalance === 'once') return all.filter((t) => t === first);
  if (typeof rebalance === 'number') return all.filter((t) => t >= first && t % rebalance === 0);
  return all.filter((t) => t >= first && !all.some((s) => s < t && label(s) === label(t)));
}

export const rebalances = fc.oneof(
  fc.constantFrom('once', 'day', 'week', 'month', 'quarter', 'year'),
  fc.integer({ min: 1, max: 9 }),
) as fc.Arbitrary<'once' | 'day' | 'week' | 'month' | 'quarter' | 'year' | number>;
