import { setTimeout as sleep } from 'node:timers/promises';
import {
  AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type Row,
  StartQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { checkSweepId, SWEEP_TABLES } from '../../sweep/keys.ts';

/** A cell of a row of Athena: numbers and booleans by the type of their column, all else as Athena writes it. */
export type AthenaValue = string | number | boolean | null;

/** The rows of a query, page by page; a cell a column. */
export interface AthenaRows {
  readonly columns: readonly string[];
  readonly rows: AsyncIterable<readonly AthenaValue[]>;
}

/** Where a query runs. */
export interface AthenaTarget {
  readonly workGroup: string;
  readonly database: string;
  /** Address of an emulator; default: AWS. */
  readonly endpoint?: string | undefined;
}

const FIRST_LOOK_MS = 150;
const LONGEST_PAUSE_MS = 2_000;
/** Tables of which Athena must be told the sweep, since it is what finds their partitions. */
const BY_SWEEP = ['runs', ...SWEEP_TABLES] as const;

/**
 * The statement with its tables narrowed to one sweep, so that the same SQL means the same on a local directory: in
 * front of it come `WITH runs AS (SELECT * FROM "database"."runs" WHERE sweep_id = …)` and so on; `sweeps` has all.
 */
export function narrowed(sql: string, sweepId: string, database: string): string {
  const tables = BY_SWEEP.map(
    (name) =>
      `${name} AS (SELECT * FROM "${database}"."${name}" WHERE sweep_id = '${checkSweepId(sweepId)}')`,
  ).join(',\n');
  const own = /^\s*with\s+/i.exec(sql);
  return own ? `WITH ${tables},\n${sql.slice(own[0].length)}` : `WITH ${tables}\n${sql}`;
}

/**
 * Runs one SELECT on Athena, with the credentials of the environment, and waits for its end.
 *
 * @throws InvalidInputError for SQL that is wrong, OutsideError for a refusal or a failure of the service
 */
export async function queryAthena(
  sql: string,
  { workGroup, database, endpoint }: AthenaTarget,
): Promise<AthenaRows> {
  const client = new AthenaClient({ ...(endpoint !== undefined && { endpoint }), maxAttempts: 5 });
  const started = await asked(workGroup, () =>
    client.send(
      new StartQueryExecutionCommand({
        QueryString: sql,
        WorkGroup: workGroup,
        QueryExecutionContext: { Database: database },
      }),
    ),
  );
  const QueryExecutionId = started.QueryExecutionId;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
    const { QueryExecution } = await asked(workGroup, () =>
      client.send(new GetQueryExecutionCommand({ QueryExecutionId })),
    );
    const { State, StateChangeReason, AthenaError } = QueryExecution?.Status ?? {};
    if (State === 'SUCCEEDED') break;
    if (State === 'FAILED' || State === 'CANCELLED') {
      const reason = StateChangeReason ?? 'it gave no reason';
      const byCaller = AthenaError?.ErrorCategory === USER_ERROR;
      throw byCaller
        ? new InvalidInputError(`SQL: ${reason}`)
        : new OutsideError(`Athena ended the query ${QueryExecutionId} as ${State}: ${reason}`);
    }
    await sleep(pause);
  }
  const page = (NextToken?: string) =>
    asked(workGroup, () => client.send(new GetQueryResultsCommand({ QueryExecutionId, NextToken })));
  const first = await page();
  const info = first.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  const types = info.map(({ Type }) => Type ?? 'varchar');
  async function* rows() {
    let { ResultSet, NextToken } = first;
    let skip = 1; // the names of the columns come as a row
    for (;;) {
      for (const row of (ResultSet?.Rows ?? []).slice(skip)) yield cells(row, types);
      if (NextToken === undefined) return;
      skip = 0;
      ({ ResultSet, NextToken } = await page(NextToken));
    }
  }
  return { columns: info.map(({ Name }) => Name ?? ''), rows: rows() };
}

/** AthenaError.ErrorCategory: 1 system, 2 user, 3 other. */
const USER_ERROR = 2;
const NUMERIC = /^(tinyint|smallint|integer|int|bigint|float|real|double)$/;

function cells({ Data = [] }: Row, types: readonly string[]): AthenaValue[] {
  return types.map((type, i) => {
    const text = Data[i]?.VarCharValue;
    if (text === undefined) return null;
    if (type === 'boolean') return text === 'true';
    if (!NUMERIC.test(type)) return text;
    const value = Number(text);
    if (!Number.isFinite(value)) return null; // as on DuckDB: JSON has no NaN
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
  });
}

async function asked<T>(workGroup: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { name, message } = cause instanceof Error ? cause : { name: '', message: String(cause) };
    if (name === 'InvalidRequestException') throw new InvalidInputError(`Athena: ${message}`, { cause });
    const denied = /AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|Credentials/.test(name);
    const advice = denied
      ? `check the credentials and what their policy admits on workgroup ${workGroup}`
      : 'it was tried several times; try again later';
    throw new OutsideError(`cannot ask Athena: ${advice} (${name} ${message})`, { cause });
  }
}
