import { describe, expect, it } from 'vitest';
import { type Leg, stitch } from '../../../src/sweep/validation/stitch.ts';

const FREE = { feeRate: 0, slippage: 0, fixedFee: 0, cash: 1_000 };
const leg = (
  from: number,
  to: number,
  runIndex: number | null,
  returns: number[],
  rest: Partial<Leg> = {},
): Leg => ({
  from,
  to,
  run: runIndex === null ? null : { runIndex, returns: Float64Array.from(returns) },
  weights: [],
  weightsBefore: [],
  costs: FREE,
  ...rest,
});

describe('a stitched account', () => {
  it('compounds the returns of each leg’s run on that leg', () => {
    const a = [9, 9, 0.1, -0.5, 9, 9];
    const b = [9, 9, 9, 9, 1, -0.25];
    const { equity, returns, endLevel } = stitch([leg(2, 4, 0, a), leg(4, 6, 1, b)]);
    expect([...equity]).toEqual([1.1, 0.55, 1.1, 0.8250000000000001]);
    expect(returns[2]).toBe(1);
    expect([...endLevel]).toEqual([0.55, 0.8250000000000001]);
  });

  it('pays for what a switch trades, and nothing where the run stays', () => {
    const costs = { feeRate: 0.01, slippage: 0.005, fixedFee: 2, cash: 1_000 };
    const flat = [0, 0, 0, 0, 0];
    const { switchCost, equity } = stitch([
      leg(1, 2, 0, flat, { weights: [0.5, 0.5, 0], costs }),
      leg(2, 3, 0, flat, { weights: [0.9, 0, 0], weightsBefore: [0.9, 0, 0], costs }),
      leg(3, 4, 1, flat, { weights: [0.4, 0, 0.6], weightsBefore: [0.9, 0, 0], costs }),
      leg(4, 5, null, flat, { weights: [], weightsBefore: [0.4, 0, 0.6], costs }),
    ]);
    // into two assets from cash: 1 · 0.015 + 2 orders of 2 in 1,000
    expect(switchCost[0]).toBeCloseTo(0.015 + 0.004, 15);
    expect(switchCost[1]).toBe(0);
    // 0.5 less of the first, 0.6 more of the third, two orders out of what is left of 1,000
    const left = 1 - 0.019;
    expect(switchCost[2]).toBeCloseTo(1.1 * 0.015 + 4 / (left * 1_000), 15);
    const then = left * (1 - switchCost[2]!);
    expect(switchCost[3]).toBeCloseTo(1 * 0.015 + 4 / (then * 1_000), 15);
    expect(equity[3]).toBeCloseTo(then * (1 - switchCost[3]!), 15);
  });

  it('stays where it is once it is gone', () => {
    const { equity } = stitch([leg(0, 3, 0, [-1.5, 2, 2]), leg(3, 4, 1, [9, 9, 9, 1])]);
    expect([...equity]).toEqual([-0.5, -0.5, -0.5, -0.5]);
  });
});
