import { describe, expect, it } from 'vitest';
import { axisCell, axisColumns, CHECK_COLUMNS, IDENTITY_COLUMNS } from '../../src/contracts/result-row.ts';

describe('axis columns', () => {
  it('are named after the field, typed by their values', () => {
    const axes = [
      { path: 'params.lookback', values: [20, 40] },
      { path: 'params.rebalance', values: ['week', 'month'] },
      { path: 'stops.stopLoss', values: [null, 0.05] },
      { path: 'portfolio.allowShort', values: [false, true] },
      { path: 'params.mixed', values: [1, 'a', null] },
    ];
    expect(axisColumns({ axes }).map(({ column, type }) => [column, type])).toEqual([
      ['p_lookback', 'DOUBLE'],
      ['p_rebalance', 'UTF8'],
      ['p_stopLoss', 'DOUBLE'],
      ['p_allowShort', 'BOOLEAN'],
      ['p_mixed', 'UTF8'],
    ]);
  });

  it('differ without regard to case', () => {
    const paths = [
      'params.cash',
      'params.STOPLOSS',
      'params.a-b',
      'params.a_b',
      'stops.stopLoss',
      'portfolio.cash',
      'fill.cash',
    ];
    const columns = axisColumns({ axes: paths.map((path) => ({ path, values: [1] })) }).map(
      ({ column }) => column,
    );
    expect(columns).toEqual([
      'p_cash',
      'p_STOPLOSS',
      'p_a_b',
      'p_params_a_b',
      'p_stops_stopLoss',
      'p_portfolio_cash',
      'p_fill_cash',
    ]);
  });

  it('keep text as it is and write the rest of a mixed axis as JSON', () => {
    expect(['a', 1.5, true, null].map((value) => axisCell('UTF8', value))).toEqual([
      'a',
      '1.5',
      'true',
      null,
    ]);
    expect(axisCell('DOUBLE', 1.5)).toBe(1.5);
  });
});

describe('the columns of runs', () => {
  it('have different names, none of which an axis can take', () => {
    const names = [...IDENTITY_COLUMNS, ...CHECK_COLUMNS].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('p_'))).toEqual([]);
    expect(names.filter((name) => name.startsWith('block_'))).toHaveLength(32);
  });
});
