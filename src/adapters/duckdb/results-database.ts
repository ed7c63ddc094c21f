import { resolve } from 'node:path';
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
  /** Runs one SELECT, beside others where they are still being read; InvalidInputError for any other statement and for SQL that is wrong. */
  select(sql: string): Promise<SqlRows>;
  close(): void;
}

/** The column that a cloud table has because it is partitioned, from the end of the path. */
const PARTITION = "regexp_extract(filename, 'sweep_id=([0-9a-f]+)[/\\\\][^/\\\\]+$', 1) AS sweep_id";

/**
 * Opens views over Parquet files of a directory, in SQL that means the same on Athena (7 / 2 = 3, and
 * `json_extract_scalar`).
 *
 * The database may read those files and nothing else, and only SELECT is run, so a query cannot change anything.
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
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const open = new Set([connection]);
  const close = () => {
    for (const each of open) each.closeSync();
    instance.closeSync();
  };
  try {
    await connection.run('SET GLOBAL integer_division = true');
    await connection.run('CREATE MACRO json_extract_scalar(json, path) AS json_extract_string(json, path)');
    const paths = Object.values(tables).flatMap((keys) => keys.map((key) => resolve(directory, key)));
    const allowed = new Set(paths.flatMap((path) => [path, literally(path)]));
    await connection.run(`SET allowed_paths = [${[...allowed].map(quoted).join(', ')}]`);
    for (const [name, keys] of Object.entries(tables)) {
      if (keys.length > 0) await connection.run(`CREATE VIEW "${name}" AS ${readSql(directory, keys)}`);
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
  // A connection reads one result at a time: the next would cut off the one before.
  const selectAlone = async (sql: string) => {
    const own = await instance.connect();
    open.add(own);
    const done = () => {
      if (open.delete(own)) own.closeSync();
    };
    try {
      return await select(own, sql, known, done);
    } catch (error) {
      done();
      throw error;
    }
  };
  return { select: selectAlone, close };
}

function readSql(directory: string, keys: readonly string[]): string {
  const files = keys.map((key) => quoted(literally(resolve(directory, key)))).join(', ');
  const read = `read_parquet([${files}], union_by_name = true, hive_partitioning = false`;
  return keys.every((key) => key.includes('sweep_id='))
    ? `SELECT * EXCLUDE (filename), ${PARTITION} FROM ${read}, filename = true)`
    : `SELECT * FROM ${read})`;
}

/** A path as a pattern that matches nothing else; DuckDB takes `*`, `?` and `[` as patterns. */
const literally = (path: string) => path.replace(/[*?[]/g, '[$&]');
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function select(
  connection: DuckDBConnection,
  sql: string,
  known: readonly string[],
  done: () => void,
): Promise<SqlRows> {
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
      rows: rowsOf(result, known, done),
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
  done: () => void,
): AsyncIterable<readonly SqlValue[]> {
  try {
    for await (const chunk of result.yieldRowsJs()) {
      for (const row of chunk) yield row.map(plainValue);
    }
  } catch (error) {
    throw sqlError(error, known);
  } finally {
    done();
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
