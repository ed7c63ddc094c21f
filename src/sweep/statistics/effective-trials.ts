import { power } from '../../core/metrics/power.ts';
import { BLOCKS } from '../../core/metrics/return-stats.ts';
import { parityChosen } from '../plan.ts';
import { naturalLog } from './normal.ts';

/** How many independent runs the runs of a sweep are worth. */
export interface EffectiveTrials {
  readonly runs: number;
  /** 1 to `runs`. */
  readonly trials: number;
  /** Runs that were grouped, and the groups that were found among them. */
  readonly sampled: number;
  readonly groups: number;
  /** Mean correlation of the block returns of two runs. */
  readonly meanCorrelation: number;
}

/** Runs that are grouped, on average at most; comparing them takes less than 10^8 multiplications. */
const SAMPLE = 4_000;
/** Correlation from which on two runs are one trial: one explains half of the variance of the other. */
const SAME = Math.SQRT1_2;

/**
 * The effective number of independent trials among the runs of a grid, by grouping them by the correlation of their block
 * returns.
 *
 * Every run is a direction: its block returns less their mean, scaled to length 1. What all runs have in common (the market
 * they trade) is taken off, as it is from the variance across the runs that the deflated Sharpe ratio multiplies. Then runs
 * are taken in order: one that correlates with the first of a group by √½ or more joins it, another begins a new one. Two
 * corrections make the count that of runs without a relation:
 * directions in 15 dimensions come as close by chance with probability p, so that of n independent runs
 * ln(1 + p·n)/p groups would be found; and of more than 4,000 runs a sample by a fixed hash of the run index is grouped,
 * which misses a group of average size with probability (1 − share)^size.
 *
 * Groups of very different size make it too low, a relation that 16 blocks do not show too high. 512 kB.
 *
 * @param planned runs of the sweep, which decide the share that is sampled
 */
export function createEffectiveTrials(planned: number) {
  const share = Math.min(1, SAMPLE / planned);
  const total = new Float64Array(BLOCKS);
  const sample: Float64Array[] = [];
  let runs = 0;
  return {
    /** A run's block returns less their mean, as a vector of length 1; runs in order, numbered by those that are told. */
    observe(unit: Float64Array): void {
      for (let b = 0; b < BLOCKS; b++) total[b]! += unit[b]!;
      if (parityChosen(runs, share)) sample.push(unit.slice());
      runs++;
    },
    /** The outcome; null for fewer than 2 runs. */
    result(): EffectiveTrials | null {
      if (runs < 2 || sample.length === 0) return null;
      const groups = groupsOf(
        sample,
        total.map((sum) => sum / runs),
      );
      const distinct = Math.min(sample.length, (power(Math.E, CHANCE * groups) - 1) / CHANCE);
      const length = total.reduce((sum, x) => sum + x * x, 0);
      return {
        runs,
        trials: unsampled(distinct, sample.length, runs),
        sampled: sample.length,
        groups,
        meanCorrelation: (length - runs) / (runs * (runs - 1)),
      };
    },
  };
}

function groupsOf(sample: readonly Float64Array[], common: Float64Array): number {
  const firsts: Float64Array[] = [];
  let joined = 0; // a neighbour on the grid most often joins the same group
  for (const unit of sample) {
    const own = unit.map((x, b) => x - common[b]!);
    const norm = Math.sqrt(dot(own, own));
    if (!(norm > 1e-9)) continue; // nothing but what all have in common
    for (let b = 0; b < BLOCKS; b++) own[b]! /= norm;
    if (firsts.length > 0 && dot(own, firsts[joined]!) >= SAME) continue;
    const found = firsts.findIndex((first) => dot(own, first) >= SAME);
    joined = found < 0 ? firsts.push(own) - 1 : found;
  }
  return Math.max(1, firsts.length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < BLOCKS; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** Groups among all runs of which so many are found in a sample: the M with M·(1 − (1 − share)^(runs/M)) = found. */
function unsampled(found: number, sampled: number, runs: number): number {
  if (sampled >= runs) return Math.min(found, runs);
  const missed = naturalLog(1 - sampled / runs);
  let low = Math.max(1, found);
  let high = runs;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (middle * (1 - power(Math.E, (missed * runs) / middle)) < found) low = middle;
    else high = middle;
  }
  return low;
}

/** Coefficients of ∫(1 − x²)⁶: (−1)^k·C(6, k)/(2k + 1). */
const COEFFICIENTS = [1, -6 / 3, 15 / 5, -20 / 7, 15 / 9, -6 / 11, 1 / 13];

/** ∫ of (1 − x²)⁶ from 0 on. */
function integral(x: number): number {
  let value = 0;
  for (let k = COEFFICIENTS.length - 1; k >= 0; k--) value = value * x * x + COEFFICIENTS[k]!;
  return value * x;
}

/** Probability that a random direction in 15 dimensions correlates with a given one by √½ or more: density ∝ (1 − x²)⁶. */
const CHANCE = (integral(1) - integral(SAME)) / (2 * integral(1));
