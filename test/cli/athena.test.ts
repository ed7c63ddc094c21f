import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { narrowed } from '../../src/adapters/athena/athena-query.ts';
import { SWEEP_TABLES } from '../../src/sweep/keys.ts';
import { type AthenaServer, startAthena } from '../support/athena-server.ts';
import { scratch } from '../support/cli.ts';
import { command } from '../support/command.ts';

const MINE = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);
const TABLES = SWEEP_TABLES.map(
  (name) => `CREATE TABLE backsweep_my_stage.${name} (sweep_id VARCHAR, generation INTEGER)`,
);
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'k', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'us-east-1' };

const { root, remove } = scratch('athena');
let athena: AthenaServer;

beforeAll(async () => {
  athena = await startAthena([
    'CREATE SCHEMA backsweep_my_stage',
    'CREATE TABLE backsweep_my_stage.runs (sweep_id VARCHAR, run_index INTEGER, sharpe DOUBLE, status VARCHAR, orders BIGINT)',
    `INSERT INTO backsweep_my_stage.runs VALUES ('${MINE}', 0, 1.5, 'ok', 9007199254740993),
      ('${MINE}', 1, NULL, 'failed', 7), ('${MINE}', 2, 'nan', 'ok', 8), ('${OTHER}', 0, 9.5, 'ok', 1)`,
    ...TABLES,
  ]);
});
afterAll(async () => {
  await athena.stop();
  remove();
});
beforeEach(() => {
  athena.instead = () => null;
});

const query = (sql: string, ...more: string[]) =>
  command(root, CREDENTIALS, [
    ...['query', MINE, sql, '--athena', '--stage', 'my-stage', '--endpoint', athena.endpoint],
    ...more,
  ]);

describe('query --athena', () => {
  it('asks the workgroup and database of the stage for one sweep alone, page by page, with typed cells', async () => {
    const { code, stdout, stderr } = await query(
      'SELECT run_index, sharpe, status, orders FROM runs ORDER BY 1',
      '--json',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual([
      { run_index: 0, sharpe: 1.5, status: 'ok', orders: '9007199254740993' },
      { run_index: 1, sharpe: null, status: 'failed', orders: 7 },
      { run_index: 2, sharpe: null, status: 'ok', orders: 8 },
    ]);
    expect(athena.started.at(-1)).toMatchObject({
      WorkGroup: 'backsweep-my-stage',
      QueryExecutionContext: { Database: 'backsweep_my_stage' },
    });
  });

  it('prints the same formats as on this machine', async () => {
    const sql = "SELECT count(*) AS n, 'a,b' AS t FROM runs";
    expect((await query(sql, '--format', 'csv')).stdout).toBe('n,t\n3,"a,b"\n');
    expect((await query(sql)).stdout).toBe('n  t\n3  a,b\n');
  });

  it('admits a WITH of the caller beside its own', async () => {
    const sql = 'with best AS (SELECT max(run_index) AS m FROM runs) SELECT m FROM best';
    expect(JSON.parse((await query(sql, '--json')).stdout)).toEqual([{ m: 2 }]);
  });

  it('tells wrong SQL as the caller’s mistake, a failed or refused query as one outside', async () => {
    expect(await query('SELECT nothing FROM runs')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: SQL: .*nothing/),
    });
    athena.instead = (operation) =>
      operation === 'GetQueryExecution'
        ? {
            status: 200,
            body: { QueryExecution: { Status: { State: 'CANCELLED', StateChangeReason: 'cut off' } } },
          }
        : null;
    expect(await query('SELECT 1 AS x')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('as CANCELLED: cut off'),
    });
    athena.instead = () => ({ status: 400, body: { __type: 'AccessDeniedException', message: 'no' } });
    expect(await query('SELECT 1 AS x')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /cannot ask Athena: check the credentials .* workgroup backsweep-my-stage/,
      ),
    });
    athena.instead = () => ({
      status: 400,
      body: { __type: 'InvalidRequestException', message: 'WorkGroup is not found' },
    });
    expect(await query('SELECT 1 AS x')).toMatchObject({
      code: 2,
      stderr: 'error: Athena: WorkGroup is not found\n',
    });
  });

  it('needs the whole id and a stage that can be', async () => {
    const asked = athena.started.length;
    expect(await command(root, CREDENTIALS, ['query', 'last', 'SELECT 1', '--athena'])).toMatchObject({
      code: 2,
    });
    expect(await query('SELECT 1', '--stage', 'x"; y')).toMatchObject({ code: 2 });
    expect(athena.started).toHaveLength(asked);
    expect(() => narrowed('SELECT 1', `${'a'.repeat(31)}'`, 'd')).toThrow(/sweep id: expected/);
  });
});
