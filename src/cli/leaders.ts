import type { AxisColumn } from '../contracts/result-row.ts';
import { METRICS, metricByName } from '../core/metrics/catalog.ts';
import { axisText } from './axis-text.ts';
import { metricText, shortId } from './format.ts';
import { blockSparkline } from './sparkline.ts';
import { table } from './table.ts';

/** A row of results by column; what a run is, its axes, its metrics. */
export type RunRow = Readonly<Record<string, unknown>>;

const SHOWN = ['total_return', 'cagr', 'sharpe', 'max_drawdown', 'orders'];

/** What a leader did on bars held back from the ranking, where there are any. */
const HOLDOUT = [
  ['holdout_sharpe', 'ratio'],
  ['holdout_total_return', 'fraction'],
] as const;

/** The metrics that a list of runs shows: the one it is ranked by first, then the usual ones. */
export const shownMetrics = (rankedBy: string) => [rankedBy, ...SHOWN.filter((name) => name !== rankedBy)];

/**
 * A table of runs, best first: rank, beginning of the id, the axes that vary, the main metrics, those of a holdout, and the
 * course of equity as the running total of the block sums of returns that every row carries. Narrow terminals show fewer columns.
 */
export function leadersTable(
  rows: readonly RunRow[],
  axes: readonly Pick<AxisColumn, 'column'>[],
  rankedBy: string,
): string {
  const metrics = shownMetrics(rankedBy).map((name) => metricByName(name)!);
  const heldOut = HOLDOUT.filter(([name]) => rows.some((row) => numberOf(row[name]) !== null));
  const names = axes.map(({ column }) => column.slice('p_'.length));
  const spare = ['orders', 'cagr', 'total_return', 'max_drawdown', 'sharpe'].filter(
    (name) => name !== rankedBy,
  );
  return table(
    ['#', 'run', ...names, ...metrics.map(({ name }) => name), ...heldOut.map(([name]) => name), 'equity'],
    rows.map((row, i) => [
      i + 1,
      shortId(String(row.run_id)),
      ...axes.map(({ column }) => axisText(row[column])),
      ...metrics.map(({ name, unit }) => metricText(unit, numberOf(row[name]))),
      ...heldOut.map(([name, unit]) => metricText(unit, numberOf(row[name]))),
      blockSparkline(row),
    ]),
    { spare: [...spare, 'holdout_total_return', 'equity', ...[...names].reverse()] },
  );
}

/** Rows for machines: everything that identifies a run, its parameters parsed, and every metric. */
export function leadersJson(rows: readonly RunRow[]): unknown[] {
  return rows.map((row, i) => ({
    rank: i + 1,
    run_index: numberOf(row.run_index),
    run_id: row.run_id,
    params: JSON.parse(String(row.params)),
    metrics: Object.fromEntries(METRICS.map(({ name }) => [name, numberOf(row[name])])),
    parity_status: row.parity_status,
  }));
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && !Number.isNaN(value) ? value : null;
}
