import { describe, expect, it } from 'vitest';
import { type HeatmapAxis, markCells } from '../../src/report/plateaus.ts';

const ordered = (size: number, nullAt = -1): HeatmapAxis => ({ size, ordered: true, nullAt });
const unordered = (size: number): HeatmapAxis => ({ size, ordered: false, nullAt: -1 });

/** Marks as they stand in the picture: a row a position on x, a letter a cell; P plateau, L lonely, . none. */
function marks(
  rows: readonly (readonly number[])[],
  x: HeatmapAxis,
  y: HeatmapAxis,
  direction: 'higher' | 'lower' | 'none' = 'higher',
) {
  const found = markCells(rows.flat(), x, y, direction);
  return rows.map((row, i) =>
    row.map((_, j) => ({ plateau: 'P', lonely: 'L', null: '.' })[String(found[i * row.length + j])]).join(''),
  );
}

describe('plateaus', () => {
  // 20 cells: the best quarter are the 5 of at least 7, the better half the 10 of at least 4.
  const HILL = [
    [9, 8, 5, 1, 0],
    [8, 7, 5, 1, 0],
    [5, 5, 4, 0, 0],
    [1, 0, 0, 0, 9.5],
  ];

  it('are cells of the best quarter all of whose neighbours are in the better half; a peak among bad ones is lonely', () => {
    expect(marks(HILL, ordered(4), ordered(5))).toEqual(['PP...', 'PP...', '.....', '....L']);
  });

  it('are the same for costs, where lower is better', () => {
    const costs = HILL.map((row) => row.map((value) => -value));
    expect(marks(costs, ordered(4), ordered(5), 'lower')).toEqual(['PP...', 'PP...', '.....', '....L']);
  });

  it('do not exist for a metric without a better end, where all cells are equal, or where there are few', () => {
    expect(marks(HILL, ordered(4), ordered(5), 'none').join('')).not.toMatch(/[PL]/);
    expect(
      marks(
        [
          [1, 1, 1],
          [1, 1, 1],
        ],
        ordered(2),
        ordered(3),
      ).join(''),
    ).toBe('......');
    expect(marks([[9, 8, 1, 0, 0]], ordered(1), ordered(5)).join('')).toBe('.....');
  });

  it('do not look past values without an order, nor past none', () => {
    // Along y nothing is beside anything: each column of x is judged alone, and both have two neighbours at best.
    const columns = [
      [9, 0],
      [9, 0],
      [8, 0],
      [1, 9],
    ];
    expect(marks(columns, ordered(4), unordered(2))).toEqual(['..', 'P.', '..', '..']);
    // Position 0 is none: 9 at position 1 is no worse for it. The third best is 8, and all equal to it are as good.
    const none = [
      [0, 0],
      [9, 9],
      [8, 8],
      [8, 8],
      [1, 1],
    ];
    expect(marks(none, ordered(5, 0), ordered(2))).toEqual(['..', 'PP', 'PP', '..', '..']);
  });

  it('count cells without a value neither as cells nor as neighbours', () => {
    const holes = [
      [9, Number.NaN, 5, 1],
      [8, 7, 5, 0],
      [5, 5, 0, 0],
    ];
    // 11 cells: the best 3 are at least 7, the best 6 at least 5; 7 has the 0 below to its right.
    expect(marks(holes, ordered(3), ordered(4))).toEqual(['P...', 'P...', '....']);
  });
});
