import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { stack } from './stack.ts';

const LIMIT_MS = 60_000;

/** Runs one query in the workgroup of the stack; the rows as objects of text, null where there is no value. */
export async function athena(sql: string): Promise<Record<string, string | null>[]> {
  const client = new AthenaClient({});
  try {
    const { QueryExecutionId } = await client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: stack.WorkGroup,
        QueryExecutionContext: { Database: stack.Database },
      }),
    );
    for (const until = Date.now() + LIMIT_MS; Date.now() < until; await sleep(250)) {
      const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
      const { State, StateChangeReason } = QueryExecution?.Status ?? {};
      if (State === 'FAILED' || State === 'CANCELLED')
        throw new Error(`${sql}: ${State}: ${StateChangeReason}`);
      if (State !== 'SUCCEEDED') continue;
      const { ResultSet } = await client.send(new GetQueryResultsCommand({ QueryExecutionId }));
      const [head, ...rows] = (ResultSet?.Rows ?? []).map(({ Data = [] }) =>
        Data.map(({ VarCharValue }) => VarCharValue ?? null),
      );
      return rows.map((cells) => Object.fromEntries(cells.map((cell, i) => [head![i], cell])));
    }
    throw new Error(`${sql}: expected an end within ${LIMIT_MS / 1000} s, found none`);
  } finally {
    client.destroy();
  }
}
