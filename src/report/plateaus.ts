/** What a cell of a heatmap is among its neighbours. */
export type CellMark = 'plateau' | 'lonely' | null;

/** What the page says of the rule. */
export const PLATEAU_RULE =
  'A cell is a plateau (■) if it is in the best quarter of the cells shown and every neighbour is in the better half; ' +
  'it is a lonely peak (△) if it is in the best quarter and at least half of its neighbours are in the worse half. ' +
  'Neighbours are the up to eight cells one step away on either axis; values that have no order (text, true or false) ' +
  'and “none” are nobody’s neighbour along their axis. A cell needs two neighbours to be marked.';

/** An axis of a heatmap: which positions are beside each other. */
export interface HeatmapAxis {
  readonly size: number;
  readonly ordered: boolean;
  /** Position of null, which is beside no other; -1 without. */
  readonly nullAt: number;
}

const FEWEST_CELLS = 6;

/**
 * Marks plateaus and lonely peaks by rank, as PLATEAU_RULE says: units and outliers do not matter.
 *
 * Ties count as equally good. Nothing is marked where fewer than six cells have a value, where all are equal, or for
 * a metric that has no better end.
 *
 * @param values cell (x, y) at x · y.size + y; NaN = no value, neither a cell nor a neighbour
 */
export function markCells(
  values: ArrayLike<number>,
  x: HeatmapAxis,
  y: HeatmapAxis,
  direction: 'higher' | 'lower' | 'none',
): CellMark[] {
  const marks = new Array<CellMark>(values.length).fill(null);
  const sign = direction === 'lower' ? -1 : 1;
  const worths = Array.from(values, (value) => sign * value);
  const ranked = worths.filter((worth) => !Number.isNaN(worth)).sort((a, b) => b - a);
  if (direction === 'none' || ranked.length < FEWEST_CELLS || ranked[0] === ranked.at(-1)) return marks;
  const best = ranked[Math.ceil(ranked.length / 4) - 1]!;
  const better = ranked[Math.ceil(ranked.length / 2) - 1]!;
  for (let i = 0; i < x.size; i++) {
    for (let j = 0; j < y.size; j++) {
      const cell = i * y.size + j;
      if (!(worths[cell]! >= best)) continue;
      const around = steps(x, i).flatMap((a) => steps(y, j).map((b) => a * y.size + b));
      const neighbours = around.filter((other) => other !== cell && !Number.isNaN(worths[other]));
      if (neighbours.length < 2) continue;
      const good = neighbours.filter((other) => worths[other]! >= better).length;
      if (good === neighbours.length) marks[cell] = 'plateau';
      else if (2 * good <= neighbours.length) marks[cell] = 'lonely';
    }
  }
  return marks;
}

/** The position itself and those beside it. */
function steps({ size, ordered, nullAt }: HeatmapAxis, at: number): number[] {
  if (!ordered || at === nullAt) return [at];
  return [at - 1, at, at + 1].filter((p) => p >= 0 && p < size && p !== nullAt);
}
