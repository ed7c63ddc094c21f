import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeCount, rangeValues } from '../../src/contracts/axis.ts';
import { parseSweepSpec } from '../../src/contracts/check-sweep-spec.ts';
import { sweepJsonSchema } from '../../src/contracts/json-schema.ts';
import { suggestName } from '../../src/contracts/nearest.ts';
import { periodBounds } from '../../src/contracts/period.ts';
import { messageOf, specOf } from '../support/sweep-spec.ts';

describe('a range', () => {
  it('has decimal values, not sums of binary ones, and includes its end', () => {
    expect(rangeValues({ from: 0.1, to: 0.5, step: 0.1 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(rangeValues({ from: 20, to: 240, step: 20 })).toHaveLength(12);
    expect(rangeValues({ from: 1e-7, to: 3e-7, step: 1e-7 })).toEqual([1e-7, 2e-7, 3e-7]);
    expect(rangeValues({ from: -0.3, to: 0.3, step: 0.3 })).toEqual([-0.3, 0, 0.3]);
    expect(rangeValues({ from: 1e21, to: 3e21, step: 1e21 })).toEqual([1e21, 2e21, 3e21]);
  });

  it('ends below `to` where the step does not reach it', () => {
    expect(rangeValues({ from: 0, to: 1, step: 0.3 })).toEqual([0, 0.3, 0.6, 0.9]);
    expect(rangeValues({ from: 5, to: 5, step: 3 })).toEqual([5]);
  });

  it('equals whole multiples divided once, for any decimals', () => {
    const whole = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 0, max: 300 }),
        fc.nat(9),
        (a, s, n, d) => {
          // dividing two whole numbers below 2^53 rounds once, to the double nearest to the decimal
          const value = (i: number) => (a + i * s) / 10 ** d;
          const range = { from: value(0), to: value(n), step: s / 10 ** d };
          expect(rangeCount(range)).toBe(BigInt(n + 1));
          expect(rangeValues(range)).toEqual(Array.from({ length: n + 1 }, (_, i) => value(i) + 0));
        },
      ),
    );
  });

  it('is counted before it is expanded', () => {
    expect(rangeCount({ from: 0, to: 1e300, step: 1e-300 })).toBe(10n ** 600n + 1n);
    expect(messageOf(() => specOf({ params: { a: { from: 0, to: 1e300, step: 1e-300 } } }))).toContain(
      'strategy.params.a: expected at most 10000 values on an axis, found a range of 1000',
    );
  });
});

