import { createLedger, type RunTotals } from '../../src/core/execution/ledger.ts';
import type { FillModel } from '../../src/core/fill-model.ts';
import type { MetricInput } from '../../src/core/metrics/metric.ts';
import { createReturnStats, type ReturnStats, returnStats } from '../../src/core/metrics/return-stats.ts';
import { configOf } from './config.ts';

/** A run that did nothing. */
export const NO_TRADES: RunTotals = createLedger(0).totals;

/** The stats of an equity curve in arrays of their own. */
export function statsOf(
  equity: readonly number[],
  cash = 100,
  drawdownFrom: FillModel['drawdownFrom'] = 'initial_cash',
): ReturnStats {
  const values = Float64Array.from(equity);
  const returns = new Float64Array(equity.length);
  return returnStats(values, equity.length, cash, drawdownFrom, returns, createReturnStats());
}

/** The equity that these returns make of the cash. */
export function compounded(returns: readonly number[], cash = 100): number[] {
  let equity = cash;
  return returns.map((r) => {
    equity *= 1 + r;
    return equity;
  });
}

/** What metrics are computed from, of an equity curve and of totals and configuration where the test names them. */
export function metricInput(
  equity: readonly number[],
  totals: Partial<RunTotals> = {},
  config: { barsPerYear?: number; riskFreeRate?: number } = {},
): MetricInput {
  const run = configOf({ cash: 100, ...config });
  return { returns: statsOf(equity, run.cash), totals: { ...NO_TRADES, ...totals }, config: run };
}
