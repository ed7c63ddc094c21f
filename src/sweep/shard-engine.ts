import type { Plan } from '../contracts/plan.ts';
import { axisColumns } from '../contracts/result-row.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { Bars } from '../core/bars.ts';
import { fillModel } from '../core/fill-model.ts';
import { tailRisk } from '../core/metrics/tail-risk.ts';
import type { Strategy } from '../strategies/strategy.ts';
import { type Grid, gridOf, type ParameterSet, parametersAt } from './grid.ts';
import { parameterSpelling, runIds } from './ids.ts';
import type { LeaderReplay, ShardRows } from './ports.ts';
import { resultColumns } from './result-columns.ts';
import { parityColumns, runShard } from './run-shard.ts';
import { createSimulator } from './simulate-run.ts';
import { barsPerYearOf } from './sweep-content.ts';

/** All that computing runs of a sweep takes, the same in a thread, in a function of the cloud and in a test. */
export interface SweepInputs {
  /** With content in place of paths, as `resolveSpec` gives it. */
  readonly spec: SweepSpec;
  readonly bars: Bars;
  readonly strategy: Strategy;
  /** sha256 of the sources of a strategy of one's own; null for a built-in one. */
  readonly strategyCode: string | null;
}

/** Computes the shards of one sweep on one thread, and replays its runs. */
export interface ShardEngine {
  readonly grid: Grid;
  /** Throws only what `between`, which is called before each run, throws. */
  runShard(shard: number, between?: () => void): ShardRows;
  /** Replays one run from the `params` of its row; throws what the run throws. */
  replay(params: string, withParity: boolean): LeaderReplay;
}

/** An engine for the shards of a plan. */
export function createShardEngine(plan: Plan, inputs: SweepInputs): ShardEngine {
  const { spec, bars, strategy, strategyCode } = inputs;
  const grid = gridOf(spec);
  const barsPerYear = barsPerYearOf(spec, bars);
  const { riskFreeRate, snap } = spec;
  const simulator = createSimulator({ bars, strategy, barsPerYear, riskFreeRate });
  const context = {
    plan,
    spec,
    grid,
    columns: resultColumns(grid),
    axes: axisColumns(grid),
    simulator,
    bars,
    runId: runIds({
      datasetId: spec.bars,
      bars,
      strategyName: strategy.name,
      strategyCode,
      barsPerYear,
      riskFreeRate,
      snap,
    }),
    spell: parameterSpelling(),
  };
  return {
    grid,
    runShard: (shard, between) => runShard(context, shard, between),
    replay(params, withParity) {
      const run = simulator.run(parameterSet(params, grid), withParity);
      const { valueAtRisk, conditionalValueAtRisk } = tailRisk(run.returns);
      return {
        var_5: valueAtRisk,
        cvar_5: conditionalValueAtRisk,
        parity: run.parity && parityColumns(run.parity),
      };
    },
  };
}

/** The parameter set that the column `params` spells. */
export function parameterSet(params: string, grid: Grid): ParameterSet {
  const set = JSON.parse(params) as ParameterSet;
  const { fillPreset } = parametersAt(grid, 0);
  return { ...set, fillPreset, fill: fillModel(fillPreset, set.fill) };
}
