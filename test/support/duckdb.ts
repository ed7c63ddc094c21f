import { DuckDBInstance } from '@duckdb/node-api';

/** Runs SQL on a fresh DuckDB in memory and gives the rows of the last statement, as arrays of JavaScript values. */
export async function duckdb(...statements: string[]): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    let rows: unknown[][] = [];
    for (const sql of statements)
      rows = (await (await connection.runAndReadAll(sql)).getRowsJS()) as unknown[][];
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
