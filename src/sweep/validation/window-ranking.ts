import { InvalidInputError } from '../../contracts/errors.ts';
import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import { METRICS } from '../../core/metrics/catalog.ts';
import type { ReturnStats } from '../../core/metrics/return-stats.ts';
import { compileConstraints } from '../constraints.ts';
import { type Annual, isSliceMetric, SLICE_METRICS, sliceMetric } from './slice-metrics.ts';

/** How the runs are filtered within a training window. */
export interface WindowRanking {
  /** Whether a run meets, on these returns, the constraints that returns can tell. */
  meets(returns: ReturnStats): boolean;
  /** The constraints that are not applied in windows, since they read what returns cannot tell; as written. */
  readonly notApplied: readonly string[];
}

/** The constraints of a sweep as they hold within windows: those whose every metric is one of `SLICE_METRICS`. */
export function windowRanking(spec: Pick<SweepSpec, 'constraints'>, annual: Annual): WindowRanking {
  const names = METRICS.map(({ name }) => name);
  const all = compileConstraints(spec.constraints, names);
  const applied = all.filter(({ metrics }) => metrics.every(isSliceMetric));
  const read = [...new Set(applied.flatMap(({ metrics }) => metrics.filter(isSliceMetric)))];
  const metrics = read.map((name) => [name, sliceMetric(name, annual)] as const);
  return {
    meets(returns) {
      if (applied.length === 0) return true;
      const values = Object.fromEntries(metrics.map(([name, value]) => [name, value(returns)]));
      return applied.every(({ holds }) => holds(values));
    },
    notApplied: all.filter((each) => !applied.includes(each)).map(({ text }) => text),
  };
}

/** Refuses an objective by which windows cannot be ranked; InvalidInputError naming those by which they can. */
export function refuseUnsliceable({
  objective,
  validation,
}: Pick<SweepSpec, 'objective' | 'validation'>): void {
  if (!validation?.walkForward && !validation?.cpcv) return;
  if (isSliceMetric(objective.metric)) return;
  throw new InvalidInputError(
    `objective: expected, with validation.walkForward or validation.cpcv, a metric that the returns of a window tell (${SLICE_METRICS.join(', ')}), ` +
      `found ${objective.metric}; rank by one of these, or keep only validation.holdout`,
  );
}
