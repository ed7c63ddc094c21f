import * as z from 'zod';
import {
  openResultsDatabase,
  type ResultsDatabase,
  type SqlValue,
} from '../adapters/duckdb/results-database.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { type ReviewShape, reviewShape } from '../contracts/review-sql.ts';
import { METRICS, metricByName } from '../core/metrics/catalog.ts';
import { getJson } from '../sweep/json-objects.ts';
import { resultPrefix, specKey } from '../sweep/keys.ts';
import type { Store } from '../sweep/ports.ts';
import { readResolvedSpec } from '../sweep/sweep-content.ts';
import { type Difference, differences, differencesText } from './differences.ts';
import { count, metricText, plural, shortId } from './format.ts';
import { shownMetrics } from './leaders.ts';
import { sweepOverview } from './sweep-overview.ts';
import { keys } from './sweep-views.ts';
import { table } from './table.ts';
import { colorsOf, printable } from './terminal.ts';

const LEADERS = 5;

type Row = Readonly<Record<string, SqlValue>>;

/** How the runs that two sweeps share differ in a metric; null where no pair has it. */
export interface MetricChange {
  readonly metric: string;
  readonly pairs: number;
  readonly identical: number;
  /** Of B − A. */
  readonly mean: number | null;
  readonly least: number | null;
  readonly most: number | null;
}

/** What two sweeps differ in. */
export interface SweepComparison {
  readonly sweeps: readonly {
    readonly sweepId: string;
    readonly name: string;
    readonly state: string;
    readonly runs: number;
  }[];
  readonly differences: readonly Difference[];
  readonly objective: string;
  /** By the objective of A, best first. */
  readonly leaders: readonly { readonly rank: number; readonly a: Row | null; readonly b: Row | null }[];
  /** Runs with the same id: the same run, so every metric must be the same bits. */
  readonly sameRuns: { readonly runs: number; readonly changes: readonly MetricChange[] };
  /** Runs that only what differs in the sweep files sets apart, not the same run: by the values of all axes, or where the
   * axes are not the same by all parameters. */
  readonly counterparts: {
    readonly by: 'axes' | 'params';
    readonly runs: number;
    readonly changes: readonly MetricChange[];
  };
}

/** Compares two sweeps of a directory over their rows. InvalidInputError where one has no results yet. */
export async function compareSweeps(
  dir: string,
  store: Store,
  ids: readonly [string, string],
): Promise<SweepComparison> {
  const specs = await Promise.all(ids.map((id) => getJson(store, specKey(id), z.unknown())));
  const shapes = specs.map((spec) => reviewShape(readResolvedSpec(spec)));
  const { objective } = shapes[0]!;
  const axesOf = ({ axes }: ReviewShape) => axes.map(({ path }) => path).join();
  const by = axesOf(shapes[0]!) === axesOf(shapes[1]!) ? 'axes' : 'params';
  const sweeps = await Promise.all(
    ids.map(async (sweepId) => {
      const { name, state, runs } = await sweepOverview(store, sweepId);
      return { sweepId, name, state, runs };
    }),
  );
  const [a, b] = await Promise.all(ids.map((id) => resultsOf(store, id)));
  const database = await openResultsDatabase(
    dir,
    { runs_a: a!, runs_b: b! },
    ['a', 'b'].map((name, i) => ({
      name,
      sql: `SELECT *, ${by === 'axes' ? axesSql(shapes[i]!) : 'params'} AS counterpart FROM runs_${name}`,
    })),
  );
  try {
    const leaders = await Promise.all([
      leadersOf(database, 'a', objective),
      leadersOf(database, 'b', objective),
    ]);
    return {
      sweeps,
      differences: differences(specs[0], specs[1]),
      objective,
      leaders: Array.from({ length: Math.max(leaders[0].length, leaders[1].length) }, (_, i) => ({
        rank: i + 1,
        a: leaders[0][i] ?? null,
        b: leaders[1][i] ?? null,
      })),
      sameRuns: await changes(database, objective, 'a.run_id = b.run_id'),
      counterparts: {
        by,
        ...(await changes(database, objective, 'a.counterpart = b.counterpart AND a.run_id <> b.run_id')),
      },
    };
  } finally {
    database.close();
  }
}

/** The values of all axes of a run as one text. */
const axesSql = ({ axes }: ReviewShape) =>
  `concat_ws(' ', '', ${['NULL', ...axes.map(({ sql }) => `coalesce(${sql}, 'null')`)].join(', ')})`;

