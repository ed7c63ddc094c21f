import { FILL_PRESETS, type FillPreset, fillModel } from '../core/fill-model.ts';
import { metricByName } from '../core/metrics/catalog.ts';
import { axisFields, type SweepSpec } from './sweep-spec.ts';

/** Tables that a sweep publishes once per generation, with what they hold; besides them there are `runs` and `sweeps`. */
export const PUBLISHED_TABLES = {
  leaderboard: 'The best runs, best first, with their tail risk.',
  parity_metrics: 'Outcome of the parity checks by status and class of the dense mode.',
  memory_metrics: 'Memory of the instructions, sparse against dense.',
  statistics: 'How much of the best run is chance: one row per statistic.',
  plateaus: 'The best runs with what stands around them on the grid, and how much of them is luck.',
  walk_forward: 'What each window of a walk-forward chose, and how that fared in its test.',
  walk_forward_equity: 'The account that followed every choice of a walk-forward, bar by bar.',
} as const;

/** A table that a sweep publishes once per generation. */
export type PublishedTable = keyof typeof PUBLISHED_TABLES;

/** Their names, in the order in which they are listed. */
export const SWEEP_TABLES = Object.keys(PUBLISHED_TABLES) as readonly PublishedTable[];

/** A name that stands for a SELECT over the tables of a sweep; the same text on DuckDB and on Athena. */
export interface NamedSql {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** What of a sweep decides the text of its views. */
export interface ReviewShape {
  /** What is varied: the path of each axis, and the SQL of its value as text. */
  readonly axes: readonly { readonly path: string; readonly sql: string }[];
  /** Name of the metric that is the objective. */
  readonly objective: string;
  readonly direction: 'higher' | 'lower';
}

/** What `reviewViews` needs to know of a sweep. */
export function reviewShape(spec: SweepSpec): ReviewShape {
  const axes = axisFields(spec).map((path) => ({ path: path.join('.'), sql: axisSql(spec, path) }));
  const direction = metricByName(spec.objective.metric)?.direction === 'lower' ? 'lower' : 'higher';
  return { axes, objective: spec.objective.metric, direction };
}

/** The value of an axis as text: a member of the column `params`, which every table of every engine has. */
function axisSql(spec: SweepSpec, path: readonly string[]): string {
  return path.join('.') === 'fill.preset' ? presetSql(spec) : memberSql(path.join('.'));
}

const memberSql = (path: string) => `json_extract_scalar(params, '$.${path}')`;

/** `params` holds the fields that a preset stands for, not its name: the first preset whose free fields all fit. */
function presetSql({ fill }: SweepSpec): string {
  const presets = (fill as { preset?: readonly FillPreset[] }).preset ?? [];
  const free = Object.keys(FILL_PRESETS.realistic).filter((field) => !(field in fill));
  const cases = presets.map((preset) => {
    const model: Readonly<Record<string, unknown>> = { ...fillModel(preset) };
    const fits = free.map((field) => `${memberSql(`fill.${field}`)} = '${model[field]}'`);
    return `WHEN ${fits.join(' AND ')} THEN '${preset}'`;
  });
  return `CASE ${cases.join(' ')} END`;
}

const bestOf = ({ direction }: Pick<ReviewShape, 'direction'>) => (direction === 'lower' ? 'min' : 'max');

/**
 * The views that every sweep has besides its tables, each after those it needs.
 *
 * Means, medians and variances are over the runs with status `ok` whose objective is defined; constraints of the sweep
 * file filter the leaderboard alone. Text is kept to what DuckDB and Athena (Trino) read alike: no `median`, no `UNNEST`.
 */
export function reviewViews({ axes, objective, direction }: ReviewShape): readonly NamedSql[] {
  const best = bestOf({ direction });
  const measured = `status = 'ok' AND ${objective} IS NOT NULL`;
  const values = axes.map(
    ({ path, sql }, i) =>
      `  SELECT ${i} AS axis_index, '${path}' AS axis, ${sql} AS value, CAST(${objective} AS double) AS objective
  FROM runs WHERE ${measured}`,
  );
  const none =
    "  SELECT 0 AS axis_index, '' AS axis, '' AS value, CAST(0 AS double) AS objective FROM runs WHERE 1 = 0";
  return [
    {
      name: 'slices',
      description: `Each value of each axis: number of runs, mean, median and best ${objective}, whatever the other axes are.`,
      sql: `WITH valued AS (
${values.length === 0 ? none : values.join('\n  UNION ALL\n')}
),
placed AS (
  SELECT axis_index, axis, value, objective,
    row_number() OVER (PARTITION BY axis_index, value ORDER BY objective) AS place,
    count(*) OVER (PARTITION BY axis_index, value) AS runs
  FROM valued
)
SELECT axis_index, axis, value, try_cast(value AS double) AS number, count(*) AS runs,
  avg(objective) AS mean_objective,
  avg(CASE WHEN 2 * place IN (runs, runs + 1, runs + 2) THEN objective END) AS median_objective,
  ${best}(objective) AS best_objective
FROM placed
GROUP BY axis_index, axis, value`,
    },
    {
      name: 'by_axis',
      description: `How much each axis matters: spread of the means of its values, and its share of the variance of ${objective}.`,
      sql: `WITH total AS (
  SELECT avg(CAST(${objective} AS double)) AS mean, var_pop(CAST(${objective} AS double)) * count(*) AS squares
  FROM runs WHERE ${measured}
)
SELECT axis_index, axis, count(*) AS levels,
  max(mean_objective) - min(mean_objective) AS spread,
  sum(runs * (mean_objective - total.mean) * (mean_objective - total.mean)) / nullif(max(total.squares), 0) AS variance_share,
  ${best}_by(value, mean_objective) AS best_value, ${best}(mean_objective) AS best_mean
FROM slices CROSS JOIN total
GROUP BY axis_index, axis`,
    },
    FAILURES,
  ];
}

const FAILURES: NamedSql = {
  name: 'failures',
  description: 'Runs that failed and runs that placed no order: cause, number, and the id of the first.',
  sql: `SELECT coalesce(error, 'no order placed') AS cause, count(*) AS runs,
  min_by(run_id, run_index) AS example_run_id
FROM runs
WHERE status = 'failed' OR orders = 0
GROUP BY coalesce(error, 'no order placed')`,
};

/** The questions that a review begins with, each a SELECT over the tables and views of a sweep. */
export function reviewQueries(shape: ReviewShape): readonly NamedSql[] {
  const { axes, objective } = shape;
  const [slices, byAxis, failures] = reviewViews(shape);
  const named = axes.map(({ path, sql }) => `${sql} AS "${path.slice(path.indexOf('.') + 1)}"`);
  const [x, y] = axes;
  const heatmap: NamedSql[] = [];
  if (x && y) {
    heatmap.push({
      name: 'heatmap',
      description: `Mean and best ${objective} over two axes, ${x.path} and ${y.path}, whatever the others are.`,
      sql: `SELECT ${x.sql} AS x, ${y.sql} AS y,
  count(*) AS runs, avg(${objective}) AS mean_objective, ${bestOf(shape)}(${objective}) AS best_objective
FROM runs
WHERE status = 'ok'
GROUP BY ${x.sql}, ${y.sql}
ORDER BY try_cast(${x.sql} AS double), x, try_cast(${y.sql} AS double), y`,
    });
  }
  return [
    {
      name: 'leaderboard',
      description: PUBLISHED_TABLES.leaderboard,
      sql: `SELECT ${['rank', 'run_id', ...named].join(', ')}, objective, total_return, sharpe, max_drawdown, turnover, orders,
  parity_status
FROM leaderboard
ORDER BY rank
LIMIT 100`,
    },
    { ...slices!, sql: 'SELECT * FROM slices ORDER BY axis_index, number, value' },
    { ...byAxis!, sql: 'SELECT * FROM by_axis ORDER BY variance_share DESC, axis_index' },
    ...heatmap,
    { ...failures!, sql: 'SELECT * FROM failures ORDER BY runs DESC, cause' },
    {
      name: 'parity_metrics',
      description: PUBLISHED_TABLES.parity_metrics,
      sql: `SELECT parity_status, dense_class, runs, reentries_dense, drift_turnover, drift_fees
FROM parity_metrics
ORDER BY parity_status, dense_class`,
    },
    {
      name: 'memory_metrics',
      description: PUBLISHED_TABLES.memory_metrics,
      sql: 'SELECT runs, sparse_bytes, dense_bytes, memory_saving, least_saving, most_saving FROM memory_metrics',
    },
    {
      name: 'statistics',
      description: PUBLISHED_TABLES.statistics,
      sql: 'SELECT name, item, value, detail FROM statistics',
    },
    {
      name: 'plateaus',
      description: PUBLISHED_TABLES.plateaus,
      sql: `SELECT rank, run_id, objective, robust_objective, neighbours, missing_neighbours, neighbour_mean,
  neighbour_worst, share_within_10_percent, cluster, psr, deflated_sharpe
FROM plateaus
ORDER BY rank
LIMIT 100`,
    },
  ];
}

/**
 * A statement for Athena with its tables narrowed to one sweep and the views in front, so that the same SQL means the
 * same as on a directory: `WITH runs AS (SELECT * FROM runs WHERE sweep_id = …), …`, as far as it names them. Of what a
 * sweep published the last generation holds; `sweeps` has all.
 *
 * @param sweepId 32 hex digits, checked by the caller
 * @param database in which the tables are looked up; default: that of the query
 */
export function narrowed(
  sql: string,
  sweepId: string,
  views: readonly NamedSql[],
  database?: string,
): string {
  const mine = `sweep_id = '${sweepId}'`;
  const source = (table: string) => (database === undefined ? table : `"${database}"."${table}"`);
  const published = (table: string) => {
    const newest = `SELECT max(generation) FROM ${source(table)} WHERE ${mine}`;
    return `SELECT * FROM ${source(table)}\n  WHERE ${mine} AND generation = (${newest})`;
  };
  const relations = [
    { name: 'runs', sql: `SELECT * FROM ${source('runs')} WHERE ${mine}` },
    ...SWEEP_TABLES.map((name) => ({ name, sql: published(name) })),
    ...views,
  ];
  const named = (text: string) => relations.filter(({ name }) => new RegExp(`\\b${name}\\b`, 'i').test(text));
  const needed = new Set(named(sql));
  for (const relation of needed) for (const other of named(relation.sql)) needed.add(other);
  const parts = relations
    .filter((relation) => needed.has(relation))
    .map((relation) => `${relation.name} AS (\n  ${relation.sql}\n)`);
  if (parts.length === 0) return sql;
  const own = /^\s*with\s+/i.exec(sql);
  return own
    ? `WITH ${parts.join(',\n')},\n${sql.slice(own[0].length)}`
    : `WITH ${parts.join(',\n')}\n${sql}`;
}
