import { type DuckDBConnection, DuckDBInstance, StatementType } from '@duckdb/node-api';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';

/** A value of a result as plain data; numbers beyond 2^53 are text. */
export type SqlValue =
  | null
  | boolean
  | number
  | string
  | readonly SqlValue[]
  | { readonly [name: string]: SqlValue };

/** What the values of a column are, as far as a file of them must know. */
export type SqlType = 'integer' | 'double' | 'boolean' | 'text';

/** The rows of one SELECT, piece by piece. */
export interface SqlRows {
  readonly columns: readonly string[];
  /** Of each column: whole numbers within 2^53, other numbers, flags, everything else. */
  readonly types: readonly SqlType[];
  /** Rows in order; a cell a column. */
  readonly rows: AsyncIterable<readonly SqlValue[]>;
}

/** An embedded database that sees nothing but its views. */
export interface ResultsDatabase {
  /** Runs one SELECT; InvalidInputError for any other statement and for SQL that is wrong. */
  select(sql: string): Promise<SqlRows>;
  close(): void;
}

/** Columns that a cloud table has because it is partitioned come from paths; ids of digits alone stay text. */
const READ = 'union_by_name = true, hive_partitioning = true, hive_types_autocast = false';

/**
 * Opens views over Parquet files of a directory, in SQL that means the same on Athena (7 / 2 = 3, and
 * `json_extract_scalar`).
 *
 * The database may read those files and nothing else, and only SELECT is run, so a query cannot change anything.
 * Files are named relative to the directory, which becomes the working directory of this process: DuckDB would take
 * `*` and `[` in the path of the directory as patterns.
 *
 * @param tables keys of the store by name of the view; a view without any is left out
 * @param views further views over those, by name, in the order in which they need each other
 * @throws OutsideError where a file cannot be read as Parquet
 */
export async function openResultsDatabase(
  directory: string,
  tables: Readonly<Record<string, readonly string[]>>,
  views: readonly { readonly name: string; readonly sql: string }[] = [],
): Promise<ResultsDatabase> {
  process.chdir(directory);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const close = () => {
    connection.closeSync();
    instance.closeSync();
  };
  try {
    await connection.run('SET integer_division = true');
    await connection.run('CREATE MACRO json_extract_scalar(json, path) AS json_extract_string(json, path)');
    await connection.run(`SET allowed_paths = [${Object.values(tables).flat().map(quoted).join(', ')}]`);
    for (const [name, keys] of Object.entries(tables)) {
      if (keys.length === 0) continue;
      const files = keys.map(quoted).join(', ');
      await connection.run(`CREATE VIEW "${name}" AS SELECT * FROM read_parquet([${files}], ${READ})`);
    }
    for (const { name, sql } of views) await connection.run(`CREATE VIEW "${name}" AS ${sql}`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } catch (cause) {
    close();
    throw new OutsideError(`${directory}: the results cannot be opened: ${firstLine(cause)}`, { cause });
  }
  const known = [
    ...Object.keys(tables).filter((name) => tables[name]!.length > 0),
    ...views.map(({ name }) => name),
  ];
  return { select: (sql) => select(connection, sql, known), close };
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function select(connection: DuckDBConnection, sql: string, known: readonly string[]): Promise<SqlRows> {
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) {
      throw new InvalidInputError(
        `SQL: expected one statement, found ${statements.count}; run them one by one`,
      );
    }
    const statement = await statements.prepare(0);
    if (statement.statementType !== StatementType.SELECT) {
      const found = StatementType[statement.statementType];
      throw new InvalidInputError(`SQL: expected a SELECT, since results are never changed, found ${found}`);
    }
    const result = await statement.stream();
    return {
      columns: result.deduplicatedColumnNames(),
      types: result.columnTypes().map((type) => typeOf(String(type))),
      rows: rowsOf(result, known),
    };
  } catch (error) {
    throw sqlError(error, known);
  }
}

/** Sums of integers are HUGEINT, which no other engine reads: they count as integers, decimals as numbers. */
function typeOf(type: string): SqlType {
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type)) return 'integer';
  if (/^(DOUBLE|FLOAT|DECIMAL)/.test(type)) return 'double';
  return type === 'BOOLEAN' ? 'boolean' : 'text';
}

async function* rowsOf(
  result: Awaited<ReturnType<DuckDBConnection['stream']>>,
  known: readonly string[],
): AsyncIterable<readonly SqlValue[]> {
  try {
    for await (const chunk of result.yieldRowsJs()) {
      for (const row of chunk) yield row.map(plainValue);
    }
  } catch (error) {
    throw sqlError(error, known);
  }
}

/** Errors of the SQL are the caller's, errors of files are not. */
function sqlError(error: unknown, known: readonly string[]): Error {
  if (error instanceof InvalidInputError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/^(IO|Internal|Fatal|Out of Memory|Serialization) Error|Parquet|No magic bytes/i.test(message)) {
    return new OutsideError(`the results cannot be read: ${firstLine(error)}`, { cause: error });
  }
  const hint = /^Catalog Error: Table/.test(message) ? `\nTables: ${known.join(', ')}` : '';
  return new InvalidInputError(`SQL: ${message.trim()}${hint}`, { cause: error });
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0];

function plainValue(value: unknown): SqlValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainValue(member)]));
}
