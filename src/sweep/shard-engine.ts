import type { Plan } from '../contracts/plan.ts';
import { axisColumns } from '../contracts/result-row.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import { fillModel } from '../core/fill-model.ts';
import { tailRisk } from '../core/metrics/tail-risk.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { type Grid, gridOf, type ParameterSet, parameterReader, parametersAt } from './grid.ts';
import { runNames } from './ids.ts';
import type { LeaderReplay, ShardRows } from './ports.ts';
import { resultColumns } from './result-columns.ts';
import { parityColumns, runShard, type ShardContext, shardRoom } from './run-shard.ts';
import { createSimulator, type SimulatedRun, type Simulator } from './simulate-run.ts';
import { barsPerYearOf } from './sweep-content.ts';
import { type FollowedRun, followRun } from './validation/follow-run.ts';
import { type HoldoutTest, testOnHoldout } from './validation/holdout-test.ts';
import type { SweepBars } from './validation/ranked-bars.ts';
import { createRunValidation } from './validation/run-validation.ts';

/** All that computing runs of a sweep takes, the same in a thread, in a function of the cloud and in a test. */
export interface SweepInputs extends SweepBars {
  /** With content in place of paths, as `resolveSpec` gives it. */
  readonly spec: SweepSpec;
  readonly strategy: Strategy;
  /** sha256 of the sources of a strategy of one's own; null for a built-in one. */
  readonly strategyCode: string | null;
}

/** Computes the shards of one sweep on one thread, and replays its runs. */
export interface ShardEngine {
  readonly grid: Grid;
  /** Throws only what `between`, which is called before each run, throws; see `runShard` for `into`. */
  runShard(shard: number, between?: () => void, into?: ArrayBuffer): ShardRows;
  /** Lets go of the memory of shards; the next one takes it anew. */
  rest(): void;
  /** Replays one run from the `params` of its row; throws what the run throws. */
  replay(params: string, withParity: boolean): LeaderReplay;
  /** Follows one run bar by bar; throws what the run throws. */
  follow(params: string, at: readonly number[]): FollowedRun;
}

/** An engine for the shards of a plan. */
export function createShardEngine(plan: Plan, inputs: SweepInputs): ShardEngine {
  const { spec, bars, allBars, strategy, strategyCode } = inputs;
  const grid = gridOf(spec);
  const barsPerYear = barsPerYearOf(spec, bars);
  const { riskFreeRate, snap } = spec;
  const simulator = createSimulator({ bars, strategy, barsPerYear, riskFreeRate });
  const annual = { barsPerYear, riskFreeRate };
  const validation = plan.validation ? createRunValidation(plan.validation, spec) : null;
  const context = {
    plan,
    spec,
    grid,
    read: parameterReader(grid),
    validation,
    simulator,
    bars,
    nameOf: runNames({
      datasetId: spec.bars,
      bars,
      strategyName: strategy.name,
      strategyCode,
      barsPerYear,
      riskFreeRate,
      snap,
    }),
  };
  let withRoom: ShardContext | null = null; // whoever only replays runs needs no room
  let onAllBars: Simulator | null = null; // only leaders are tested on the holdout
  const heldOut = (set: ParameterSet, ranked: SimulatedRun): HoldoutTest | null => {
    if (allBars === bars) return null;
    onAllBars ??= createSimulator({ bars: allBars, strategy, ...annual });
    const before = ranked.equity.slice(0, bars.length);
    const { returns, equity, stats } = onAllBars.run(set, false);
    return testOnHoldout(before, { returns, equity, start: stats.start }, spec.objective.metric, annual);
  };
  return {
    grid,
    runShard(shard, between, into) {
      if (withRoom === null) {
        const columns = [...resultColumns(grid), ...(validation?.windowColumns ?? [])];
        withRoom = { ...context, room: shardRoom(columns, axisColumns(grid), plan) };
      }
      return runShard(withRoom, shard, between, into);
    },
    rest() {
      withRoom = null;
    },
    replay(params, withParity) {
      const set = parameterSet(params, grid);
      const run = simulator.run(set, withParity);
      const { valueAtRisk, conditionalValueAtRisk } = tailRisk(run.returns);
      return {
        var_5: valueAtRisk,
        cvar_5: conditionalValueAtRisk,
        parity: run.parity && parityColumns(run.parity),
        holdout: heldOut(set, run),
      };
    },
    follow(params, at) {
      const set = parameterSet(params, grid);
      return followRun(bars, simulator.instructions(set), simulator.config(set), at);
    },
  };
}

/** The parameter set that the column `params` spells. */
export function parameterSet(params: string, grid: Grid): ParameterSet {
  const set = JSON.parse(params) as ParameterSet;
  const { fillPreset } = parametersAt(grid, 0);
  return { ...set, fillPreset, fill: fillModel(fillPreset, set.fill) };
}
