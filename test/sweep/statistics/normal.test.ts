import { describe, expect, it } from 'vitest';
import { naturalLog, normalCdf, normalQuantile } from '../../../src/sweep/statistics/normal.ts';

describe('the normal distribution', () => {
  // scipy.stats.norm.cdf and .ppf, 17 digits
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [2.999, 0.9986456634662729],
    [-3.001, 0.0013454728250849653],
    [-8, 6.22096057427174e-16],
  ])('is at %f as in scipy', (x, p) => {
    expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-12);
  });

  it('is undone by its quantile, far out too', () => {
    for (const p of [1e-300, 1e-12, 0.001, 0.3, 0.5, 0.77, 0.999]) {
      expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-11);
    }
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  });

  it('has no quantile outside [0, 1], and none that is finite at the ends', () => {
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(1.1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });

  it('comes with a logarithm that is Math.log to a few units in the last place', () => {
    for (const x of [1e-300, 0.1, 0.5, 0.9999, 1, 1.5, 10, 12_870, 1e300]) {
      const error = Math.abs(naturalLog(x) - Math.log(x));
      expect(error, String(x)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(Math.log(x))));
    }
    expect([naturalLog(0), naturalLog(-1)]).toEqual([Number.NEGATIVE_INFINITY, Number.NaN]);
  });
});
