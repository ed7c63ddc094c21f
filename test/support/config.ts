import { type FillModel, type FillPreset, fillModel } from '../../src/core/fill-model.ts';
import { NO_STOPS, type RunConfig, type StopRule } from '../../src/core/run-config.ts';

/** A run configuration without costs or stops, with what a test sets. */
export function configOf(
  given: Partial<Omit<RunConfig, 'stops' | 'fill'>> & {
    stops?: Partial<StopRule>;
    preset?: FillPreset;
    fill?: Partial<FillModel>;
  } = {},
): RunConfig {
  const { stops, preset = 'realistic', fill, ...rest } = given;
  return {
    cash: 10_000,
    feeRate: 0,
    fixedFee: 0,
    slippage: 0,
    maxLeverage: 1,
    lotSize: 0,
    minSize: 1e-8,
    minNotional: 0,
    barsPerYear: 252,
    riskFreeRate: 0,
    ...rest,
    stops: { ...NO_STOPS, ...stops },
    fill: fillModel(preset, fill),
  };
}
