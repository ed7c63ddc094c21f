import { Command, Option } from 'commander';
import * as z from 'zod';
import type { ResultsDatabase, SqlRows } from '../../adapters/duckdb/results-database.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import { axisColumns } from '../../contracts/result-row.ts';
import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import { METRICS } from '../../core/metrics/catalog.ts';
import type { Metric } from '../../core/metrics/metric.ts';
import { compileConstraints } from '../../sweep/constraints.ts';
import { gridOf } from '../../sweep/grid.ts';
import { getJson } from '../../sweep/json-objects.ts';
import { specKey } from '../../sweep/keys.ts';
import { sweepStatus } from '../../sweep/status.ts';
import { readResolvedSpec } from '../../sweep/sweep-content.ts';
import { checkMetric } from '../check-metric.ts';
import { apiOf, apiOption } from '../cloud-options.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { plural, shortId } from '../format.ts';
import { leadersJson, leadersTable, type RunRow } from '../leaders.ts';
import { dirOption, inDirectory, jsonOption, wholeNumber } from '../options.ts';
import { keys, openSweepViews } from '../sweep-views.ts';
import { colorsOf, print, printJson, widthOf, wrapped } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly by?: string;
  readonly where?: string;
  readonly n: number;
  readonly ascending?: boolean;
  readonly descending?: boolean;
  readonly constraints: boolean;
  readonly json: boolean;
}

/** `backsweep top ID`. */
export function topCommand(): Command {
  return new Command('top')
    .description('the best runs of a sweep, finished or not, by any metric')
    .argument('[id]', 'beginning of the id of a sweep, or last', 'last')
    .option('--by <metric>', 'the metric to rank by (default: the objective of the sweep file)')
    .option('--where <sql>', 'keep only runs for which this holds, over the columns of the table runs')
    .option('-n <rows>', 'number of runs', wholeNumber, 20)
    .addOption(new Option('--ascending', 'lowest first, whatever the metric').conflicts('descending'))
    .option('--descending', 'highest first, whatever the metric')
    .option('--no-constraints', 'also runs that the constraints of the sweep file keep out')
    .addOption(dirOption())
    .addOption(apiOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ backsweep top last --by calmar --where "max_drawdown > -0.2" -n 5\n',
    )
    .action(async (wanted: string, flags: Flags, command: Command) => {
      const address = apiOf(command);
      if (address !== null) return topInCloud(address, wanted, flags);
      const store = await openSweeps(flags.dir);
      const id = await findSweep(store, wanted);
      const spec = readResolvedSpec(await getJson(store, specKey(id), z.unknown()));
      const metric = checkMetric(flags.by ?? spec.objective.metric);
      const database = await openSweepViews(flags.dir, store, id);
      try {
        const { by, ascending, descending } = flags;
        const published = (await keys(store, `tables/leaderboard/sweep_id=${id}/`)).length > 0;
        const asked = by !== undefined || ascending === true || descending === true;
        const byLeaders = spec.objective.robust && published && !asked;
        const rows = await bestRuns(database, metric, spec, flags, byLeaders);
        if (flags.json) return printJson(leadersJson(rows));
        if (rows.length === 0) return print(`no run has a ${metric.name} and meets the conditions`);
        const ranked = `${lowestFirst(metric, flags) ? 'lowest' : 'highest'} ${metric.name} first`;
        print(
          `${plural(rows.length, 'run')}, ${byLeaders ? `best ${metric.name} with its neighbours first` : ranked}`,
        );
        process.stdout.write(leadersTable(rows, axisColumns(gridOf(spec)), metric.name));
        const [judgement] = (await sweepStatus(store, id)).summary?.verdict ?? [];
        if (judgement !== undefined && !asked) {
          const text = `Is the best run real? ${judgement} More: backsweep status ${shortId(id)}${inDirectory(flags.dir)}`;
          print(colorsOf(process.stdout).dim(wrapped(text, widthOf(process.stdout))));
        }
      } finally {
        database.close();
      }
    });
}

const lowestFirst = ({ direction }: Metric, { ascending, descending }: Flags) =>
  ascending ?? (descending ? false : direction === 'lower');

/** Place in the newest leaderboard: a robust objective is known to it alone; the runs that it does not list follow. */
const PUBLISHED_RANK = `(SELECT rank FROM leaderboard
  WHERE leaderboard.run_index = runs.run_index
    AND generation = (SELECT max(generation) FROM leaderboard)) NULLS LAST`;

/**
 * Rows in the order of the leaderboard: by the metric, then by run index.
 *
 * Ranked are the columns that decide; whole rows are read of the best alone, since a million of them fill the memory.
 */
async function bestRuns(
  database: ResultsDatabase,
  metric: Metric,
  spec: SweepSpec,
  flags: Flags,
  byLeaders: boolean,
): Promise<RunRow[]> {
  const direction = lowestFirst(metric, flags) ? 'ASC' : 'DESC';
  const order = `ORDER BY ${byLeaders ? `${PUBLISHED_RANK}, ` : ''}${metric.name} ${direction}, run_index`;
  // On lines of their own, so that a comment at the end of the condition hides nothing else.
  const where = flags.where === undefined ? '' : `AND (\n${flags.where}\n)`;
  const names = METRICS.map(({ name }) => name);
  const constraints = flags.constraints ? compileConstraints(spec.constraints, names) : [];
  const deciding = [...new Set(constraints.flatMap(({ metrics }) => metrics))];
  const limit = deciding.length === 0 ? `LIMIT ${flags.n}` : '';
  const ranked = await database.select(
    `SELECT ${['run_index', ...deciding].join(', ')} FROM runs WHERE status = 'ok' AND ${metric.name} IS NOT NULL ${where} ${order} ${limit}`,
  );
  const best: number[] = [];
  for await (const row of records(ranked)) {
    if (!constraints.every(({ holds }) => holds(row as Readonly<Record<string, number | null>>))) continue;
    best.push(row.run_index as number);
    if (best.length === flags.n) break;
  }
  if (best.length === 0) return [];
  const rows: RunRow[] = [];
  const whole = await database.select(`SELECT * FROM runs WHERE run_index IN (${best.join(', ')}) ${order}`);
  for await (const row of records(whole)) rows.push(row);
  return rows;
}

async function* records({ columns, rows }: SqlRows): AsyncIterable<RunRow> {
  for await (const cells of rows) yield Object.fromEntries(columns.map((name, i) => [name, cells[i]]));
}

/** The API ranks the published leaders and runs no SQL; the parts of the cloud are loaded only where they are used. */
async function topInCloud(address: string, wanted: string, flags: Flags): Promise<void> {
  const { where, ascending, descending, constraints } = flags;
  if (where !== undefined || ascending || descending || !constraints) {
    throw new InvalidInputError(
      'top --api: expected --by and -n alone, found another choice of runs; ' +
        '`backsweep query ID "SELECT …" --athena` ranks all runs',
    );
  }
  const { openSweepApi } = await import('../../adapters/http/sweep-api.ts');
  const { findCloudSweep, topCloud } = await import('../cloud-sweeps.ts');
  const api = openSweepApi(address);
  await topCloud(api, await findCloudSweep(api, wanted), flags);
}
