import type { GridNeighbours } from './grid-neighbours.ts';

/** A connected set of good runs. */
export interface PlateauCluster {
  readonly size: number;
  /** The run with the best objective; of equal ones the first. */
  readonly best: number;
  /** The member nearest to the mean position of all members, in steps over the axes; of equally near ones the first. */
  readonly centre: number;
  /** Mean objective of the members. */
  readonly mean: number;
}

/** The plateaus of a sweep: where good runs stand together. */
export interface Plateaus {
  /** Objective from which on a run counts as good: the 90 % quantile (10 % where lower is better); null without runs. */
  readonly threshold: number | null;
  readonly goodRuns: number;
  /** How many clusters there are in all. */
  readonly count: number;
  /** The largest of them, largest first. */
  readonly largest: readonly PlateauCluster[];
  /** Cluster of a run by its place in `largest`, or −1. */
  clusterOf(run: number): number;
}

const GOOD = 0.1;
const MOST_CLUSTERS = 20;

/**
 * Clusters of good cells: connected components, over neighbours, of the runs whose objective is in the best tenth.
 *
 * Two lists of 4 and one of 8 bytes a run.
 *
 * @param objective of every run, NaN where undefined
 */
export function plateauClusters(
  grid: GridNeighbours,
  axes: number,
  objective: Float64Array,
  direction: 'higher' | 'lower',
): Plateaus {
  const sign = direction === 'higher' ? 1 : -1;
  const threshold = thresholdOf(objective, sign);
  if (threshold === null) return { threshold, goodRuns: 0, count: 0, largest: [], clusterOf: () => -1 };
  const good = (run: number) => sign * objective[run]! >= sign * threshold;
  const roots = components(grid, objective.length, good);
  const sizes = new Int32Array(objective.length);
  let goodRuns = 0;
  for (let run = 0; run < roots.length; run++) {
    if (roots[run]! < 0) continue;
    sizes[roots[run]!]!++;
    goodRuns++;
  }
  const clusters: number[] = [];
  let count = 0;
  let smallest = 0; // of the clusters that are kept, once there are enough
  for (let root = 0; root < sizes.length; root++) {
    if (sizes[root] === 0) continue;
    count++;
    if (clusters.length >= MOST_CLUSTERS && sizes[root]! <= smallest) continue;
    clusters.push(root);
    clusters.sort((a, b) => sizes[b]! - sizes[a]! || a - b);
    clusters.length = Math.min(clusters.length, MOST_CLUSTERS);
    smallest = sizes[clusters.at(-1)!]!;
  }
  const place = new Map(clusters.map((root, i) => [root, i]));
  const clusterOf = (run: number) => place.get(roots[run]!) ?? -1;
  const largest = describe(grid, axes, objective, sign, clusters.length, clusterOf);
  return { threshold, goodRuns, count, largest, clusterOf };
}

/** The value that a tenth of the defined ones reach, rounded up to a whole run. */
function thresholdOf(objective: Float64Array, sign: number): number | null {
  const ascending = objective.filter((value) => !Number.isNaN(value)).sort();
  if (ascending.length === 0) return null;
  const place = Math.ceil(GOOD * ascending.length) - 1;
  return ascending[sign > 0 ? ascending.length - 1 - place : place]!;
}

/** The root of the component of every run, −1 for runs that are not good; the root is its lowest run. */
function components(grid: GridNeighbours, runs: number, good: (run: number) => boolean): Int32Array {
  const parent = new Int32Array(runs);
  for (let run = 0; run < runs; run++) parent[run] = good(run) ? run : -1;
  const rootOf = (run: number) => {
    let root = run;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!;
      root = parent[root]!;
    }
    return root;
  };
  const beside = new Int32Array(2 * Math.max(1, grid.orderedAxes.length));
  for (let run = 0; run < runs; run++) {
    if (parent[run]! < 0) continue;
    const points = grid.neighbours(run, beside);
    for (let i = 0; i < points; i++) {
      const other = beside[i]!;
      if (other < 0 || other > run || parent[other]! < 0) continue;
      const a = rootOf(run);
      const b = rootOf(other);
      if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
    }
  }
  for (let run = 0; run < runs; run++) if (parent[run]! >= 0) parent[run] = rootOf(run);
  return parent;
}

function describe(
  grid: GridNeighbours,
  axes: number,
  objective: Float64Array,
  sign: number,
  clusters: number,
  clusterOf: (run: number) => number,
): PlateauCluster[] {
  const size = new Int32Array(clusters);
  const sum = new Float64Array(clusters);
  const best = new Int32Array(clusters).fill(-1);
  const position = new Float64Array(clusters * axes);
  const digits = new Int32Array(axes);
  for (let run = 0; run < objective.length; run++) {
    const c = clusterOf(run);
    if (c < 0) continue;
    size[c]!++;
    sum[c]! += objective[run]!;
    if (best[c]! < 0 || sign * objective[run]! > sign * objective[best[c]!]!) best[c] = run;
    if (grid.digits(run, digits)) for (let k = 0; k < axes; k++) position[c * axes + k]! += digits[k]!;
  }
  const centre = best.slice();
  const nearest = new Float64Array(clusters).fill(Number.POSITIVE_INFINITY);
  for (let run = 0; run < objective.length; run++) {
    const c = clusterOf(run);
    if (c < 0 || !grid.digits(run, digits)) continue;
    let distance = 0;
    for (const k of grid.orderedAxes) distance += Math.abs(digits[k]! - position[c * axes + k]! / size[c]!);
    if (distance < nearest[c]!) {
      nearest[c] = distance;
      centre[c] = run;
    }
  }
  return Array.from(size, (n, c) => ({ size: n, best: best[c]!, centre: centre[c]!, mean: sum[c]! / n }));
}