describe('a sweep spec', () => {
  it('fills in every default', () => {
    expect(specOf()).toEqual({
      name: 'sweep',
      bars: './bars',
      period: {},
      strategy: { name: 'momentum', params: {} },
      stops: { stopLoss: null, trailingStop: null, takeProfit: null },
      portfolio: {
        cash: 100_000,
        feeRate: 0,
        fixedFee: 0,
        slippage: 0,
        allowShort: false,
        maxLeverage: 1,
        maxAssetWeight: 1,
        lotSize: 0,
        minSize: 1e-8,
        minNotional: 0,
      },
      fill: { preset: 'realistic' },
      riskFreeRate: 0,
      conditions: [],
      objective: 'sharpe',
      constraints: [],
      parity: 'auto',
      snap: 'none',
      maxRuns: 1_000_000,
      maxCostUsd: 5,
    });
  });

  it('takes the short and the long form of fill, objective and parity', () => {
    expect(specOf({ fill: 'vectorbt' }).fill).toEqual({ preset: 'vectorbt' });
    expect(specOf({ fill: ['realistic', 'nautilus'] }).fill).toEqual({ preset: ['realistic', 'nautilus'] });
    expect(specOf({ fill: { stopFill: ['market', 'limit'] } }).fill).toEqual({
      preset: 'realistic',
      stopFill: ['market', 'limit'],
    });
    expect(specOf({ objective: 'calmar' }).objective).toEqual({ metric: 'calmar', robust: false });
    expect(specOf({ objective: { metric: 'calmar', robust: true } }).objective.robust).toBe(true);
    expect(specOf({ parity: { sample: 0.01 } }).parity).toEqual({ sample: 0.01 });
  });

  it('keeps a range as it was written and named values as one value', () => {
    const params = {
      lookback: { from: 1, to: 3, step: 1 },
      weights: { AAPL: 0.6, KO: 0.4 },
      mode: ['a', 1, true, null],
    };
    expect(specOf({ params }).strategy.params).toEqual(params);
  });

  it('treats -0 as 0', () => {
    expect(Object.is(specOf({ portfolio: { fixedFee: -0 } }).portfolio.fixedFee, 0)).toBe(true);
    expect(messageOf(() => specOf({ params: { a: [0, -0] } }))).toContain('found 0 twice');
  });

  it.each([
    [{ portfoli: {} }, 'portfoli: unknown field "portfoli"; did you mean portfolio?'],
    [{ portfolio: { slipage: 0 } }, 'portfolio.slipage: unknown field "slipage"; did you mean slippage?'],
    [
      { portfolio: { cash: '1' } },
      'portfolio.cash: expected a number, a list of them, or a range {from, to, step}, found "1"',
    ],
    [{ portfolio: { feeRate: [0, 1.5] } }, 'portfolio.feeRate[1]: expected a number below 1, found 1.5'],
    [{ portfolio: { cash: 0 } }, 'portfolio.cash: expected a number above 0, found 0'],
    [
      { portfolio: { slippage: { from: 0, to: 2, step: 1 } } },
      'portfolio.slippage.to: expected a number below 1, found 2',
    ],
    [{ stops: { stopLoss: 5 } }, 'stops.stopLoss: expected a fraction below 1, found 5'],
    [{ stops: { takeProfit: [0] } }, 'stops.takeProfit[0]: expected a number above 0, found 0'],
    [{ fill: 'realstic' }, 'fill: expected a preset (realistic, vectorbt, nautilus), a list of presets'],
    [{ fill: { stopFil: 'limit' } }, 'fill.stopFil: unknown field "stopFil"; did you mean stopFill?'],
    [{ fill: { stopFill: 'x' } }, 'fill.stopFill: expected "market" or "limit" or a list, found "x"'],
    [
      { fill: { stopBase: 'close' } },
      'fill.stopBase: expected `entryBar: never` where `stopBase: close` meets',
    ],
    [
      { fill: { preset: 'vectorbt', execution: ['close', 'next_open'], entryBar: 'open' } },
      'fill.stopBase: expected',
    ],
    [{ period: { from: '2005-02-30' } }, 'period.from: expected a date such as 2005-03-01 or a time such as'],
    [{ period: { from: '2006-01-01', to: '2005-01-01' } }, 'period: expected `from` before `to`'],
    [{ universe: ['A', 'B', 'A'] }, 'universe: expected each symbol once, found A twice'],
    [{ universe: ['A', true] }, 'universe[1]: expected text, found true'],
    [{ sample: { random: 2_000_000 } }, 'sample.random: expected at most maxRuns (1000000), found 2000000'],
    [{ sample: { random: 0.5 } }, 'sample.random: expected a whole number, found 0.5'],
    [{ maxRuns: 10_000_001 }, 'maxRuns: expected a number at most 10000000, found 10000001'],
    [{ parity: 'some' }, 'parity: expected auto, all, none or {sample: fraction}, found "some"'],
    [{ conditions: 'params.a > 1' }, 'conditions: expected a list, found "params.a > 1"'],
    [{ conditions: ['x'.repeat(1001)] }, 'conditions[0]: expected text of at most 1000 characters'],
    [{ barsPerYear: Number.NaN }, 'barsPerYear: expected a number, found NaN'],
    [
      { params: { a: Number.POSITIVE_INFINITY } },
      'strategy.params.a: expected a number, text, true, false or null',
    ],
    [{ params: { a: [] } }, 'strategy.params.a: expected a list of at least 1 values, found []'],
    [{ params: { a: [1, 2, 1] } }, 'strategy.params.a: expected different values, found 1 twice; remove one'],
    [
      { params: { a: [[1]] } },
      'strategy.params.a[0]: expected a number, text, true, false or null, found [1]',
    ],
    [{ params: { a: { from: 1, to: 5 } } }, 'strategy.params.a.step: expected a number, found nothing'],
    [{ params: { a: { from: 1, to: 5, stepp: 1 } } }, 'unknown field "stepp"; did you mean step?'],
    [
      { params: { a: { from: 1, to: 5, step: 0 } } },
      'strategy.params.a.step: expected a number above 0, found 0',
    ],
    [
      { params: { a: { from: 5, to: 1, step: 1 } } },
      'expected `to` at or above `from`, found from 5 to 1; swap the two',
    ],
    [
      { params: { a: { from: 1e16, to: 1e16 + 4, step: 0.5 } } },
      'expected a step that changes the value, found 0.5',
    ],
    [{ params: { 'a b': 1 } }, 'expected a name of letters, digits, _ and -'],
    [
      { params: { w: { AAPL: [1, 2] } } },
      'strategy.params.w.AAPL: expected a number, text, true, false or null, found [1,2]',
    ],
    [{ params: Array.from({ length: 10_001 }, (_, i) => i) }, 'strategy.params: expected fields (a mapping)'],
    [
      { params: { a: Array.from({ length: 10_001 }, (_, i) => i) } },
      'expected a list of at most 10000 values',
    ],
  ])('refuses %j and says what was expected', (fields, message) => {
    expect(messageOf(() => specOf(fields))).toContain(message);
    expect(messageOf(() => specOf(fields))).toMatch(/^InvalidInputError: /);
  });

  it('refuses more than 16 axes and names them', () => {
    const params = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`a${i}`, [1, 2]]));
    expect(messageOf(() => specOf({ params }))).toContain(
      'expected at most 16 axes, found 17 (params.a0, params.a1,',
    );
  });

  it('refuses names that reach prototypes, at any depth', () => {
    for (const text of [
      '{"__proto__": {"bars": "x"}}',
      '{"strategy": {"params": {"constructor": 1}}}',
      '{"prototype": 1}',
    ]) {
      expect(messageOf(() => parseSweepSpec(JSON.parse(text)))).toContain('is not allowed; rename the field');
    }
  });

  it('refuses more than 8 levels, also where the value contains itself', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic, cyclic);
    expect(messageOf(() => parseSweepSpec({ bars: cyclic }))).toContain('expected at most 8 levels');
  });

  it('allows stops at a loss above 100 % only where shorts are', () => {
    expect(
      specOf({ portfolio: { allowShort: [false, true] }, stops: { stopLoss: 1.5 } }).stops.stopLoss,
    ).toBe(1.5);
  });

  it('lists at most ten problems', () => {
    const extra = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`zzz${i}`, 1]));
    expect(messageOf(() => specOf(extra)).split('\n')).toHaveLength(11);
  });
});

