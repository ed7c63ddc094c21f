import { describe, expect, it } from 'vitest';
import { summarizeBars } from '../../src/formats/bars-report.ts';
import { flatBars } from '../support/bar-columns.ts';

describe('summarizeBars', () => {
  it('counts bars, those missing between first and last, and volumes of zero or unknown', () => {
    const bars = flatBars([
      [20, 1],
      [30, 1],
      [60, 1],
    ]);
    bars.volume.set([0, Number.NaN, 5]);
    expect(summarizeBars(bars, Float64Array.of(10, 20, 30, 40, 50, 60, 70))).toEqual({
      bars: 3,
      from: 20,
      to: 60,
      zeroVolume: 1,
      unknownVolume: 1,
      missing: 2,
      jumps: 0,
      splits: [],
    });
  });

  it.each([
    [100, 50, '2:1'],
    [100, 51.9, '2:1'],
    [100, 66.5, '3:2'],
    [649.9, 92.7, '7:1'],
    [10, 100, '1:10'],
    [10, 30.3, '1:3'],
  ])('takes the step from %d to %d for a split %s', (before, after, split) => {
    const { jumps, splits } = summarizeBars(
      flatBars([
        [1, before],
        [2, after],
      ]),
      Float64Array.of(1, 2),
    );
    expect({ jumps, splits }).toEqual({ jumps: 1, splits: [{ time: 2, ratio: after / before, split }] });
  });

  it.each([
    [100, 75, 0],
    [100, 134, 0],
    [100, 71, 1],
    [100, 57, 1],
    [100, 175, 1],
  ])('does not take the step from %d to %d for a split', (before, after, expected) => {
    const { jumps, splits } = summarizeBars(
      flatBars([
        [1, before],
        [2, after],
      ]),
      Float64Array.of(1, 2),
    );
    expect({ jumps, splits }).toEqual({ jumps: expected, splits: [] });
  });

  it('lists the five largest, and says nothing about no bars', () => {
    const closes = [1, 2, 6, 3, 12, 6, 60, 30].map((close, i) => [i, close] as const);
    const { jumps, splits } = summarizeBars(
      flatBars(closes),
      Float64Array.from(closes, ([t]) => t),
    );
    expect(jumps).toBe(7);
    expect(splits.map(({ time, split }) => [time, split])).toEqual([
      [6, '1:10'],
      [4, '1:4'],
      [2, '1:3'],
      [1, '1:2'],
      [3, '2:1'],
    ]);
    expect(summarizeBars(flatBars([]), Float64Array.of(1))).toMatchObject({
      bars: 0,
      from: Number.NaN,
      missing: 0,
    });
  });
});
