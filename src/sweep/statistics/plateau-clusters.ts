import { ascendingAt } from './ascending-at.ts';
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
 * Three lists of 4 bytes a good run.
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
  const good = goodRuns(objective, sign, threshold);
  const roots = components(grid, good);
  const sizes = new Int32Array(good.length);
  for (const root of roots) sizes[root]!++;
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
  const cluster = (member: number) => place.get(roots[member]!) ?? -1;
  const largest = describe(grid, axes, objective, sign, clusters.length, good, cluster);
  const clusterOf = (run: number) => {
    const member = placeOf(good, run);
    return member < 0 ? -1 : cluster(member);
  };
  return { threshold, goodRuns: good.length, count, largest, clusterOf };
}

/** The value that a tenth of the defined ones reach, rounded up to a whole run. */
function thresholdOf(objective: Float64Array, sign: number): number | null {
  let defined = 0;
  for (let run = 0; run < objective.length; run++) if (!Number.isNaN(objective[run]!)) defined++;
  if (defined === 0) return null;
  const place = Math.ceil(GOOD * defined) - 1;
  return ascendingAt(objective, sign > 0 ? defined - 1 - place : place);
}

/** The runs that reach the threshold, ascending. */
function goodRuns(objective: Float64Array, sign: number, threshold: number): Int32Array {
  const isGood = (run: number) => sign * objective[run]! >= sign * threshold;
  let count = 0;
  for (let run = 0; run < objective.length; run++) if (isGood(run)) count++;
  const good = new Int32Array(count);
  for (let run = 0, i = 0; i < count; run++) if (isGood(run)) good[i++] = run;
  return good;
}

/** Where a run stands among the ascending ones; −1 where it does not. */
function placeOf(runs: Int32Array, run: number): number {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[middle]! < run) low = middle + 1;
    else high = middle;
  }
  return runs[low] === run ? low : -1;
}

/** The root of the component of every good run, both by their place among them; the root is the lowest of its component. */
function components(grid: GridNeighbours, good: Int32Array): Int32Array {
  const parent = good.map((_, member) => member);
  const rootOf = (member: number) => {
    let root = member;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]!]!;
      root = parent[root]!;
    }
    return root;
  };
  const beside = new Int32Array(2 * Math.max(1, grid.orderedAxes.length));
  for (let member = 0; member < good.length; member++) {
    const run = good[member]!;
    const points = grid.neighbours(run, beside);
    for (let i = 0; i < points; i++) {
      if (beside[i]! > run) continue;
      const other = placeOf(good, beside[i]!);
      if (other < 0) continue;
      const a = rootOf(member);
      const b = rootOf(other);
      if (a !== b) parent[Math.max(a, b)] = Math.min(a, b);
    }
  }
  for (let member = 0; member < good.length; member++) parent[member] = rootOf(member);
  return parent;
}

/** @param cluster by the place of a good run among them, −1 for one that is not described */
function describe(
  grid: GridNeighbours,
  axes: number,
  objective: Float64Array,
  sign: number,
  clusters: number,
  good: Int32Array,
  cluster: (member: number) => number,
): PlateauCluster[] {
  const size = new Int32Array(clusters);
  const sum = new Float64Array(clusters);
  const best = new Int32Array(clusters).fill(-1);
  const position = new Float64Array(clusters * axes);
  const digits = new Int32Array(axes);
  for (let member = 0; member < good.length; member++) {
    const run = good[member]!;
    const c = cluster(member);
    if (c < 0) continue;
    size[c]!++;
    sum[c]! += objective[run]!;
    if (best[c]! < 0 || sign * objective[run]! > sign * objective[best[c]!]!) best[c] = run;
    if (grid.digits(run, digits)) for (let k = 0; k < axes; k++) position[c * axes + k]! += digits[k]!;
  }
  const centre = best.slice();
  const nearest = new Float64Array(clusters).fill(Number.POSITIVE_INFINITY);
  for (let member = 0; member < good.length; member++) {
    const run = good[member]!;
    const c = cluster(member);
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