describe('a period', () => {
  it('includes the whole of its last day, in UTC', () => {
    expect(periodBounds({ from: '2005-03-01', to: '2015-12-31' })).toEqual({
      from: Date.UTC(2005, 2, 1),
      to: Date.UTC(2016, 0, 1) - 1,
    });
    expect(periodBounds({ to: '2015-12-31T10:00:00+02:00' })).toEqual({
      from: Number.NEGATIVE_INFINITY,
      to: Date.UTC(2015, 11, 31, 8),
    });
  });
});

describe('a suggestion', () => {
  it('names the nearest, if any is near, and what is known', () => {
    expect(suggestName('lookbakc', ['top', 'lookback'])).toBe('did you mean lookback? Known: top, lookback');
    expect(suggestName('stop_loss', ['takeProfit', 'stopLoss'])).toContain('did you mean stopLoss?');
    expect(suggestName('xyz', ['top', 'lookback'])).toBe('Known: top, lookback');
    expect(suggestName('x', [])).toBe('Known: none');
    expect(suggestName('a'.repeat(65), ['a'.repeat(64)])).toBe(`Known: ${'a'.repeat(64)}`);
  });
});

describe('the JSON Schema', () => {
  const schema = sweepJsonSchema();
  const properties = schema.properties as Record<string, Record<string, unknown>>;

  it('describes every field of the file, down to the fields of portfolio, stops and fill', () => {
    for (const [name, field] of Object.entries(properties))
      expect([name, typeof field.description]).toEqual([name, 'string']);
    const portfolio = properties.portfolio!.properties as Record<string, { description: string }>;
    expect(Object.keys(portfolio)).toHaveLength(10);
    for (const field of Object.values(portfolio)) expect(field.description).toMatch(/\.$/);
  });

  it('requires only bars and strategy, and refuses unknown fields', () => {
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      required: ['bars', 'strategy'],
      additionalProperties: false,
    });
  });

  it('offers a scalar, a list and a range for a swept number', () => {
    const slippage = (properties.portfolio!.properties as Record<string, { anyOf: { type?: string }[] }>)
      .slippage!;
    expect(slippage.anyOf.map(({ type }) => type)).toEqual(['number', 'array', 'object']);
  });
});
