import { describe, expect, it } from 'vitest';
import { blockSparkline, sparkline } from '../../src/cli/sparkline.ts';

describe('sparkline', () => {
  it('spreads eight levels from the lowest to the highest value', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([5, -2, Number.NaN, 5], 10)).toBe('█▁ █');
    expect(sparkline([3, 3, 3], 3)).toBe('▁▁▁');
  });

  it('shows the last value of each step where there are more values than room', () => {
    expect(sparkline([9, 0, 9, 7, 0, 1], 3)).toBe('▁█▂');
  });

  it('draws the running total of the block sums of a row, and nothing for a row that failed', () => {
    const sums = [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, -3];
    const row = Object.fromEntries(sums.map((sum, i) => [`block_sum_${String(i).padStart(2, '0')}`, sum]));
    // totals 1 to 7, seven more of 7 and one, then 4: levels are seven sixths of what is above 1
    expect(blockSparkline(row)).toBe('▁▂▃▅▆▇█████████▅');
    expect(blockSparkline({ ...row, block_sum_03: null })).toBe('');
  });
});
