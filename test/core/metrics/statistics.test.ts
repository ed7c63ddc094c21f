import { describe, expect, it } from 'vitest';
import { metricByName } from '../../../src/core/metrics/catalog.ts';
import { compounded, metricInput } from '../../support/metric-input.ts';

const value = (name: string, input: ReturnType<typeof metricInput>) => metricByName(name)!.value(input);

/** Relative, since returns taken back from an equity curve carry its rounding. */
const expectNear = (found: number, expected: number) =>
  expect(Math.abs(found / expected - 1), `${found} for ${expected}`).toBeLessThan(1e-13);

describe('statistics of the returns', () => {
  it('reproduce the reference of the simulation semantics', () => {
    const reference = metricInput(
      compounded([0, 0.01, -0.02, 0.015, 0.005, -0.01, 0.02]),
      {},
      { barsPerYear: 365 },
    );
    expectNear(value('sharpe', reference), 3.871326454860484);
    expectNear(value('sortino', reference), 6.4586597459756);
    expectNear(value('omega', reference), 1.6666666666666667);
    expectNear(value('volatility', reference), 0.26937979915070875);
  });

  it('agree with numpy and scipy on twenty returns at a risk-free rate of 2 %', () => {
    const returns = [
      0.012, -0.007, 0.003, 0.021, -0.034, 0.008, 0, 0.015, -0.002, -0.011, 0.027, 0.004, -0.019, 0.006,
      0.001, -0.005, 0.013, -0.028, 0.017, 0.009,
    ];
    const input = metricInput(compounded(returns), {}, { barsPerYear: 252, riskFreeRate: 0.02 });
    // A = 252; ex = r - .02 / A; v = np.concatenate([[1], np.cumprod(1 + r)]); dd = v / np.maximum.accumulate(v) - 1
    expectNear(value('volatility', input), 0.24858208429325504); // r.std(ddof=1) * A**.5
    expectNear(value('sharpe', input), 1.4401681481504656); // ex.mean() / r.std(ddof=1) * A**.5
    expectNear(value('sortino', input), 2.01710148795206); // ex.mean() / np.sqrt((np.minimum(r, 0)**2).mean()) * A**.5
    expectNear(value('omega', input), 1.2830188679245282); // r[r > 0].sum() / -r[r < 0].sum()
    expectNear(value('skewness', input), -0.7348243548505158); // scipy.stats.skew(r, bias=False)
    expectNear(value('excess_kurtosis', input), 0.36198382340279034); // scipy.stats.kurtosis(r, bias=False)
    expectNear(value('max_drawdown', input), -0.034); // dd.min()
    expectNear(value('total_return', input), 0.028023640745670875); // v[-1] - 1
    expectNear(value('cagr', input), 0.4165734065009119); // v[-1]**(A / 20) - 1
    expectNear(value('calmar', input), 12.252159014732692);
    expect(value('max_drawdown_bars', input)).toBe(7); // from the peak at bar 3 until bar 10 is above it
    expect(value('final_equity', input)).toBeCloseTo(102.80236407456709, 10);
  });

  it('annualise by the bars per year: two years of monthly bars that end at 1.44 grow by 20 % a year', () => {
    const equity = Array.from({ length: 24 }, (_, t) => (t === 23 ? 144 : 100));
    expectNear(value('cagr', metricInput(equity, {}, { barsPerYear: 12 })), 0.2);
  });

  it('are undefined, not infinite, where they would divide by nothing', () => {
    const undefinedOf = (equity: number[]) =>
      ['cagr', 'volatility', 'sharpe', 'sortino', 'calmar', 'omega', 'skewness', 'excess_kurtosis'].filter(
        (name) => Number.isNaN(value(name, metricInput(equity))),
      );
    const ratios = ['sharpe', 'sortino', 'calmar', 'omega', 'skewness', 'excess_kurtosis'];
    expect(undefinedOf([100, 100, 100, 100])).toEqual(ratios);
    expect(undefinedOf([50])).toEqual(['volatility', 'sharpe', 'sortino', 'skewness', 'excess_kurtosis']);
    expect(undefinedOf([50, 75])).toEqual(['skewness', 'excess_kurtosis']);
    expect(undefinedOf([50, 75, 100])).toEqual(['excess_kurtosis']);
    expect(undefinedOf([50, 75, 100, 80])).toEqual([]);
    expect(undefinedOf([150, 160, 200, 300])).toEqual(['sortino', 'calmar', 'omega']);
    expect(undefinedOf([150, -10, 20, -5])).toEqual(['cagr', 'calmar']);
    expect(undefinedOf([150, 0, 0, 0])).toEqual(['cagr', 'calmar']);
  });

  it('give a volatility of 0, and no ratio to it, where returns differ by rounding only', () => {
    const steady = metricInput(compounded(Array(40).fill(0.01)));
    expect(steady.returns.squares).toBeGreaterThan(0);
    expect(value('volatility', steady)).toBe(0);
    expect(value('sharpe', steady)).toBeNaN();
    expect(value('skewness', steady)).toBeNaN();
  });

  it('see no loss in what rounding takes off the equity when a position opens', () => {
    const risen = metricInput([100 - 1.5e-14, 101, 103, 104]);
    expect(risen.returns.losses).toBeGreaterThan(0);
    for (const name of ['sortino', 'omega', 'calmar']) expect(value(name, risen)).toBeNaN();
  });
});

describe('statistics of the trades', () => {
  it('follow their definitions on a run counted by hand', () => {
    // Four bars of mean equity 105; traded for 840, so 420 one way: 4 portfolios in 4/252 years.
    const input = metricInput([100, 105, 105, 110], {
      orders: 6,
      roundTrips: 4,
      wins: 3,
      grossProfit: 45,
      grossLoss: 30,
      tradedValue: 840,
      barsExposed: 3,
    });
    expect(value('orders', input)).toBe(6);
    expect(value('round_trips', input)).toBe(4);
    expect(value('win_rate', input)).toBe(0.75);
    expect(value('profit_factor', input)).toBe(1.5);
    expect(value('turnover', input)).toBeCloseTo(252, 10);
    expect(value('exposure', input)).toBe(0.75);
  });

  it('are undefined without round trips, without a loss and without equity', () => {
    const idle = metricInput([100, 100]);
    expect(value('win_rate', idle)).toBeNaN();
    expect(value('profit_factor', idle)).toBeNaN();
    expect(value('turnover', idle)).toBe(0);
    expect(value('exposure', idle)).toBe(0);
    expect(value('profit_factor', metricInput([110], { roundTrips: 1, wins: 1, grossProfit: 10 }))).toBeNaN();
    // Bought and sold at one price without costs: what is lost is rounding.
    expect(
      value(
        'profit_factor',
        metricInput([110], { roundTrips: 2, wins: 1, grossProfit: 10, grossLoss: 1e-13 }),
      ),
    ).toBeNaN();
    expect(value('turnover', metricInput([50, -50], { tradedValue: 10 }))).toBeNaN();
    expect(value('turnover', metricInput([50, -60], { tradedValue: 10 }))).toBeNaN();
  });
});
