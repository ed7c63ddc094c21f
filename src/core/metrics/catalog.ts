import { cagr } from './cagr.ts';
import { calmar } from './calmar.ts';
import { EXECUTION_COUNTS, finalEquity, TRADE_COUNTS } from './counts.ts';
import { excessKurtosis } from './excess-kurtosis.ts';
import { exposure } from './exposure.ts';
import { maxDrawdown } from './max-drawdown.ts';
import { maxDrawdownBars } from './max-drawdown-bars.ts';
import type { Metric } from './metric.ts';
import { omega } from './omega.ts';
import { profitFactor } from './profit-factor.ts';
import { sharpe } from './sharpe.ts';
import { skewness } from './skewness.ts';
import { sortino } from './sortino.ts';
import { totalReturn } from './total-return.ts';
import { turnover } from './turnover.ts';
import { volatility } from './volatility.ts';
import { winRate } from './win-rate.ts';

/** Every statistic of a run, in the order of the columns of a row. */
export const METRICS: readonly Metric[] = [
  totalReturn,
  cagr,
  volatility,
  sharpe,
  sortino,
  maxDrawdown,
  maxDrawdownBars,
  calmar,
  omega,
  skewness,
  excessKurtosis,
  finalEquity,
  ...TRADE_COUNTS,
  winRate,
  profitFactor,
  turnover,
  exposure,
  ...EXECUTION_COUNTS,
];

/** The statistic of that column name; undefined where there is none. */
export function metricByName(name: string): Metric | undefined {
  return METRICS.find((metric) => metric.name === name);
}
