/** A query that Athena offers by name. */
export interface NamedQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Stands in the queries where the id of a sweep belongs: 32 hex digits; as it is, they find nothing. */
export const SWEEP_ID_PLACEHOLDER = '00000000000000000000000000000000';

const SWEEP = `sweep_id = '${SWEEP_ID_PLACEHOLDER}'`;
/** A resumed sweep has published more than once; its last generation holds. */
const newest = (table: string) =>
  `${SWEEP}\n  AND generation = (SELECT max(generation) FROM ${table} WHERE ${SWEEP})`;

/** The queries a review begins with; each runs on DuckDB as well, where `json_extract_scalar` is a macro. */
export const NAMED_QUERIES: readonly NamedQuery[] = [
  {
    name: 'leaderboard',
    description: 'The best runs of a sweep with what they are usually judged by.',
    sql: `SELECT rank, run_id, objective, total_return, sharpe, max_drawdown, turnover, orders,
  parity_status, params
FROM leaderboard
WHERE ${newest('leaderboard')}
ORDER BY rank
LIMIT 100`,
  },
  {
    name: 'heatmap_slice',
    description: 'A metric over two axes, the others aggregated; put the names of your axes and metric.',
    sql: `SELECT json_extract_scalar(params, '$.params.lookback') AS x,
  json_extract_scalar(params, '$.stops.stopLoss') AS y,
  count(*) AS runs, avg(sharpe) AS mean_sharpe, max(sharpe) AS best_sharpe
FROM runs
WHERE ${SWEEP}
  AND status = 'ok'
GROUP BY 1, 2
ORDER BY 1, 2`,
  },
  {
    name: 'parity_audit',
    description: 'How often both engines were compared, and what became of it, by class of the dense mode.',
    sql: `SELECT parity_status, dense_class, runs, reentries_dense, drift_turnover, drift_fees
FROM parity_metrics
WHERE ${newest('parity_metrics')}
ORDER BY parity_status, dense_class`,
  },
  {
    name: 'memory',
    description: 'What sparse instructions save against the dense matrix of the same content.',
    sql: `SELECT runs, sparse_bytes, dense_bytes, memory_saving, least_saving, most_saving
FROM memory_metrics
WHERE ${newest('memory_metrics')}`,
  },
  {
    name: 'statistics',
    description: 'How much of the best run is chance: every statistic over all runs of a sweep.',
    sql: `SELECT name, item, value, detail
FROM statistics
WHERE ${newest('statistics')}`,
  },
  {
    name: 'failures_by_cause',
    description: 'Runs that failed and runs that placed no order, by cause.',
    sql: `SELECT coalesce(error, 'no order placed') AS cause, count(*) AS runs,
  min(run_id) AS example_run_id
FROM runs
WHERE ${SWEEP}
  AND (status = 'failed' OR orders = 0)
GROUP BY 1
ORDER BY 2 DESC, 1`,
  },
];
