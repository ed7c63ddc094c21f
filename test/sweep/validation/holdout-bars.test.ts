import { describe, expect, it } from 'vitest';
import { holdoutBars } from '../../../src/sweep/validation/holdout-bars.ts';
import { messageOf } from '../../support/sweep-spec.ts';

const days = (n: number) => Float64Array.from({ length: n }, (_, t) => Date.UTC(2015, 0, 1) + t * 86_400_000);

describe('a holdout', () => {
  it.each([
    ['20%', 100, 20],
    ['20%', 102, 20],
    ['20%', 103, 21],
    ['0.1%', 100, 1],
    [7, 100, 7],
    ['1w', 100, 7],
    ['1mo', 100, 31], // the last bar is 10 April: those after 10 March
  ] as const)('of %s of %i daily bars holds the last %i', (holdout, bars, held) => {
    expect(holdoutBars(holdout, days(bars))).toBe(held);
  });

  it('must leave bars to rank by', () => {
    expect(messageOf(() => holdoutBars(99, days(100)))).toMatch(
      /at least two bars besides the holdout, found 100 bars, of which 99 are 99/,
    );
    expect(messageOf(() => holdoutBars('1y', days(100)))).toMatch(/of which 1y are 100/);
  });
});
