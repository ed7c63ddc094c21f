import { InvalidInputError } from '../contracts/errors.ts';
import type { Plan } from '../contracts/plan.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { Bars } from '../core/bars.ts';
import { METRICS, metricByName } from '../core/metrics/catalog.ts';
import { canonicalJson } from '../formats/canonical-json.ts';
import type { AggregateInput } from './aggregate-input.ts';
import { compileConstraints } from './constraints.ts';
import { ENGINE_DIGEST } from './engine-digest.ts';
import type { Ranking } from './fold-shards.ts';
import { gridOf } from './grid.ts';
import { sweepIdOf } from './ids.ts';
import { planOf, shardRange } from './plan.ts';
import { resultColumns } from './result-columns.ts';
import { type Selection, selectRuns } from './selection.ts';
import { createShardEngine, type ShardEngine, type SweepInputs } from './shard-engine.ts';
import { barFacts } from './statistics/bar-facts.ts';
import { barsPerYearOf, readResolvedSpec, resolveSpec, type SweepContent } from './sweep-content.ts';
import { rankedBars } from './validation/ranked-bars.ts';
import { validationLayout } from './validation/validation-layout.ts';
import { refuseUnsliceable, windowRanking } from './validation/window-ranking.ts';

/** A sweep ready to run: its id, its plan, and what its shards and its end are computed with. */
export interface PreparedSweep {
  /** What the id was taken from; becomes spec.json. */
  readonly spec: unknown;
  readonly plan: Plan;
  readonly selection: Selection;
  /** What other threads need to make an engine of their own, besides the plan. */
  readonly inputs: SweepInputs;
  readonly engine: ShardEngine;
  readonly aggregate: Omit<AggregateInput, 'runner'>;
}

/**
 * Resolves, plans and checks a sweep; runs nothing. Pure: the same spec, content and bars give the same plan.
 *
 * InvalidInputError for an unknown objective, a constraint that does not compile, a validation that the bars are too few
 * for, and what `selectRuns` refuses.
 *
 * @param bars of the whole period, the holdout included
 */
export function prepareSweep(
  spec: SweepSpec,
  content: SweepContent,
  { bars: allBars, strategy }: Pick<SweepInputs, 'bars' | 'strategy'>,
): PreparedSweep {
  const ranking = rankingOf(spec);
  const selection = selectRuns(spec, gridOf(spec));
  const resolved = resolveSpec(spec, content);
  const inputs: SweepInputs = {
    spec: readResolvedSpec(resolved),
    ...rankedBars(spec, allBars),
    strategy,
    strategyCode: content.strategyCode,
  };
  const { bars } = inputs;
  const sketch = planOf({
    sweepId: sweepIdOf(resolved),
    engine: ENGINE_DIGEST,
    runs: selection.runs,
    bars: bars.length,
    assets: bars.symbols.length,
    shardRuns: spec.shardRuns,
    parity: spec.parity,
  });
  const starts = Array.from({ length: sketch.shards }, (_, shard) =>
    selection.startOf(shardRange(sketch, shard).first),
  );
  const annual = { barsPerYear: barsPerYearOf(spec, bars), riskFreeRate: spec.riskFreeRate };
  const plan: Plan = {
    ...sketch,
    scanFrom: starts.every((start) => start !== undefined) ? starts : null,
    ...(spec.validation && { validation: validationLayout(spec.validation, allBars.times, annual) }),
  };
  const engine = createShardEngine(plan, inputs);
  const aggregate = aggregateInput(plan, inputs.spec, resolved, async () => bars, ranking);
  return { spec: resolved, plan, selection, inputs, engine, aggregate };
}

/** What the aggregator must know of a planned sweep; `resolved` is its spec.json, `bars` are null where they cannot be had. */
export function aggregateInput(
  plan: Plan,
  spec: SweepSpec,
  resolved: unknown,
  bars: () => Promise<Bars | null>,
  ranking = rankingOf(spec),
): Omit<AggregateInput, 'runner'> {
  const grid = gridOf(spec);
  return {
    plan,
    spec: canonicalJson(resolved),
    name: spec.name,
    columns: resultColumns(grid),
    ranking,
    statistics: {
      spec,
      grid,
      async barFacts() {
        const found = await bars();
        return found && barFacts(spec, found);
      },
    },
    ...(plan.validation && { windowRanking: windowRanking(spec, plan.validation) }),
  };
}

/**
 * How the spec ranks and filters rows; InvalidInputError for an unknown metric, for one by which the windows of its
 * validation cannot be ranked, and for a constraint that does not compile.
 */
export function rankingOf(spec: SweepSpec): Ranking {
  const metric = metricByName(spec.objective.metric);
  const names = METRICS.map(({ name }) => name);
  if (!metric) {
    throw new InvalidInputError(
      `objective: expected one of ${names.join(', ')}, found ${spec.objective.metric}`,
    );
  }
  refuseUnsliceable(spec);
  const constraints = compileConstraints(spec.constraints, names);
  return {
    metric: metric.name,
    direction: metric.direction === 'lower' ? 'lower' : 'higher',
    robust: spec.objective.robust,
    constraintColumns: [...new Set(constraints.flatMap(({ metrics }) => metrics))].sort(),
    accept: (row) => constraints.every(({ holds }) => holds(row)),
  };
}
