import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import { compileEvents, DEFAULT_LIMITS } from '../../src/strategies/compile-events.ts';
import type { StrategyEvent } from '../../src/strategies/strategy.ts';
import { barsOfCloses } from './support.ts';

const bars = barsOfCloses({ AAPL: [1, 2, 3, 4], MSFT: [1, 2, 3, 4], KO: [1, 2, 3, 4] });
const short = { maxLeverage: 2, maxAssetWeight: 1, allowShort: true };

/** Nonsense of any type is what a strategy of one's own may return. */
const compile = (events: unknown, limits = DEFAULT_LIMITS) =>
  compileEvents(events as readonly StrategyEvent[], bars, limits);

const plain = (matrix: ReturnType<typeof compileEvents>) => ({
  rowBar: Array.from(matrix.rowBar),
  rowStart: Array.from(matrix.rowStart),
  cellAsset: Array.from(matrix.cellAsset),
  cellWeight: Array.from(matrix.cellWeight),
});

describe('compileEvents', () => {
  it('keeps explicit cells only, by ascending asset, from either form of weights', () => {
    const nan = Number.NaN;
    const wanted = {
      rowBar: [0, 1, 3],
      rowStart: [0, 2, 2, 3],
      cellAsset: [0, 2, 1],
      cellWeight: [0.5, 0, 1],
    };
    const byIndex = [
      { bar: 0, weights: Float64Array.of(0.5, nan, -0) },
      { bar: 1, weights: Float64Array.of(nan, nan, nan) },
      { bar: 3, weights: Float64Array.of(nan, 1, nan) },
    ];
    const bySymbol = [
      { bar: 0, weights: { KO: -0, AAPL: 0.5, MSFT: null } },
      { bar: 1, weights: {} },
      { bar: 3, weights: { MSFT: 1, KO: nan } },
    ];
    expect(plain(compile(byIndex))).toEqual(wanted);
    expect(plain(compile(bySymbol))).toEqual(wanted);
    expect(compile(bySymbol).cellStops).toBe(null);
    expect(plain(compile([]))).toEqual({ rowBar: [], rowStart: [0], cellAsset: [], cellWeight: [] });
  });

  it('reads stops as the default where absent and as none where null', () => {
    const matrix = compile([
      { bar: 0, weights: { AAPL: 0.5, KO: 0.5 }, stops: { KO: { stopLoss: 0.1, takeProfit: null } } },
      { bar: 1, weights: { MSFT: 0 } },
    ]);
    expect(matrix.cellStops).toEqual({
      stopLoss: Float64Array.of(Number.NaN, 0.1, Number.NaN),
      trailingStop: Float64Array.of(Number.NaN, Number.NaN, Number.NaN),
      takeProfit: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NaN),
    });
  });

  it('lets a short have stops of 1 and more', () => {
    const stops = { KO: { stopLoss: 1.5, trailingStop: 1 } };
    expect(compile([{ bar: 0, weights: { KO: -1 }, stops }], short).cellStops!.stopLoss[0]).toBe(1.5);
  });

  it('admits sums that miss the limit by rounding only', () => {
    const tenth = Array.from({ length: 10 }, (_, k) => `S${k}`);
    const ten = barsOfCloses(Object.fromEntries(tenth.map((name) => [name, [1]])));
    const weights = new Float64Array(10).fill(0.1 + 1e-17);
    expect(compileEvents([{ bar: 0, weights }], ten, DEFAULT_LIMITS).cellWeight.length).toBe(10);
    expect(compile([{ bar: 0, weights: { KO: 1 + 1e-9 } }]).cellWeight[0]).toBe(1 + 1e-9);
    expect(() => compile([{ bar: 0, weights: { KO: 1 + 1e-8 } }])).toThrow('found 1.00000001');
  });

  it('accepts exactly the rows within the limits', () => {
    const weight = fc.constantFrom(Number.NaN, -1.5, -1, -0.5, -0, 0, 0.25, 0.5, 1, 1.5);
    const limits = fc.record({
      maxLeverage: fc.constantFrom(0.5, 1, 2),
      maxAssetWeight: fc.constantFrom(0.5, 1, 2),
      allowShort: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.tuple(weight, weight, weight),
        limits,
        (weights, { maxLeverage, maxAssetWeight, allowShort }) => {
          const cells = weights.filter((w) => !Number.isNaN(w));
          const within =
            cells.every((w) => Math.abs(w) <= maxAssetWeight && (allowShort || w >= 0)) &&
            cells.reduce((total, w) => total + Math.abs(w), 0) <= maxLeverage;
          const run = () =>
            compile([{ bar: 2, weights: Float64Array.from(weights) }], {
              maxLeverage,
              maxAssetWeight,
              allowShort,
            });
          if (!within) expect(run).toThrow(InvalidInputError);
          else expect(plain(run()).cellWeight).toEqual(cells.map((w) => w + 0));
        },
      ),
    );
  });

  it.each([
    [
      'weights beyond the asset limit',
      [{ bar: 0, weights: { AAPL: 1.4 } }],
      'event 0 (2015-03-02), asset AAPL: expected weight in [-1, 1], found 1.4',
    ],
    [
      'an infinite weight',
      [{ bar: 0, weights: Float64Array.of(0, 0, Number.NEGATIVE_INFINITY) }],
      'event 0 (2015-03-02), asset KO: expected weight in [-1, 1], found -Infinity',
    ],
    [
      'a short where none is allowed',
      [{ bar: 1, weights: { KO: -0.2 } }],
      'event 0 (2015-03-03), asset KO: expected weight >= 0, as allowShort is off, found -0.2',
    ],
    [
      'a row beyond leverage',
      [
        { bar: 0, weights: {} },
        { bar: 2, weights: { AAPL: 0.75, KO: 0.75 } },
      ],
      'event 1 (2015-03-04): expected Σ|weight| <= 1 (maxLeverage), found 1.5; lower the weights or raise maxLeverage',
    ],
    [
      'an orphan weight',
      [{ bar: 0, weights: { MSTF: 0.1 } }],
      'event 0 (2015-03-02): expected an asset of the bars, found a weight or stop of "MSTF", which has none; did you mean MSFT? Known: AAPL, MSFT, KO',
    ],
    [
      'an orphan maintain',
      [{ bar: 0, weights: { constructor: null } }],
      'found a weight or stop of "constructor", which has none; Known: AAPL, MSFT, KO',
    ],
    [
      'a text as weight',
      [{ bar: 0, weights: { KO: '0.1' } }],
      'event 0 (2015-03-02), asset KO: expected a finite weight, or null for maintain, found "0.1"',
    ],
    [
      'two events on one bar',
      [
        { bar: 1, weights: {} },
        { bar: 1, weights: {} },
      ],
      'event 1 (2015-03-03): expected one event a bar, found bar 1 in event 0 too; merge the two',
    ],
    [
      'events out of order',
      [
        { bar: 2, weights: {} },
        { bar: 1, weights: {} },
      ],
      'event 1 (2015-03-03): expected a bar after 2, that of event 0, found 1; sort the events by bar',
    ],
    ['a bar outside the data', [{ bar: 4, weights: {} }], 'event 0: expected a bar from 0 to 3, found 4'],
    ['half a bar', [{ bar: 1.5, weights: {} }], 'event 0: expected a bar from 0 to 3, found 1.5'],
    ['no bar', [{ weights: {} }], 'event 0: expected a bar from 0 to 3, found nothing'],
    [
      'a row of another width',
      [{ bar: 0, weights: Float64Array.of(1) }],
      'event 0 (2015-03-02): expected 3 weights, one an asset, found 1',
    ],
    [
      'weights of another type',
      [{ bar: 0, weights: [1, 0, 0] }],
      'expected weights as a Float64Array or as an object by symbol, found an array of 3',
    ],
    ['no event', [null], 'event 0: expected {bar, weights, stops?}, found null'],
    ['no array', Promise.resolve([]), 'expected an array of events, found a promise'],
    [
      'stops of a maintained asset',
      [{ bar: 0, weights: {}, stops: { KO: { stopLoss: 0.1 } } }],
      'event 0 (2015-03-02), asset KO, stopLoss: expected no stops beside weight null, found 0.1',
    ],
    [
      'stops of a flattened asset',
      [{ bar: 0, weights: { KO: 0 }, stops: { KO: { takeProfit: null } } }],
      'asset KO, takeProfit: expected no stops beside weight 0, found null',
    ],
    [
      'a stop loss of a long at or below zero price',
      [{ bar: 0, weights: { KO: 1 }, stops: { KO: { stopLoss: 1 } } }],
      'asset KO, stopLoss: expected a fraction in (0, 1) for a long, found 1',
    ],
    [
      'a negative stop',
      [{ bar: 0, weights: { KO: 1 }, stops: { KO: { takeProfit: -0.1 } } }],
      'asset KO, takeProfit: expected a fraction > 0, or null for none, found -0.1',
    ],
    [
      'an unknown stop',
      [{ bar: 0, weights: { KO: 1 }, stops: { KO: { stop_loss: 0.1 } } }],
      'asset KO: expected stops stopLoss, trailingStop, takeProfit, found "stop_loss"',
    ],
    [
      'stops of an unknown asset',
      [{ bar: 0, weights: { KO: 1 }, stops: { PEP: {} } }],
      'found a weight or stop of "PEP", which has none',
    ],
    [
      'stops that are no object',
      [{ bar: 0, weights: { KO: 1 }, stops: null }],
      'event 0 (2015-03-02): expected stops as an object, found null',
    ],
  ])('refuses %s, saying where', (_, events, message) => {
    expect(() => compile(events)).toThrow(InvalidInputError);
    expect(() => compile(events)).toThrow(message);
  });
});
