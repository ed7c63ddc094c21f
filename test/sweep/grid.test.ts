import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILL_PRESETS } from '../../src/core/fill-model.ts';
import { gridOf, indexOf, parametersAt } from '../../src/sweep/grid.ts';
import { messageOf, specOf } from '../support/sweep-spec.ts';

describe('a grid', () => {
  it('lists what nested loops list: parameters by name, then stops, portfolio, preset and fill fields', () => {
    const grid = gridOf(
      specOf({
        fill: { stopFill: ['market', 'limit'], preset: ['realistic', 'nautilus'] },
        portfolio: { slippage: [0, 0.0005], cash: { from: 100, to: 300, step: 100 } },
        stops: { takeProfit: [null, 0.2], stopLoss: [0.05, null] },
        params: { top: [3, 1], lookback: { from: 20, to: 60, step: 20 }, mode: 'plain' },
      }),
    );
    const expected: unknown[] = [];
    for (const lookback of [20, 40, 60])
      for (const top of [3, 1])
        for (const stopLoss of [0.05, null])
          for (const takeProfit of [null, 0.2])
            for (const cash of [100, 200, 300])
              for (const slippage of [0, 0.0005])
                for (const fillPreset of ['realistic', 'nautilus'] as const)
                  for (const stopFill of ['market', 'limit'])
                    expected.push({
                      params: { lookback, top, mode: 'plain' },
                      stops: { stopLoss, trailingStop: null, takeProfit },
                      portfolio: {
                        cash,
                        feeRate: 0,
                        fixedFee: 0,
                        slippage,
                        allowShort: false,
                        maxLeverage: 1,
                        maxAssetWeight: 1,
                        lotSize: 0,
                        minSize: 1e-8,
                        minNotional: 0,
                      },
                      fill: { ...FILL_PRESETS[fillPreset], stopFill },
                      fillPreset,
                    });
    expect(grid.size).toBe(BigInt(expected.length));
    expect(expected.map((_, i) => parametersAt(grid, i))).toEqual(expected);
  });

  it('does not depend on the order in which the file names things', () => {
    const one = gridOf(
      specOf({ params: { a: [1, 2], b: [3, 4] }, stops: { stopLoss: [0.1, 0.2], takeProfit: [1, 2] } }),
    );
    const other = gridOf(
      specOf({ stops: { takeProfit: [1, 2], stopLoss: [0.1, 0.2] }, params: { b: [3, 4], a: [1, 2] } }),
    );
    expect(other.axes).toEqual(one.axes);
  });

  it('maps indices to parameter sets one to one, beyond 2^53 too', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 0, maxLength: 16 });
    fc.assert(
      fc.property(lengths, fc.bigInt({ min: 0n, max: 10n ** 70n }), (counts, draw) => {
        const params = Object.fromEntries(counts.map((n, i) => [`p${i}`, { from: 1, to: n, step: 1 }]));
        const grid = gridOf(specOf({ params }));
        expect(grid.size).toBe(counts.reduce((product, n) => product * BigInt(n), 1n));
        const index = draw % grid.size;
        const set = parametersAt(grid, index);
        expect(indexOf(grid, set)).toBe(index);
        if (index <= Number.MAX_SAFE_INTEGER) expect(parametersAt(grid, Number(index))).toEqual(set);
      }),
      { numRuns: 60 },
    );
  });

  it('is a bijection over the whole of a grid with strings, booleans, nulls and presets', () => {
    const grid = gridOf(
      specOf({
        params: { mode: ['a', 'b', null, true, 1], x: [false, 0, ''] },
        fill: { preset: ['realistic', 'vectorbt', 'nautilus'], ruin: ['close', 'ignore'] },
        portfolio: { allowShort: [true, false] },
      }),
    );
    const indices = Array.from({ length: Number(grid.size) }, (_, i) => i);
    expect(indices.map((i) => Number(indexOf(grid, parametersAt(grid, i))))).toEqual(indices);
    expect(new Set(indices.map((i) => JSON.stringify(parametersAt(grid, i)))).size).toBe(indices.length);
  });

  it('of a spec without axes has one point', () => {
    const grid = gridOf(specOf({ params: { weights: { AAPL: 1 } } }));
    expect([grid.size, parametersAt(grid, 0).params]).toEqual([1n, { weights: { AAPL: 1 } }]);
  });

  it('gives each point objects of its own', () => {
    const grid = gridOf(specOf({ params: { a: [1, 2] } }));
    const { params } = parametersAt(grid, 0);
    (params as Record<string, unknown>).a = 99;
    expect(parametersAt(grid, 0).params.a).toBe(1);
  });

  it('refuses indices outside it and sets that are not in it', () => {
    const grid = gridOf(specOf({ params: { a: [1, 2] } }));
    for (const index of [-1, 2, 0.5, Number.NaN, 2n, -1n]) {
      expect(messageOf(() => parametersAt(grid, index))).toContain(
        'RangeError: grid index: expected a whole number in [0, 2)',
      );
    }
    const set = { ...parametersAt(grid, 0), params: { a: 3 } };
    expect(messageOf(() => indexOf(grid, set))).toContain('params.a: expected a value of the axis, found 3');
  });
});
