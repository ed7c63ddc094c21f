import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tailRisk } from '../../../src/core/metrics/tail-risk.ts';

describe('tailRisk', () => {
  it('agrees with numpy', () => {
    // python: q = np.quantile(r, .05); r[r <= q].mean()
    const few = [
      0.012, -0.007, 0.003, 0.021, -0.034, 0.008, 0, 0.015, -0.002, -0.011, 0.027, 0.004, -0.019, 0.006,
      0.001, -0.005, 0.013, -0.028, 0.017, 0.009,
    ];
    const risk = tailRisk(Float64Array.from(few));
    expect(risk.valueAtRisk).toBeCloseTo(-0.0283, 15);
    expect(risk.conditionalValueAtRisk).toBeCloseTo(-0.034, 15);
    // r = np.sin(np.arange(1, 101) * 1.7) * .02
    const hundred = tailRisk(Float64Array.from({ length: 100 }, (_, t) => Math.sin((t + 1) * 1.7) * 0.02));
    expect(hundred.valueAtRisk).toBeCloseTo(-0.019567913347111054, 14);
    expect(hundred.conditionalValueAtRisk).toBeCloseTo(-0.019887291839447686, 14);
  });

  it('is the return itself of a single bar and undefined of none', () => {
    expect(tailRisk(Float64Array.of(-0.2))).toEqual({ valueAtRisk: -0.2, conditionalValueAtRisk: -0.2 });
    expect(tailRisk(new Float64Array(0))).toEqual({
      valueAtRisk: Number.NaN,
      conditionalValueAtRisk: Number.NaN,
    });
  });

  it('is, to the bit, what sorting all returns gives, of any number, with ties and in any order', () => {
    const some = fc.oneof(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 700, size: 'max' }),
      fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 700, size: 'max' }),
    );
    const orders = [
      (values: number[]) => values,
      (values: number[]) => values.toSorted((a, b) => a - b),
      (values: number[]) => values.toSorted((a, b) => b - a),
    ];
    fc.assert(
      fc.property(some, fc.constantFrom(...orders), (values, ordered) => {
        const returns = Float64Array.from(ordered(values));
        const ascending = returns.toSorted();
        const position = 0.05 * (returns.length - 1);
        const [low, high] = [Math.floor(position), Math.min(Math.floor(position) + 1, returns.length - 1)];
        const expected = ascending[low]! + (ascending[high]! - ascending[low]!) * (position - low);
        expect(tailRisk(returns).valueAtRisk).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the returns in their order, and no later than the worst is the mean beyond the quantile', () => {
    const returns = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(returns, (values) => {
        const given = Float64Array.from(values);
        const risk = tailRisk(given);
        expect([...given]).toEqual(values);
        expect(risk.conditionalValueAtRisk).toBeLessThanOrEqual(risk.valueAtRisk + 1e-15);
        expect(risk.conditionalValueAtRisk).toBeGreaterThanOrEqual(Math.min(...values) - 1e-15);
        expect(values.filter((r) => r < risk.valueAtRisk).length).toBeLessThanOrEqual(
          Math.ceil(0.05 * values.length),
        );
      }),
    );
  });
});
