import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocateBars, type Bars, finishBars } from '../../src/core/bars.ts';
import { STRATEGIES, strategyByName } from '../../src/strategies/catalog.ts';
import { compileEvents, DEFAULT_LIMITS } from '../../src/strategies/compile-events.ts';
import type { Strategy, StrategyEvent } from '../../src/strategies/strategy.ts';
import { type BarsRecipe, barsRecipe, plainRows, randomBars, randomNumbers, rebalances } from './support.ts';

const bars = (least: number) => fc.integer({ min: least, max: 20 });
const shared = { rebalance: rebalances, budget: fc.constantFrom(1, 0.5) };

/** Random parameters of each strategy that decides from prices; a strategy added without them fails a test below. */
const PARAMS: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'fixed-weights': fc.record({ weights: fc.constant({ A0: 0.7 }), rebalance: rebalances }),
  'equal-weight': fc.record(shared),
  momentum: fc.record({ ...shared, lookback: bars(1), skip: fc.integer({ min: 0, max: 3 }), top: bars(1) }),
  'inverse-volatility': fc.record({ ...shared, lookback: bars(2) }),
  'sma-trend': fc.record({ ...shared, window: bars(1) }),
  breakout: fc.record({ ...shared, entry: bars(1), exit: bars(1) }),
  'mean-reversion': fc.record({
    ...shared,
    window: bars(2),
    entry: fc.constantFrom(0.3, 1, 2),
    exit: fc.constantFrom(0, 0.5),
  }),
};

function eventsOf(strategy: Strategy, data: Bars, params: object): readonly StrategyEvent[] {
  return strategy.events(data, strategy.params.parse(params));
}

/** The bars 0 to `last` of `data`, and after them `more` bars of other prices at other times. */
function otherFuture(data: Bars, last: number, more: number, seed: number): Bars {
  const random = randomNumbers(seed);
  const length = last + 1 + more;
  const other = allocateBars(data.symbols, length);
  for (let t = 0; t < length; t++) {
    other.times[t] = t <= last ? data.times[t]! : other.times[t - 1]! + 1 + Math.floor(random() * 1e10);
    for (let a = 0; a < data.symbols.length; a++) {
      for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) {
        const known = data[column][a * data.length + t]!;
        other[column][a * length + t] = t <= last ? known : 1 + Math.floor(random() * 100);
      }
    }
  }
  return finishBars(other);
}

describe.each(STRATEGIES.filter((strategy) => strategy.name !== 'instructions'))('$name', (strategy) => {
  const params = PARAMS[strategy.name]!;

  it('never lets a later bar, nor whether there is one, change an earlier event', () => {
    const futures = fc.record({ last: fc.nat(59), more: fc.nat(5), seed: fc.nat() });
    fc.assert(
      fc.property(barsRecipe, params, futures, (recipe: BarsRecipe, values, { last, more, seed }) => {
        const data = randomBars(recipe);
        const until = Math.min(last, data.length - 1);
        const past = (events: readonly StrategyEvent[]) =>
          plainRows(events, data).filter((row) => row.bar <= until);
        const changed = otherFuture(data, until, more, seed);
        expect(past(eventsOf(strategy, changed, values))).toEqual(past(eventsOf(strategy, data, values)));
      }),
    );
  });

  it('gives events that pass the gate under the default limits, none before its warm-up', () => {
    fc.assert(
      fc.property(barsRecipe, params, (recipe: BarsRecipe, values) => {
        const data = randomBars(recipe);
        const matrix = compileEvents(eventsOf(strategy, data, values), data, DEFAULT_LIMITS);
        const warmup = strategy.warmup(strategy.params.parse(values));
        expect(Array.from(matrix.rowBar).every((bar) => bar >= warmup)).toBe(true);
      }),
    );
  });

  it('has a default for every parameter, save weights, and refuses unknown ones', () => {
    const needed = strategy.name === 'fixed-weights' ? { weights: { A0: 1 } } : {};
    expect(strategy.params.safeParse(needed).success).toBe(true);
    expect(strategy.params.safeParse({ ...needed, lookbak: 3 }).success).toBe(false);
  });

  it('gives no events, and takes no memory, for a lookback far beyond the data', () => {
    const data = randomBars({ seed: 1, assets: 2, length: 10, gaps: 0, highest: 9, hours: 1 });
    const long = { lookback: 1e12, window: 1e12, entry: 1e12, exit: 1e12 };
    const schema = strategy.params as unknown as { shape: Record<string, unknown> };
    const fields = Object.entries(long).filter(([name]) => name in schema.shape);
    if (strategy.name === 'fixed-weights' || fields.length === 0) return;
    expect(eventsOf(strategy, data, Object.fromEntries(fields))).toEqual([]);
  });
});

describe('strategyByName', () => {
  it('finds every built-in strategy, each described in one sentence', () => {
    for (const { name } of STRATEGIES) {
      expect(strategyByName(name).name).toBe(name);
      expect(strategyByName(name).description).toMatch(/^[A-Z].{20,}[^.]$/);
    }
  });

  it('names the nearest of the known ones for a typing error', () => {
    expect(() => strategyByName('momentun')).toThrow(
      'strategy: expected a built-in one, or the path of a module such as ./my-strategy.ts, found "momentun"; ' +
        'did you mean momentum? Known: fixed-weights, equal-weight, momentum, inverse-volatility, sma-trend, ' +
        'breakout, mean-reversion, instructions',
    );
  });

  it('gives instructions the files that were read, and names the one that was not', () => {
    const data = randomBars({ seed: 1, assets: 1, length: 10, gaps: 0, highest: 9, hours: 1 });
    const timestamp = data.times[4]!;
    const event = { timestamp, instructions: { A0: { weight: 0.5 } }, checksum: '' };
    const strategy = strategyByName('instructions', new Map([['a.csv', [event]]]));
    expect(eventsOf(strategy, data, { file: 'a.csv' })).toEqual([{ bar: 4, weights: { A0: 0.5 } }]);
    expect(() => eventsOf(strategy, data, { file: 'b.csv' })).toThrow(
      'strategy instructions, parameter file: expected a file that was read, found "b.csv"; did you mean a.csv? Known: a.csv',
    );
  });
});
