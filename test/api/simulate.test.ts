import { describe, expect, it } from 'vitest';
import { barsFromRows, InvalidInputError, type SimulateInput, simulate } from '../../src/api.ts';

/** The fixture of section 8 of the semantics: a stop of 5 % is touched on the second bar. */
const OHLC = [
  [100, 101, 99, 100],
  [100, 101, 90, 97],
  [97, 98, 96, 97],
  [98, 99, 97, 98],
  [99, 100, 98, 99],
] as const;
const bars = barsFromRows(
  OHLC.map(([open, high, low, close], i) => ({
    symbol: 'A',
    ts: `2024-01-0${i + 1}`,
    open,
    high,
    low,
    close,
  })),
);

describe('simulate of the package', () => {
  it('gives typed orders, equity, metrics and parity; a stopped asset stays out', () => {
    const { orders, equity, metrics, parity, positions } = simulate({
      bars,
      events: [{ timestamp: '2024-01-01', instructions: { A: { weight: 1, stops: { stopLoss: 0.05 } } } }],
      config: { cash: 1000, fill: 'vectorbt' },
    });
    // under vectorbt: 10 shares at the close of 100, sold at the level of 95, nothing after that
    expect(
      orders.map(({ bar, side, quantity, price, reason }) => [bar, side, quantity, price, reason]),
    ).toEqual([
      [0, 'buy', 10, 100, 'rebalance'],
      [1, 'sell', 10, 95, 'stop_loss'],
    ]);
    expect(equity).toEqual([1000, 950, 950, 950, 950]);
    expect(positions.A).toEqual([10, 0, 0, 0, 0]);
    expect(metrics.total_return).toBeCloseTo(-0.05, 15);
    expect(parity).toEqual({ status: 'identical' });
  });

  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^simulate: expected \{bars, events, config\?\}, found nothing$/],
    [
      'bars of its own making',
      { bars: [1, 2], events: [] },
      /^simulate: bars: expected those that readBars or barsFromRows gave, found an array of 2$/,
    ],
    [
      'events that are none',
      { bars, events: 'all in' },
      /^events: expected an array of rebalance events, found "all in"$/,
    ],
    [
      'an unknown asset',
      { bars, events: [{ timestamp: '2024-01-01', instructions: { B: { weight: 1 } } }] },
      /^event 0 \(2024-01-01\): expected an asset of the bars, found a weight or stop of "B"/,
    ],
    [
      'a wrong field',
      { bars, events: [], config: { cahs: 1 } },
      /^config: .*unknown field "cahs"; did you mean cash\?/,
    ],
  ])('refuses %s in the usual words', (_, input, message) => {
    const refused = () => simulate(input as SimulateInput);
    expect(refused).toThrow(InvalidInputError);
    expect(refused).toThrow(message);
  });
});
