import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import { joinBars } from '../../src/formats/join-bars.ts';
import { simulate } from '../../src/sweep/simulate.ts';
import { flatBars as flatColumns } from '../support/bar-columns.ts';
import { flatBars } from '../support/bars.ts';

const DAY = 86_400_000;
const START = Date.UTC(2020, 0, 1);

describe('simulate', () => {
  it('runs instructions over bars that were joined from columns', () => {
    const bars = joinBars([
      { symbol: 'A', columns: flatColumns([0, 1, 2].map((t) => [START + t * DAY, 10 * (t + 1)])) },
      { symbol: 'B', columns: flatColumns([[START + DAY, 5]]) },
    ]);
    const result = simulate({
      bars,
      events: [{ timestamp: '2020-01-01', instructions: { A: { weight: 0.5 }, B: { weight: 0.5 } } }],
      config: { cash: 1000 },
    });
    // Decided on the first bar, filled at the next open: 500 / 20 shares of A, 500 / 5 of B, which then has no bar.
    expect(result.orders.map(({ bar, asset, quantity, price }) => [bar, asset, quantity, price])).toEqual([
      [1, 'A', 25, 20],
      [1, 'B', 100, 5],
    ]);
    expect(result.equity).toEqual([1000, 1000, 25 * 30 + 100 * 5]);
    expect(result.positions).toEqual({ A: [0, 25, 25], B: [0, 100, 100] });
    expect(result.cash).toEqual([1000, 0, 0]);
    expect(result.parity).toEqual({ status: 'identical' });
  });

  it('holds at every close: equity is cash and positions at the last closes, and orders add up to positions', () => {
    const price = fc.option(fc.integer({ min: 1, max: 200 }), { freq: 8 });
    const weight = fc.constantFrom(null, 0, 0.2, 0.5);
    const run = fc.array(fc.tuple(price, price, weight, weight), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(run, fc.constantFrom('realistic', 'vectorbt', 'nautilus'), (rows, fill) => {
        const bars = flatBars({ A: rows.map(([a]) => a), B: rows.map(([, b]) => b) });
        const events = rows.map(([, , a, b], t) => ({
          timestamp: START + t * DAY,
          instructions: { A: { weight: a }, B: { weight: b } },
        }));
        const config = { fill, feeRate: 0.001, slippage: 0.001, stops: { stopLoss: 0.1 } } as const;
        const { equity, cash, positions, orders, parity } = simulate({ bars, events, config });
        expect(parity.status).toBe('identical');
        const held: Record<string, number> = { A: 0, B: 0 };
        for (let t = 0; t < bars.length; t++) {
          for (const { bar, asset, side, quantity } of orders) {
            if (bar === t) held[asset]! += side === 'buy' ? quantity : -quantity;
          }
          let value = cash[t]!;
          for (const [a, symbol] of bars.symbols.entries()) {
            const shares = positions[symbol]![t]!;
            expect(shares).toBeCloseTo(held[symbol]!, 8);
            if (shares !== 0) value += shares * bars.lastClose[a * bars.length + t]!;
          }
          expect(value).toBe(equity[t]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('refuses what is wrong with events or configuration, naming it', () => {
    const bars = flatBars({ A: [1, 2] });
    const refused = (events: readonly unknown[], config: object) => () => simulate({ bars, events, config });
    expect(refused([{ timestamp: 'soon', instructions: {} }], {})).toThrow(InvalidInputError);
    expect(refused([{ timestamp: START, instructions: { A: { weight: -1 } } }], {})).toThrow(
      'expected weight >= 0, as allowShort is off, found -1',
    );
    expect(refused([], { engine: 'fast' })).toThrow(
      'config: engine: expected "window" or "event" or "both", found "fast"',
    );
  });

  it('moves an event between two bars to the next one only where that was asked for', () => {
    const bars = flatBars({ A: [1, 2, 4] });
    const events = [{ timestamp: START + DAY / 2, instructions: { A: { weight: 1 } } }];
    expect(() => simulate({ bars, events })).toThrow('snap: next would take the next bar');
    expect(simulate({ bars, events, config: { snap: 'next' } }).orders).toMatchObject([{ bar: 2, price: 4 }]);
  });
});
