import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { power } from '../../../src/core/metrics/power.ts';

describe('power', () => {
  it('agrees with 300-bit arithmetic', () => {
    // python: mpmath.mp.prec = 300; float(mp.mpf(base) ** mp.mpf(exponent))
    const cases: [base: number, exponent: number, expected: number][] = [
      [1.0000001, 982.8, 1.0000982848247804],
      [0.9, 63, 0.0013100205086376223],
      [1.35, 0.1, 1.0304653117863476],
      [0.001, 5, 1e-15],
      [1.1, 396.8253968253968, 2.664825119986443e16],
      [3, 600, 1.873927703884794e286],
      [1e-300, 1.02, 9.999999999999877e-307],
      [7.25, -333.25, 1.960465979252367e-287],
      [0.5000000001, -1000, 1.0715083928845496e301],
    ];
    for (const [base, exponent, expected] of cases) {
      const tolerance = Math.abs(Math.log(expected)) < 40 ? 1e-15 : 3e-15;
      expect(Math.abs(power(base, exponent) / expected - 1)).toBeLessThanOrEqual(tolerance);
    }
  });

  it('is what Math.pow is, up to rounding, for any base and exponent whose result is a normal double', () => {
    const exponentOfTwo = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(exponentOfTwo, fc.double({ min: -300, max: 300, noNaN: true }), (log2, exponent) => {
        const base = 2 ** log2;
        const expected = base ** exponent;
        fc.pre(expected > 1e-300 && expected < 1e300);
        expect(Math.abs(power(base, exponent) / expected - 1)).toBeLessThan(5e-15);
      }),
      { numRuns: 2000 },
    );
  });

  it('is exact where the result is a power of two', () => {
    for (const k of [-1074, -1022, -53, -1, 0, 1, 10, 52, 1023]) expect(power(2, k)).toBe(2 ** k);
    expect(power(5e-324, 1)).toBe(5e-324);
    expect(power(1, 1e308)).toBe(1);
    expect(power(123.456, 0)).toBe(1);
  });

  it('overflows to Infinity and underflows to 0', () => {
    expect(power(2, 1024)).toBe(Number.POSITIVE_INFINITY);
    expect(power(0.5, 1e308)).toBe(0);
    expect(power(0.5, -1e308)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is NaN for a base that is not positive and finite, and for an exponent that is not finite', () => {
    for (const base of [0, -0, -1, Number.POSITIVE_INFINITY, Number.NaN]) expect(power(base, 2)).toBeNaN();
    for (const exponent of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]) {
      expect(power(2, exponent)).toBeNaN();
      expect(power(1, exponent)).toBeNaN();
    }
  });
});
