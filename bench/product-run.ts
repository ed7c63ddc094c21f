import { z } from 'zod';
import type { Portfolio } from '../src/contracts/run-settings.ts';
import type { InstructionMatrix } from '../src/core/instructions.ts';
import type { Strategy, StrategyEvent } from '../src/strategies/strategy.ts';
import type { ParameterSet } from '../src/sweep/grid.ts';
import { createSimulator, type SimulatedRun } from '../src/sweep/simulate-run.ts';
import type { Scenario } from './scenarios.ts';

const nullable = (value: number) => (Number.isNaN(value) ? null : value);

/**
 * One run of a scenario by the code that sweeps run, all metrics included, whichever engine that takes: call it again
 * and again. Like neighbours of a sweep that differ in costs and stops, the runs share their instructions.
 */
export function productRun({ bars, matrix, config }: Scenario): () => SimulatedRun {
  const { fill, stops, barsPerYear, riskFreeRate } = config;
  const strategy: Strategy = {
    name: 'given',
    params: z.object({}),
    warmup: () => 0,
    events: () => eventsOf(matrix, bars.symbols.length),
  };
  const portfolio: Portfolio = { ...config, allowShort: false, maxAssetWeight: 1 };
  const set: ParameterSet = {
    params: {},
    stops: {
      stopLoss: nullable(stops.stopLoss),
      trailingStop: nullable(stops.trailingStop),
      takeProfit: nullable(stops.takeProfit),
    },
    portfolio,
    fill,
    fillPreset: 'realistic',
  };
  const simulator = createSimulator({ bars, strategy, barsPerYear, riskFreeRate });
  return () => simulator.run(set, false);
}

function eventsOf(
  { rowBar, rowStart, cellAsset, cellWeight }: InstructionMatrix,
  assets: number,
): StrategyEvent[] {
  return Array.from(rowBar, (bar, row) => {
    const weights = new Float64Array(assets).fill(Number.NaN);
    for (let c = rowStart[row]!; c < rowStart[row + 1]!; c++) weights[cellAsset[c]!] = cellWeight[c]!;
    return { bar, weights };
  });
}
