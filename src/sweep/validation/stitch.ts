import type { FollowedRun } from './follow-run.ts';
import type { SlicedRun } from './slice-metrics.ts';

/** What a switch between two runs is charged with; the settings of the run switched to. */
export interface SwitchCosts {
  readonly feeRate: number;
  readonly slippage: number;
  /** Per order, in money. */
  readonly fixedFee: number;
  /** Initial cash, for what `fixedFee` is a fraction of. */
  readonly cash: number;
}

/** One stretch of bars along which one run is followed, or cash held. */
export interface Leg {
  readonly from: number;
  readonly to: number;
  /** null = cash. */
  readonly run: { readonly runIndex: number; readonly returns: FollowedRun['returns'] } | null;
  /** Weights at the close before `from`: of this leg's run, and of the run of the leg before; empty = cash. */
  readonly weights: ArrayLike<number>;
  readonly weightsBefore: ArrayLike<number>;
  readonly costs: SwitchCosts;
}

/** The account that followed the legs, from a level of 1. */
export interface Stitched extends SlicedRun {
  /** By leg: part of the equity that the switch at its beginning cost, and the level at its end. */
  readonly switchCost: Float64Array;
  readonly endLevel: Float64Array;
}

/**
 * Joins the legs into one account; they follow one another without a gap.
 *
 *   E_t = E_{t−1} · (1 − cost_t) · (1 + r_t),   E = 1 before the first leg
 *
 * r_t is the return of the leg's run in its own simulation, positions carried into the leg included. Where a leg has another
 * run than the one before, the account is moved from the weights of that run to those of this one at the close before:
 * cost = Σ|Δw|·(feeRate + slippage) + (number of Δw ≠ 0)·fixedFee / (E·cash); 0 on all other bars. The first leg begins
 * from cash. An account at or below 0 stays where it is.
 */
export function stitch(legs: readonly Leg[]): Stitched {
  const first = legs[0]?.from ?? 0;
  const length = (legs.at(-1)?.to ?? 0) - first;
  const [returns, equity] = [new Float64Array(length), new Float64Array(length)];
  const [switchCost, endLevel] = [new Float64Array(legs.length), new Float64Array(legs.length)];
  let level = 1;
  let followed: number | null = null;
  for (const [k, { from, to, run, weights, weightsBefore, costs }] of legs.entries()) {
    const next = run === null ? null : run.runIndex;
    const cost: number = next === followed || level <= 0 ? 0 : costOf(weights, weightsBefore, costs, level);
    followed = next;
    switchCost[k] = cost;
    for (let t = from; t < to; t++) {
      const kept = t === from ? 1 - cost : 1;
      const growth = level <= 0 ? 1 : kept * (1 + (run === null ? 0 : run.returns[t]!));
      returns[t - first] = growth - 1;
      level *= growth;
      equity[t - first] = level;
    }
    endLevel[k] = level;
  }
  return { returns, equity, start: 1, switchCost, endLevel };
}

function costOf(
  weights: ArrayLike<number>,
  weightsBefore: ArrayLike<number>,
  { feeRate, slippage, fixedFee, cash }: SwitchCosts,
  level: number,
): number {
  let [traded, orders] = [0, 0];
  for (let a = 0; a < Math.max(weights.length, weightsBefore.length); a++) {
    const change = Math.abs((weights[a] ?? 0) - (weightsBefore[a] ?? 0));
    traded += change;
    if (change > 0) orders++;
  }
  return Math.min(1, traded * (feeRate + slippage) + (orders * fixedFee) / (level * cash));
}
