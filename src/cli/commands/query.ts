import { Command, Option } from 'commander';
import * as z from 'zod';
import { InvalidInputError } from '../../contracts/errors.ts';
import {
  type NamedSql,
  narrowed,
  PUBLISHED_TABLES,
  reviewQueries,
  reviewShape,
  reviewViews,
} from '../../contracts/review-sql.ts';
import type { SweepSpec } from '../../contracts/sweep-spec.ts';
import { getJson } from '../../sweep/json-objects.ts';
import { specKey } from '../../sweep/keys.ts';
import { readResolvedSpec } from '../../sweep/sweep-content.ts';
import { endpointOption } from '../cloud-options.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { dirOption, jsonOption } from '../options.ts';
import { openSweepViews } from '../sweep-views.ts';
import { colorsOf, print, printJson, widthOf, wrapped } from '../terminal.ts';
import { FORMATS, type Format, writeRows } from '../write-rows.ts';

interface Flags {
  readonly dir: string;
  readonly format?: Format;
  readonly out?: string;
  readonly json: boolean;
  readonly athena?: boolean;
  readonly stage: string;
  readonly endpoint?: string;
}

/** `backsweep query ID "SQL"`. */
export function queryCommand(): Command {
  return new Command('query')
    .description(
      'run one SELECT over the results of a sweep, here or on Athena; without SQL, list its tables and views',
    )
    .argument('<id>', 'beginning of the id of a sweep, or last')
    .argument(
      '[sql]',
      'a SELECT in the dialect of DuckDB or Athena, or the name of a ready query: leaderboard, slices, …',
    )
    .addOption(
      new Option('--format <format>', 'how rows are written (default: table, or what --out ends in)').choices(
        FORMATS,
      ),
    )
    .option('--out <file>', 'write to this file; Parquet needs one')
    .addOption(dirOption())
    .addOption(
      new Option('--athena', 'ask Athena over the bucket of a stack; the id in full').conflicts('dir'),
    )
    .addOption(
      new Option('--stage <name>', 'stage of the stack, for --athena').default('dev').env('BACKSWEEP_STAGE'),
    )
    .addOption(endpointOption())
    .addOption(jsonOption().hideHelp())
    .addHelpText(
      'after',
      `
Examples:
  $ backsweep query last                  # what there is to ask
  $ backsweep query last by_axis          # which axes matter
  $ backsweep query last "SELECT p_top, avg(sharpe) AS sharpe FROM runs GROUP BY p_top ORDER BY 2 DESC"
  $ backsweep query last "SELECT * FROM runs" --out runs.parquet
`,
    )
    .action(async (wanted: string, sql: string | undefined, flags: Flags) => {
      const format = formatOf(flags);
      if (flags.athena) return onAthena(wanted, sql, flags, format, flags.out);
      const store = await openSweeps(flags.dir);
      const sweepId = await findSweep(store, wanted);
      const spec = readResolvedSpec(await getJson(store, specKey(sweepId), z.unknown()));
      if (sql === undefined) return printReady(spec, flags.json);
      const database = await openSweepViews(flags.dir, store, sweepId);
      try {
        await writeRows(await database.select(readySql(sql, spec)), format, flags.out);
      } finally {
        database.close();
      }
    });
}

/** The format that was asked for, in words or by the end of a name. */
function formatOf({ json, format, out }: Flags): Format {
  const ending = FORMATS.find((each) => each !== 'table' && out?.toLowerCase().endsWith(`.${each}`));
  const chosen = json ? 'json' : (format ?? ending ?? 'table');
  if (chosen === 'table' && out !== undefined) {
    throw new InvalidInputError(
      `--out: expected a file that ends in .csv, .json or .parquet, found ${out}; or say --format`,
    );
  }
  if (chosen === 'parquet' && out === undefined && process.stdout.isTTY) {
    throw new InvalidInputError(
      '--format parquet: expected --out FILE or a pipe, found a terminal, which cannot show it',
    );
  }
  return chosen;
}

/** The SQL of a ready query, or of a bare name of a table; anything else is SQL itself. */
function readySql(sql: string, spec: SweepSpec | null): string {
  const name = sql.trim().toLowerCase();
  const ready = spec && reviewQueries(reviewShape(spec)).find((query) => query.name === name);
  if (ready) return ready.sql;
  return TABLES.some((each) => each.name === name) ? `SELECT * FROM ${name}` : sql;
}

/** What is made of the axes of a sweep. */
const NEEDS_AXES = /\b(slices|by_axis|failures|heatmap)\b|^\s*leaderboard\s*$/i;

const TABLES = [
  { name: 'runs', description: 'One row per run: parameters, every metric, parity, memory.' },
  ...Object.entries(PUBLISHED_TABLES).map(([name, description]) => ({ name, description })),
  {
    name: 'sweeps',
    description: 'One row per published generation of every sweep of the directory or stack.',
  },
];

function printReady(spec: SweepSpec, json: boolean) {
  const queries = reviewQueries(reviewShape(spec));
  const views = reviewViews(reviewShape(spec));
  if (json) return printJson({ queries, views, tables: TABLES });
  const others = views.filter(({ name }) => !TABLES.some((each) => each.name === name));
  const all = [...TABLES, ...others];
  const room = Math.max(...[...queries, ...all].map(({ name }) => name.length)) + 2;
  const list = (named: readonly Omit<NamedSql, 'sql'>[]) => {
    for (const { name, description } of named) {
      print(wrapped(`${name.padEnd(room)}${description}`, widthOf(process.stdout), room));
    }
  };
  const { bold } = colorsOf(process.stdout);
  print(bold('Ready queries: backsweep query ID NAME'));
  list(queries);
  print(bold('\nTables and views for SQL of your own; DESCRIBE NAME lists the columns'));
  list(all);
}

/** Names follow from the stage, as the stack makes them; the client is loaded only where it is used. */
async function onAthena(
  sweepId: string,
  sql: string | undefined,
  { stage, endpoint, json }: Flags,
  format: Format,
  out: string | undefined,
): Promise<void> {
  if (!/^[0-9a-f]{32}$/.test(sweepId)) {
    throw new InvalidInputError(
      `sweep ${JSON.stringify(sweepId)}: expected an id in full for --athena; \`backsweep list --json --api URL\` shows it`,
    );
  }
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(stage)) {
    throw new InvalidInputError(
      `--stage: expected a name of at most 20 of a-z, 0-9 and -, found ${JSON.stringify(stage)}`,
    );
  }
  const { queryAthena } = await import('../../adapters/athena/athena-query.ts');
  const database = `backsweep_${stage.replaceAll('-', '_')}`;
  const ask = (text: string) => queryAthena(text, { workGroup: `backsweep-${stage}`, database, endpoint });
  const spec = async () => {
    const { rows } = await ask(
      `SELECT spec FROM "${database}".sweeps WHERE sweep_id = '${sweepId}' ORDER BY generation DESC LIMIT 1`,
    );
    for await (const [text] of rows) return readResolvedSpec(JSON.parse(String(text)));
    throw new InvalidInputError(
      `sweep ${sweepId}: expected one that was published, whose axes the views are made of, found none in the table sweeps; wait for its end, or ask runs`,
    );
  };
  if (sql === undefined) return printReady(await spec(), json);
  // The text of the views depends on the axes of the sweep: they are looked up only where a view is named.
  const known = NEEDS_AXES.test(sql) ? await spec() : null;
  const views = known ? reviewViews(reviewShape(known)) : [];
  await writeRows(await ask(narrowed(readySql(sql, known), sweepId, views, database)), format, out);
}
