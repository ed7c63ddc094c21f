import type { Plan } from '../../contracts/plan.ts';
import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import type { Grid } from '../grid.ts';
import { shardRange } from '../plan.ts';
import { runIndices } from '../selection.ts';

/** Which runs of a sweep stand beside each other on its grid. */
export interface GridNeighbours {
  /** Places of the axes that have an order: their values are numbers, or none. */
  readonly orderedAxes: readonly number[];
  /** Position of a run on every axis, into `out`; false where the grid is too large to tell. */
  digits(run: number, out: Int32Array): boolean;
  /** Runs at distance 1, into `out` [2·axes]; −1 for a point that the sweep left out. Returns how many points there are. */
  neighbours(run: number, out: Int32Array): number;
}

/**
 * The neighbours of runs: points that differ on one axis by one step in the order in which its values are written.
 *
 * Axes of names or of true and false have no steps, so nobody is a neighbour along them. A sample or conditions leave points
 * out; then the grid index of every run is kept, 8 bytes each. A grid of more than 2^53 points has no neighbours.
 */
export function createGridNeighbours(grid: Grid, spec: SweepSpec, plan: Plan): GridNeighbours {
  const lengths = grid.axes.map(({ values }) => values.length);
  const strides = lengths.map((_, k) => lengths.slice(k + 1).reduce((product, n) => product * n, 1));
  const countable = grid.size <= Number.MAX_SAFE_INTEGER;
  const orderedAxes = countable
    ? grid.axes.flatMap(({ values }, k) =>
        values.length > 1 && values.every((value) => value === null || typeof value === 'number') ? [k] : [],
      )
    : [];
  const indices = countable && BigInt(plan.runs) !== grid.size ? indicesOf(grid, spec, plan) : null;
  const indexOf = (run: number) => (indices === null ? run : indices[run]!);
  const runAt = (index: number) => (indices === null ? index : search(indices, index));
  return {
    orderedAxes,
    digits(run, out) {
      if (!countable) return false;
      const index = indexOf(run);
      for (let k = 0; k < lengths.length; k++) out[k] = Math.floor(index / strides[k]!) % lengths[k]!;
      return true;
    },
    neighbours(run, out) {
      let count = 0;
      if (orderedAxes.length === 0) return count;
      const index = indexOf(run);
      for (const k of orderedAxes) {
        const digit = Math.floor(index / strides[k]!) % lengths[k]!;
        if (digit > 0) out[count++] = runAt(index - strides[k]!);
        if (digit < lengths[k]! - 1) out[count++] = runAt(index + strides[k]!);
      }
      return count;
    },
  };
}

/** The grid index of every run, ascending. */
function indicesOf(grid: Grid, spec: SweepSpec, plan: Plan): Float64Array {
  const indices = new Float64Array(plan.runs);
  for (let shard = 0; shard < plan.shards; shard++) {
    const { first, count } = shardRange(plan, shard);
    const found = runIndices(spec, grid, { first, count, start: plan.scanFrom?.[shard] });
    for (let i = 0; i < count; i++) indices[first + i] = Number(found[i]);
  }
  return indices;
}

/** Where `index` stands among the ascending ones; −1 where it does not. */
function search(indices: Float64Array, index: number): number {
  let low = 0;
  let high = indices.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = indices[middle]!;
    if (found === index) return middle;
    if (found < index) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
