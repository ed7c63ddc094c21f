import { describe, expect, it } from 'vitest';
import { compileConditions } from '../../src/sweep/conditions.ts';
import { compileConstraints, type MetricValues } from '../../src/sweep/constraints.ts';
import { digitsAt, gridOf, type ParameterSet, parametersAt } from '../../src/sweep/grid.ts';
import { messageOf, specOf } from '../support/sweep-spec.ts';

const spec = specOf({
  params: {
    top: [1, 2, 3],
    rebalance: ['week', 'month'],
    lookback: { from: 20, to: 60, step: 20 },
    'skip-last': [true, false],
  },
  stops: { stopLoss: [null, 0.03, 0.05] },
  fill: { preset: ['realistic', 'vectorbt'] },
});
const grid = gridOf(spec);
const all = Array.from({ length: Number(grid.size) }, (_, i) => i);

function kept(condition: string): number[] {
  const [compiled] = compileConditions([condition], grid);
  return all.filter((i) => compiled!.holds(digitsAt(grid, i, [])));
}

function problem(condition: string): string {
  return messageOf(() => kept(condition));
}

describe('a condition', () => {
  it.each<[string, (set: ParameterSet) => boolean]>([
    [
      'params.top <= 2 || stops.stopLoss != null',
      ({ params, stops }) => Number(params.top) <= 2 || stops.stopLoss !== null,
    ],
    ['stops.stopLoss != null && stops.stopLoss > 0.03', ({ stops }) => (stops.stopLoss ?? 0) > 0.03],
    ['stops.stopLoss > 0.03 && stops.stopLoss != null', ({ stops }) => (stops.stopLoss ?? 0) > 0.03],
    [
      'params.top * 20 < params.lookback + 0.5',
      ({ params }) => Number(params.top) * 20 < Number(params.lookback) + 0.5,
    ],
    ['params.lookback % 40 == 0', ({ params }) => Number(params.lookback) % 40 === 0],
    ['params.lookback / 40 == 1 / 2', ({ params }) => params.lookback === 20],
    ['params.top in [1, 2.5, 3]', ({ params }) => params.top !== 2],
    ['stops.stopLoss in [null, 0.05]', ({ stops }) => stops.stopLoss !== 0.03],
    [
      'params.rebalance == "week" ? params.top == 1 : !(params.top == 1)',
      ({ params }) => (params.rebalance === 'week') === (params.top === 1),
    ],
    ['params.rebalance.startsWith("we")', ({ params }) => params.rebalance === 'week'],
    ['params["skip-last"]', ({ params }) => params['skip-last'] === true],
    ['fill.stopFill == "limit"', ({ fill }) => fill.stopFill === 'limit'],
    ['fill.preset == "vectorbt" || portfolio.cash < 1', ({ fillPreset }) => fillPreset === 'vectorbt'],
    ['-params.top == -2', ({ params }) => params.top === 2],
  ])('%s keeps what the same rule in plain code keeps', (condition, rule) => {
    const expected = all.filter((i) => rule(parametersAt(grid, i)));
    expect(kept(condition)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(all.length);
  });

  it.each([
    ['params.tpo == 1', 'conditions[0] "params.tpo == 1": unknown name params.tpo; did you mean params.top?'],
    ['stop.stopLoss == null', 'unknown name stop.stopLoss; did you mean stops.stopLoss?'],
    ['params == null', 'unknown name params; '],
    ['sharpe > 1', 'unknown name sharpe; '],
    ['(params.top', 'expected an expression such as a.b <= 2 || c != null at character 12'],
    ['params.top', 'expected true or false, found 1'],
    ['1 + 1', 'expected true or false, found number; compare it'],
    [
      'params.rebalance > 3',
      'no answer where params.rebalance = "week": no such overload: string > number; compare values of one kind',
    ],
    [
      'stops.stopLoss > 0.03',
      'no answer where stops.stopLoss = null: no such overload: null > number; guard it: stops.stopLoss != null && …',
    ],
    ['params.rebalance.matches("(a+)+$")', 'functions are contains, startsWith, endsWith'],
    ['[1, 2].all(x, x > 0)', 'functions are contains, startsWith, endsWith'],
    ['size(params.rebalance) > 1', 'functions are contains, startsWith, endsWith'],
    ['params.top == 1u', 'expected plain numbers and text, found "1u"'],
    [`${'('.repeat(40)}true${')'.repeat(40)}`, 'Exceeded maxDepth (32)'],
    [`true${' '.repeat(1000)}`, 'expected at most 1000 characters, found 1004; split it'],
    [`[${Array.from({ length: 201 }, () => '1').join(',')}] == []`, 'Exceeded maxListElements (200)'],
  ])('%s is refused with the reason', (condition, message) => {
    expect(problem(condition)).toContain(message);
    expect(problem(condition)).toMatch(/^InvalidInputError: conditions\[0\]/);
  });

  it('without an answer at some points is not asked there if an earlier one is false', () => {
    const [guard, order] = compileConditions(['stops.stopLoss != null', 'stops.stopLoss > 0.03'], grid);
    const both = all.filter(
      (i) => guard!.holds(digitsAt(grid, i, [])) && order!.holds(digitsAt(grid, i, [])),
    );
    expect(both).toEqual(all.filter((i) => parametersAt(grid, i).stops.stopLoss === 0.05));
  });

  it('over more combinations than are remembered gives the same answers', () => {
    const axis = { from: 0, to: 2000, step: 1 };
    const wide = gridOf(specOf({ params: { a: axis, b: axis } }));
    const [compiled] = compileConditions(['params.a + params.b == 2000'], wide);
    const at = (a: number, b: number) => compiled!.holds([a, b]);
    expect([at(0, 2000), at(1, 2000), at(1999, 1), at(1999, 1), at(2000, 2000)]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});

describe('a constraint', () => {
  const holds = (constraint: string, values: MetricValues) =>
    compileConstraints([constraint], ['sharpe', 'orders', 'max_drawdown'])[0]!.holds(values);

  it('compares metrics', () => {
    expect(holds('orders >= 20', { orders: 20 })).toBe(true);
    expect(holds('orders >= 20 && max_drawdown > -0.2', { orders: 21, max_drawdown: -0.3 })).toBe(false);
    expect(holds('orders in [1, 20.5]', { orders: 20.5 })).toBe(true);
    expect(holds('orders % 2 == 0 && orders / 3 > 6.6', { orders: 20 })).toBe(true);
    expect(holds('sharpe * 2 - 1 == 3', { sharpe: 2 })).toBe(true);
  });

  it('finds every ordering of an undefined metric false, also through arithmetic, be it null, NaN or missing', () => {
    for (const values of [{ sharpe: null }, { sharpe: Number.NaN }, {}]) {
      for (const test of [
        'sharpe > 1',
        'sharpe <= 1',
        'sharpe * 2 + 1 > 0',
        '-sharpe < 0',
        'sharpe < max_drawdown',
      ]) {
        expect([test, holds(test, values)]).toEqual([test, false]);
      }
      expect(holds('sharpe == null', values)).toBe(true);
      expect(holds('sharpe != null', values)).toBe(false);
      expect(holds('sharpe > 1 || orders > 2', { ...values, orders: 3 })).toBe(true);
    }
    expect(holds('sharpe != null', { sharpe: 0 })).toBe(true);
  });

  it('says which metrics it reads', () => {
    expect(
      compileConstraints(['orders > 1 && orders < 9 || sharpe > 0'], ['sharpe', 'orders'])[0]!.metrics,
    ).toEqual(['orders', 'sharpe']);
  });

  it.each([
    ['shrape > 1', 'constraints[0] "shrape > 1": unknown name shrape; did you mean sharpe?'],
    ['orders >= "20"', 'no such overload: number >= string'],
    ['sharpe > null', 'no such overload: number > null'],
    ['sharpe', 'expected true or false, found number; compare it'],
    ['params.top > 1', 'unknown name params.top'],
  ])('%s is refused before anything runs', (constraint, message) => {
    expect(messageOf(() => compileConstraints([constraint], ['sharpe', 'orders']))).toContain(message);
  });
});
