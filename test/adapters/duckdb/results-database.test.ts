import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openResultsDatabase, type SqlRows } from '../../../src/adapters/duckdb/results-database.ts';

const ID = 'a'.repeat(32);
const KEY = `results/sweep_id=${ID}/shard-00000.parquet`;
/** More rows than DuckDB gives in one piece. */
const ROWS = 10_000;

let root: string;
/** Writes a file of `ROWS` rows of one value below the root, by DuckDB itself. */
async function put(directory: string, value: number): Promise<string> {
  const folder = join(root, directory);
  const file = join(folder, KEY);
  mkdirSync(dirname(file), { recursive: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const target = file.replaceAll("'", "''");
  await connection.run(
    `COPY (SELECT range::INTEGER AS i, ${value} AS v FROM range(${ROWS})) TO '${target}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  return folder;
}
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'backsweep-duckdb-'));
});
afterAll(() => rmSync(root, { recursive: true }));

async function all({ rows }: SqlRows): Promise<unknown[][]> {
  const list: unknown[][] = [];
  for await (const row of rows) list.push([...row]);
  return list;
}

describe('results', () => {
  it.each([
    ['plain', 'other'],
    ['every*', 'everything'],
    ['one of [ab]', 'one of a'],
    ['what?', 'whats'],
    ["it's", 'its'],
    ['v=7', 'v=8'],
    [`sweep_id=${'b'.repeat(32)}`, 'sweep_id=c'],
  ])(
    'in a folder named %s are read, and not those of %s; the process stays where it is',
    async (name, other) => {
      const [folder, decoy] = [await put(name, 1), await put(other, 2)];
      const before = process.cwd();
      const database = await openResultsDatabase(folder, { runs: [KEY] });
      expect(process.cwd()).toBe(before);
      const found = await all(
        await database.select(
          'SELECT DISTINCT v, sweep_id, count(*) OVER () FROM (SELECT v, sweep_id FROM runs)',
        ),
      );
      expect(found).toEqual([[1, ID, ROWS]]);
      expect((await database.select('SELECT * FROM runs')).columns).toEqual(['i', 'v', 'sweep_id']);
      await expect(database.select(`SELECT * FROM '${join(decoy, KEY)}'`)).rejects.toThrow(/disabled/);
      database.close();
    },
  );

  it('of two questions at once are whole, and of one that is left early do not stand in the way', async () => {
    const database = await openResultsDatabase(await put('busy', 1), { runs: [KEY] });
    const [up, down] = await Promise.all([
      database.select('SELECT i FROM runs ORDER BY i'),
      database.select('SELECT i FROM runs ORDER BY i DESC'),
    ]);
    for await (const [first] of (await database.select('SELECT i FROM runs')).rows) {
      if (first === 100) break;
    }
    const [ascending, descending] = await Promise.all([all(up), all(down)]);
    const expected = Array.from({ length: ROWS }, (_, i) => [i]);
    expect(ascending).toEqual(expected);
    expect(descending).toEqual(expected.reverse());
    await database.select('SELECT 1'); // never read
    database.close();
  });

  it('are asked as Athena is: whole numbers are divided without a rest, and JSON by its function there', async () => {
    const database = await openResultsDatabase(await put('athena', 1), { runs: [KEY] });
    const sql = `SELECT 7 / 2, json_extract_scalar('{"a": {"b": 3}}', '$.a.b')`;
    expect(await all(await database.select(sql))).toEqual([[3, '3']]);
    database.close();
  });
});
