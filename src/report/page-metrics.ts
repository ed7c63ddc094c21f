import { metricByName } from '../core/metrics/catalog.ts';
import type { ReportMetric } from './report-data.ts';

const SHOWN = [
  'total_return',
  'cagr',
  'sharpe',
  'max_drawdown',
  'orders',
  'turnover',
  'sortino',
  'calmar',
  'volatility',
  'max_drawdown_bars',
  'win_rate',
  'profit_factor',
  'exposure',
  'fees',
  'bars_stopped',
];

const REENTRIES_DENSE: ReportMetric = {
  name: 'reentries_dense',
  unit: 'count',
  direction: 'none',
  description:
    'Re-entries after a stop that the dense mode would have made; undefined unless the run was checked.',
};

/** The metrics of a page: the objective first, then the usual ones; each is a column of the results. */
export function pageMetrics(objective: string): ReportMetric[] {
  const names = [objective, ...SHOWN.filter((name) => name !== objective)];
  const metrics = names.map((name) => {
    const { unit, direction, description } = metricByName(name)!;
    return { name, unit, direction, description };
  });
  return [...metrics, REENTRIES_DENSE];
}
