import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Athena on loopback: what it is asked runs on DuckDB. */
export interface AthenaServer {
  readonly endpoint: string;
  /** What each query was started with. */
  readonly started: { QueryString: string; WorkGroup: string; QueryExecutionContext: { Database: string } }[];
  /** Chooses the answer to an operation instead; null for the real one. */
  instead: (operation: string) => { status: number; body: object } | null;
  stop(): Promise<void>;
}

const PAGE = 2;
const TYPES: Readonly<Record<string, string>> = {
  INTEGER: 'integer',
  BIGINT: 'bigint',
  DOUBLE: 'double',
  BOOLEAN: 'boolean',
};

interface Query {
  looks: number;
  readonly names: string[];
  readonly types: string[];
  readonly rows: (string | undefined)[][];
  readonly error: string | null;
}

/** Starts it over tables that SQL makes: a query is running when it is first looked at, results come in pages of two rows. */
export async function startAthena(setup: readonly string[]): Promise<AthenaServer> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const sql of setup) await connection.run(sql);
  const queries: Query[] = [];

  async function answer(operation: string, input: Record<string, string>): Promise<object> {
    if (operation === 'StartQueryExecution') {
      athena.started.push(input as unknown as AthenaServer['started'][number]);
      queries.push(await execute(connection, input.QueryString!));
      return { QueryExecutionId: String(queries.length - 1) };
    }
    const query = queries[Number(input.QueryExecutionId)]!;
    if (operation === 'GetQueryExecution') {
      const failed = { State: 'FAILED', StateChangeReason: query.error, AthenaError: { ErrorCategory: 2 } };
      const Status =
        query.looks++ === 0 ? { State: 'RUNNING' } : query.error ? failed : { State: 'SUCCEEDED' };
      return { QueryExecution: { Status } };
    }
    const { names, types, rows } = query;
    const start = Number(input.NextToken ?? 0);
    const all = [names, ...rows];
    return {
      ...(start + PAGE < all.length && { NextToken: String(start + PAGE) }),
      ResultSet: {
        ResultSetMetadata: { ColumnInfo: names.map((Name, i) => ({ Name, Type: types[i] })) },
        Rows: all
          .slice(start, start + PAGE)
          .map((row) => ({ Data: row.map((cell) => (cell === undefined ? {} : { VarCharValue: cell })) })),
      },
    };
  }

  const server = createServer(async (message, response) => {
    let body = '';
    for await (const chunk of message) body += chunk;
    const operation = String(message.headers['x-amz-target']).replace('AmazonAthena.', '');
    const given = athena.instead(operation) ?? {
      status: 200,
      body: await answer(operation, JSON.parse(body)),
    };
    response.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const athena: AthenaServer = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    started: [],
    instead: () => null,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      connection.closeSync();
      instance.closeSync();
    },
  };
  return athena;
}

async function execute(connection: DuckDBConnection, sql: string): Promise<Query> {
  try {
    const reader = await connection.runAndReadAll(sql);
    return {
      looks: 0,
      names: reader.columnNames(),
      types: reader.columnTypes().map((type) => TYPES[String(type)] ?? 'varchar'),
      rows: reader.getRows().map((row) => row.map((cell) => (cell === null ? undefined : String(cell)))),
      error: null,
    };
  } catch (error) {
    return { looks: 0, names: [], types: [], rows: [], error: (error as Error).message };
  }
}