async function resultsOf(store: Store, sweepId: string): Promise<string[]> {
  const found = await keys(store, resultPrefix(sweepId));
  if (found.length > 0) return found;
  const id = shortId(sweepId);
  throw new InvalidInputError(
    `sweep ${id}: expected results, found none yet; \`backsweep resume ${id}\` computes them`,
  );
}

async function rowsOf(database: ResultsDatabase, sql: string): Promise<Row[]> {
  const { columns, rows } = await database.select(sql);
  const list: Row[] = [];
  for await (const cells of rows) list.push(Object.fromEntries(columns.map((name, i) => [name, cells[i]!])));
  return list;
}

const leadersOf = (database: ResultsDatabase, sweep: 'a' | 'b', objective: string) =>
  rowsOf(
    database,
    `SELECT run_id, params, ${shownMetrics(objective).join(', ')} FROM ${sweep}
     WHERE status = 'ok' AND ${objective} IS NOT NULL
     ORDER BY ${objective} ${metricByName(objective)!.direction === 'lower' ? 'ASC' : 'DESC'}, run_index LIMIT ${LEADERS}`,
  );

async function changes(database: ResultsDatabase, objective: string, pairs: string) {
  const names = [...new Set([...shownMetrics(objective), ...METRICS.map(({ name }) => name)])];
  const each = names.map(
    (name, i) => `count(a.${name}) FILTER (b.${name} IS NOT NULL) AS pairs_${i},
      count(*) FILTER (a.${name} IS NOT DISTINCT FROM b.${name}) AS identical_${i},
      avg(b.${name} - a.${name}) AS mean_${i}, min(b.${name} - a.${name}) AS least_${i}, max(b.${name} - a.${name}) AS most_${i}`,
  );
  const [row] = await rowsOf(
    database,
    `SELECT count(*) AS runs, ${each.join(', ')} FROM a JOIN b ON ${pairs}`,
  );
  const number = (name: string) => (row![name] as number | null) ?? null;
  return {
    runs: number('runs')!,
    changes: names.map((metric, i) => ({
      metric,
      pairs: number(`pairs_${i}`)!,
      identical: number(`identical_${i}`)!,
      mean: number(`mean_${i}`),
      least: number(`least_${i}`),
      most: number(`most_${i}`),
    })),
  };
}

/** The comparison for a person. */
export function sweepComparisonText(comparison: SweepComparison): string {
  const { sweeps, differences: found, objective, leaders, sameRuns, counterparts } = comparison;
  const { bold } = colorsOf(process.stdout);
  const lines = sweeps.map(
    ({ sweepId, name, state, runs }, i) =>
      `${'AB'[i]}           ${printable(name)} (sweep ${shortId(sweepId)}): ${state.replaceAll('_', ' ')}, ${plural(runs, 'run')}`,
  );
  lines.push('', bold('What differs in the sweep files'), differencesText(found));
  const unit = metricByName(objective)!.unit;
  const cells = (row: Row | null) =>
    row === null ? ['', ''] : [shortId(String(row.run_id)), metricText(unit, row[objective] as number)];
  lines.push(bold(`Leaders by ${objective}, without constraints`));
  lines.push(
    table(
      ['#', 'run of A', objective, 'run of B', objective],
      leaders.map(({ rank, a, b }) => [rank, ...cells(a), ...cells(b)]),
    ),
  );
  lines.push(bold('Runs that both have'));
  lines.push(`same id     ${sharedText(sameRuns)}`);
  const { by } = counterparts;
  lines.push(`${`same ${by}`.padEnd(11)} ${sharedText(counterparts)}`);
  return lines.join('\n');
}

function sharedText({ runs, changes: all }: SweepComparison['sameRuns']): string {
  if (runs === 0) return 'none';
  const changed = all.filter(({ identical }) => identical < runs);
  if (changed.length === 0) return `${plural(runs, 'run')}, every metric the same bits`;
  const rows = changed.slice(0, 12).map(({ metric, identical, mean, least, most }) => {
    const text = (value: number | null) => metricText(metricByName(metric)!.unit, value) || '-';
    return [metric, count(runs - identical), text(mean), text(least), text(most)];
  });
  const rest = changed.length - rows.length;
  return `${plural(runs, 'run')}; ${plural(changed.length, 'metric')} differ\n${table(
    ['metric', 'runs that differ', 'mean B - A', 'least', 'most'],
    rows,
    { spare: ['least', 'most'] },
  )}${rest > 0 ? `and ${plural(rest, 'other metric')}: --json has all\n` : ''}`;
}
