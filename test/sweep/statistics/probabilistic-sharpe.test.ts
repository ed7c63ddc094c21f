import { describe, expect, it } from 'vitest';
import {
  expectedMaximum,
  luckiestSharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
} from '../../../src/sweep/statistics/probabilistic-sharpe.ts';

// Bailey and López de Prado 2014, "A numerical example": an annual Sharpe ratio of 2.5 over 1,250 days, the best of 100
// trials whose annual Sharpe ratios vary by ½; skewness −3, kurtosis 10.
const EXAMPLE = { n: 1250, sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 };

describe('the deflated Sharpe ratio', () => {
  it('is that of the worked example of its authors', () => {
    const luckiest = luckiestSharpe(100, 0.5 / 250);
    expect(luckiest).toBeCloseTo(0.1132, 4);
    expect(probabilisticSharpe(EXAMPLE, luckiest)).toBeCloseTo(0.9004, 4);
    // and of 46 trials, where they find 0.9505, so that 95 % are passed
    expect(probabilisticSharpe(EXAMPLE, luckiestSharpe(46, 0.5 / 250))).toBeCloseTo(0.9505, 4);
  });

  it('expects nothing of one trial, and more of more', () => {
    expect([expectedMaximum(0), expectedMaximum(1)]).toEqual([0, 0]);
    expect(expectedMaximum(1000)).toBeGreaterThan(expectedMaximum(100));
  });
});

describe('the shape of returns from their sums', () => {
  it('is that of the returns themselves', () => {
    const returns = [0.01, -0.02, 0.03, 0.005, -0.01];
    const sums = [1, 2, 3, 4].map((k) => returns.reduce((sum, r) => sum + r ** k, 0));
    const mean = 0.003;
    const m = (k: number) => returns.reduce((sum, r) => sum + (r - mean) ** k, 0) / 5;
    const sample = sharpeSample(5, sums as [number, number, number, number], 0.001)!;
    expect(sample.sharpe).toBeCloseTo(0.002 / Math.sqrt((m(2) * 5) / 4), 12);
    expect(sample.skewness).toBeCloseTo(m(3) / m(2) ** 1.5, 10);
    expect(sample.kurtosis).toBeCloseTo(m(4) / m(2) ** 2, 10);
  });

  it('is undefined for returns that do not vary, too few bars and sums that are no numbers', () => {
    expect(sharpeSample(100, [0, 0, 0, 0], 0)).toBeNull();
    expect(sharpeSample(4, [0.04, 0.0004, 4e-6, 4e-8], 0)).toBeNull();
    expect(sharpeSample(3, [0.1, 0.02, 0, 0], 0)).toBeNull();
    expect(sharpeSample(100, [Number.NaN, 1, 1, 1], 0)).toBeNull();
  });
});

describe('the shortest record', () => {
  it('reaches the confidence exactly', () => {
    const bars = minimumTrackRecord(EXAMPLE, 0.05, 0.95);
    expect(probabilisticSharpe({ ...EXAMPLE, n: bars }, 0.05)).toBeCloseTo(0.95, 12);
    expect(minimumTrackRecord(EXAMPLE, 0.2, 0.95)).toBe(Number.POSITIVE_INFINITY);
  });

  it('of a backtest of 45 trials at a Sharpe ratio of 1 is five years', () => {
    // Bailey, Borwein, López de Prado and Zhu 2014: "if only 5 years of data are available, no more than 45 independent
    // configurations should be tried"
    expect(minimumBacktestYears(45, 1)).toBeCloseTo(5, 1);
    expect(minimumBacktestYears(45, -1)).toBe(Number.POSITIVE_INFINITY);
  });
});
