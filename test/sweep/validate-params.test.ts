import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineStrategy } from '../../src/strategies/strategy.ts';
import { validateParams } from '../../src/sweep/validate-params.ts';
import { messageOf, specOf } from '../support/sweep-spec.ts';

const params = z.strictObject({
  lookback: z.int().min(2),
  top: z.int().min(1).default(1),
  rebalance: z.enum(['week', 'month']).default('month'),
  weights: z.record(z.string(), z.number().min(0)).optional(),
});
const rest = { description: '', warmup: () => 0, events: () => [] };
const strategy = defineStrategy({ name: 'momentum', params, ...rest });
const ordered = defineStrategy({
  name: 'ordered',
  params: z
    .strictObject({ fast: z.int(), slow: z.int() })
    .refine(({ fast, slow }) => fast < slow)
    .transform(({ fast, slow }) => [fast, slow]),
  ...rest,
});

describe('the parameters of a sweep', () => {
  it('pass where every value of every axis fits the schema of the strategy', () => {
    validateParams(
      strategy,
      specOf({
        params: { lookback: { from: 2, to: 9, step: 1 }, rebalance: ['week', 'month'], weights: { KO: 1 } },
      }),
    );
  });

  it('may be refused by the strategy in some combinations, which conditions can exclude', () => {
    validateParams(ordered, specOf({ params: { fast: [10, 50], slow: [20, 60] } }));
  });

  it.each([
    [
      { lookback: 9, topp: 1 },
      'strategy.params.topp: strategy momentum has no parameter topp; did you mean top? Known: lookback, top,',
    ],
    [{ top: 1 }, 'strategy.params.lookback: expected a number, found nothing'],
    [{ lookback: [20, 2.5] }, 'strategy.params.lookback[1]: expected a whole number, found 2.5'],
    [
      { lookback: { from: 0, to: 9, step: 1 } },
      'strategy.params.lookback[0]: expected a number at least 2, found 0',
    ],
    [
      { lookback: 9, rebalance: ['week', 'day'] },
      'strategy.params.rebalance[1]: expected "week" or "month", found "day"',
    ],
    [
      { lookback: 9, weights: { KO: -1 } },
      'strategy.params.weights.KO: expected a number at least 0, found -1',
    ],
  ])('%j are refused', (given, message) => {
    expect(messageOf(() => validateParams(strategy, specOf({ params: given })))).toContain(
      `InvalidInputError: ${message}`,
    );
  });

  it('need a strategy whose parameters have names', () => {
    const nameless = defineStrategy({ name: 'nameless', params: z.string(), ...rest });
    expect(messageOf(() => validateParams(nameless, specOf()))).toContain(
      'expected `params` to be a zod object',
    );
  });
});
