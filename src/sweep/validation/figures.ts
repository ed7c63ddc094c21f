import { type Annual, createSlices, isSliceMetric, type SlicedRun, sliceMetric } from './slice-metrics.ts';

/** NaN as null. */
export const nullable = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Objective and main metrics of all bars of an account; null where undefined. */
export function figuresOf(run: SlicedRun, objective: string, annual: Annual) {
  const slices = createSlices([[[0, run.returns.length]]]);
  slices.read(run);
  const stats = slices.of(0);
  const value = (name: string) =>
    stats !== null && isSliceMetric(name) ? nullable(sliceMetric(name, annual)(stats)) : null;
  return {
    objective: value(objective),
    total_return: value('total_return'),
    cagr: value('cagr'),
    volatility: value('volatility'),
    sharpe: value('sharpe'),
    max_drawdown: value('max_drawdown'),
  };
}

/** Mean of the values that are defined; null where none is. */
export function meanOf(values: readonly number[]): number | null {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.length === 0 ? null : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}
