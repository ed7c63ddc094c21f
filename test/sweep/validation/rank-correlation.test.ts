import { describe, expect, it } from 'vitest';
import { rankCorrelation } from '../../../src/sweep/validation/rank-correlation.ts';

describe("Spearman's rank correlation", () => {
  it('equals that of scipy, ties included', () => {
    // scipy.stats.spearmanr([1,2,3,4,5], [5,6,7,8,7]), the example of its documentation
    expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 14);
    expect(rankCorrelation([10, 20, 30], [3, 2, 1])).toBe(-1);
  });

  it('leaves out pairs that are not defined, and needs three of them that differ', () => {
    expect(rankCorrelation([1, Number.NaN, 2, 3], [1, 9, 2, 3])).toBe(1);
    expect(rankCorrelation([1, 2], [1, 2])).toBeNaN();
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});
