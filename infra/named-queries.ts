import { type NamedSql, narrowed, reviewQueries, reviewViews } from '../src/contracts/review-sql.ts';

/** Stands in the queries where the id of a sweep belongs: 32 hex digits; as it is, they find nothing. */
export const SWEEP_ID_PLACEHOLDER = '00000000000000000000000000000000';

/** Axes and objective are a sweep's own: these are an example, to be replaced by those of the sweep. */
const EXAMPLE = {
  axes: ['params.lookback', 'stops.stopLoss'].map((path) => ({
    path,
    sql: `json_extract_scalar(params, '$.${path}')`,
  })),
  objective: 'sharpe',
  direction: 'higher',
} as const;

/** The queries that Athena offers by name: what `backsweep query ID NAME` asks, for a sweep with two axes. */
export const NAMED_QUERIES: readonly NamedSql[] = reviewQueries(EXAMPLE).map(({ sql, ...query }) => ({
  ...query,
  sql: narrowed(sql, SWEEP_ID_PLACEHOLDER, reviewViews(EXAMPLE)),
}));
