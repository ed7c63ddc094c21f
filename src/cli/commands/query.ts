import { Command, Option } from 'commander';
import type { SqlRows, SqlValue } from '../../adapters/duckdb/results-database.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import { SWEEP_TABLES } from '../../sweep/keys.ts';
import { endpointOption } from '../cloud-options.ts';
import { findSweep, openSweeps } from '../find-sweep.ts';
import { dirOption, jsonOption } from '../options.ts';
import { openSweepViews } from '../sweep-views.ts';
import { table } from '../table.ts';
import { note, print, printable } from '../terminal.ts';

/** A table has to be measured before it is printed; other formats have no limit. */
const TABLE_ROWS = 1_000;

interface Flags {
  readonly dir: string;
  readonly format: 'table' | 'csv' | 'json';
  readonly json: boolean;
  readonly athena?: boolean;
  readonly stage: string;
  readonly endpoint?: string;
}

/** `backsweep query ID "SQL"`. */
export function queryCommand(): Command {
  return new Command('query')
    .description(
      `run one SELECT over the results of a sweep: tables runs, ${SWEEP_TABLES.join(', ')}, sweeps`,
    )
    .argument('<id>', 'beginning of the id of a sweep, or last')
    .argument('<sql>', 'a SELECT in the dialect of DuckDB; DESCRIBE runs lists the columns')
    .addOption(
      new Option('--format <format>', 'how rows are printed')
        .choices(['table', 'csv', 'json'])
        .default('table'),
    )
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
      '\nExample:\n  $ backsweep query last "SELECT p_top, avg(sharpe) AS sharpe FROM runs GROUP BY p_top ORDER BY 2 DESC"\n',
    )
    .action(async (wanted: string, sql: string, flags: Flags) => {
      const { dir, format, json } = flags;
      const printer = PRINTERS[json ? 'json' : format];
      if (flags.athena) return printer(await athenaRows(wanted, sql, flags));
      const store = await openSweeps(dir);
      const database = await openSweepViews(dir, store, await findSweep(store, wanted));
      try {
        await printer(await database.select(sql));
      } finally {
        database.close();
      }
    });
}

/** Names follow from the stage, as the stack makes them; the client is loaded only where it is used. */
async function athenaRows(sweepId: string, sql: string, { stage, endpoint }: Flags): Promise<SqlRows> {
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
  const { narrowed, queryAthena } = await import('../../adapters/athena/athena-query.ts');
  const database = `backsweep_${stage.replaceAll('-', '_')}`;
  return queryAthena(narrowed(sql, sweepId, database), {
    workGroup: `backsweep-${stage}`,
    database,
    endpoint,
  });
}

const PRINTERS = { table: printTable, csv: printCsv, json: printRowsJson };

async function printTable({ columns, rows }: SqlRows): Promise<void> {
  const shown: string[][] = [];
  let more = false;
  for await (const row of rows) {
    more = shown.length === TABLE_ROWS;
    if (more) break;
    shown.push(row.map(cellText));
  }
  process.stdout.write(table(columns.map(printable), shown));
  if (more) note(`only the first ${TABLE_ROWS} rows; --format csv and json print all`);
}

async function printCsv({ columns, rows }: SqlRows): Promise<void> {
  print(columns.map(csvCell).join(','));
  for await (const row of rows) print(row.map((value) => csvCell(cellText(value))).join(','));
}

async function printRowsJson({ columns, rows }: SqlRows): Promise<void> {
  let before = '[';
  for await (const row of rows) {
    print(`${before}${JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]])))}`);
    before = ',';
  }
  print(before === '[' ? '[]' : ']');
}

/** The shortest text that means the value; '' for null. */
function cellText(value: SqlValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** RFC 4180. */
const csvCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
