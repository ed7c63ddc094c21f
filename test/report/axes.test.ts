import { describe, expect, it } from 'vitest';
import type { Scalar } from '../../src/contracts/axis.ts';
import { axisColumns } from '../../src/contracts/result-row.ts';
import { placeAxes } from '../../src/report/axes.ts';

const placed = (axes: Readonly<Record<string, readonly Scalar[]>>, most = 50) =>
  placeAxes(axisColumns({ axes: Object.entries(axes).map(([path, values]) => ({ path, values })) }), most);

describe('the axes of a page', () => {
  it('stand in ascending order after none, with fractions of prices as per cent', () => {
    const [lookback, stop] = placed({
      'params.lookback': [30, 10, 20],
      'stops.stopLoss': [0.05, null, 0.003],
    });
    expect(lookback!.axis).toMatchObject({
      name: 'lookback',
      labels: ['10', '20', '30'],
      ordered: true,
      nullAt: -1,
    });
    expect(stop!.axis).toMatchObject({ labels: ['none', '0.3 %', '5 %'], nullAt: 0 });
    expect([Number.NaN, null, 0.003, 0.05].map(stop!.positionOf)).toEqual([0, 0, 1, 2]);
    expect(() => stop!.positionOf(0.04)).toThrow(/stops.stopLoss: expected a value of the axis, found 0.04/);
  });

  it('keep the order of the file where values have none: texts, flags, mixed lists', () => {
    const [text, flag, mixed] = placed({
      'params.rebalance': ['week', 'month', 5],
      'portfolio.allowShort': [true, false],
      'params.file': ['a'.repeat(64), null],
    });
    expect(text!.axis).toMatchObject({ labels: ['week', 'month', '5'], ordered: false });
    expect(text!.positionOf('5')).toBe(2); // as JSON in its column
    expect(flag!.axis).toMatchObject({ labels: ['true', 'false'], ordered: false });
    expect([true, false].map(flag!.positionOf)).toEqual([0, 1]);
    expect(mixed!.axis).toMatchObject({ labels: ['aaaaaaaaaa', 'null'], nullAt: 1 });
  });

  it('put neighbours together where there are too many, but never with none', () => {
    const values = [null, ...Array.from({ length: 100 }, (_, i) => i)];
    const [{ axis, positionOf }] = placed({ 'params.n': values }, 11) as [ReturnType<typeof placed>[0]];
    expect(axis.labels).toHaveLength(11);
    expect(axis.labels.slice(0, 3)).toEqual(['null', '0 … 9', '10 … 19']);
    expect([null, 0, 9, 10, 99].map(positionOf)).toEqual([0, 1, 1, 2, 10]);
    expect(axis.values).toBe(101);
  });

  it('carry their path where two would have the same name', () => {
    const found = placed({ 'params.cash': [1, 2], 'portfolio.cash': [1, 2] });
    expect(found.map(({ axis }) => axis.name)).toEqual(['params.cash', 'portfolio.cash']);
    expect(found.map(({ column }) => column)).toEqual(['p_cash', 'p_portfolio_cash']);
  });
});
