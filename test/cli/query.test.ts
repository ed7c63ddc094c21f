import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, scratch, sweepFile, writeBars } from '../support/cli.ts';
import { command } from '../support/command.ts';
import { duckdb } from '../support/duckdb.ts';

const { root, write, remove } = scratch('query');
const SQL = 'SELECT run_index, run_id, sharpe, p_stopLoss, sum(orders) OVER () AS total FROM runs ORDER BY 1';

beforeAll(async () => {
  await writeBars(root);
  write('sweep.yaml', sweepFile());
  await cli(root, 'run', 'sweep.yaml', '--json');
});
afterAll(remove);

const query = (...args: string[]) => command(root, {}, ['query', 'last', ...args]);
const store = (table: string) => `read_parquet('${root}/.backsweep/${table}/*/*.parquet')`;

describe('backsweep query', () => {
  it('lists the ready queries, tables and views of the sweep where no SQL is given', async () => {
    const { code, stdout } = await query();
    expect(code).toBe(0);
    for (const name of [
      'leaderboard',
      'slices',
      'by_axis',
      'failures',
      'parity_metrics',
      'memory_metrics',
      'runs',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${name} +[A-Z]`, 'm'));
    }
    const { queries } = JSON.parse((await query('--json')).stdout);
    expect(queries.map(({ name }: { name: string }) => name)).toContain('heatmap');
  });

  it('answers by the name of a ready query with what plain SQL over the files gives', async () => {
    const slices = JSON.parse((await query('slices', '--json')).stdout);
    const expected = await duckdb(
      `SELECT p_lookback, count(*), avg(sharpe), median(sharpe), max(sharpe) FROM ${store('results')} GROUP BY 1 ORDER BY 1`,
    );
    const lookback = slices.filter(({ axis }: { axis: string }) => axis === 'params.lookback');
    expect(lookback).toHaveLength(2);
    for (const [i, [value, runs, mean, median, best]] of expected.entries()) {
      expect(lookback[i]).toMatchObject({ number: value, runs: Number(runs), best_objective: best });
      expect(lookback[i].mean_objective).toBeCloseTo(mean as number, 12);
      expect(lookback[i].median_objective).toBeCloseTo(median as number, 12);
    }
    const leaders = JSON.parse((await query('leaderboard', '--json')).stdout);
    const ranked = await duckdb(`SELECT run_id FROM ${store('tables/leaderboard')} ORDER BY rank`);
    expect(leaders.map(({ run_id }: { run_id: string }) => [run_id])).toEqual(ranked);
    expect(leaders[0]).toMatchObject({ rank: 1, lookback: expect.any(String), parity_status: 'identical' });
  });

  it('writes csv, json and Parquet files with the same values, chosen by the end of their name', async () => {
    for (const name of ['runs.csv', 'runs.json', 'runs.parquet']) {
      const { code, stdout } = await query(SQL, '--out', name);
      expect([code, stdout]).toEqual([0, '']);
    }
    const columns = 'run_index::INT, run_id, sharpe::DOUBLE, p_stopLoss::DOUBLE, total::INT';
    const read = (reader: string, name: string) =>
      duckdb(`SELECT ${columns} FROM ${reader}('${join(root, name)}') ORDER BY run_index`);
    const expected = await duckdb(
      `SELECT ${columns.replace('total', 'sum(orders) OVER ()')} FROM ${store('results')} ORDER BY run_index`,
    );
    expect(expected).toHaveLength(16);
    expect(await read('read_parquet', 'runs.parquet')).toEqual(expected);
    expect(await read('read_csv', 'runs.csv')).toEqual(expected);
    expect(await read('read_json', 'runs.json')).toEqual(expected);
    const types = await duckdb(`DESCRIBE SELECT * FROM read_parquet('${join(root, 'runs.parquet')}')`);
    expect(types.map(([name, type]) => [name, type])).toEqual([
      ['run_index', 'BIGINT'],
      ['run_id', 'VARCHAR'],
      ['sharpe', 'DOUBLE'],
      ['p_stopLoss', 'DOUBLE'],
      ['total', 'BIGINT'],
    ]);
  });

  it('writes an empty answer as a Parquet file without rows', async () => {
    expect((await query('SELECT run_id, sharpe FROM runs WHERE false', '--out', 'none.parquet')).code).toBe(
      0,
    );
    expect(await duckdb(`SELECT count(*)::INT FROM '${join(root, 'none.parquet')}'`)).toEqual([[0]]);
  });

  it('writes no Parquet to a terminal, and no file before the SQL is known to be right', async () => {
    const { isTTY } = process.stdout;
    process.stdout.isTTY = true;
    try {
      expect(await query('slices', '--format', 'parquet')).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('--format parquet: expected --out FILE or a pipe, found a terminal'),
      });
    } finally {
      process.stdout.isTTY = isTTY;
    }
    expect(await query('SELECT nothing', '--out', 'wrong.csv')).toMatchObject({ code: 2 });
    expect(await query('slices', '--out', 'rows.txt')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected a file that ends in .csv, .json or .parquet, found rows.txt'),
    });
    expect(await query('slices', '--out', 'no/such/folder.csv')).toMatchObject({ code: 3 });
    expect(existsSync(join(root, 'wrong.csv'))).toBe(false);
    expect(readdirSync(root).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  it('leaves nothing behind where the SQL fails half way', async () => {
    const sql = `SELECT CAST(CASE WHEN range < 200000 THEN '1' ELSE 'x' END AS INTEGER) AS n FROM range(300000)`;
    expect(await query(sql, '--out', 'half.csv')).toMatchObject({ code: 2 });
    expect(readdirSync(root).filter((name) => name.startsWith('half'))).toEqual([]);
  });

  it('writes every row of a wide answer as lines where a terminal is too narrow for its columns', async () => {
    const { isTTY, columns } = process.stdout;
    Object.assign(process.stdout, { isTTY: true, columns: 60 });
    try {
      const { stdout } = await command(root, { NO_COLOR: '1' }, [
        ...['query', 'last', 'SELECT * FROM runs ORDER BY run_index LIMIT 2'],
      ]);
      const lines = stdout.split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
      expect(lines.filter((line) => /^— \d —$/.test(line))).toEqual(['— 1 —', '— 2 —']);
      expect(lines.filter((line) => /^run_index +[01]$/.test(line))).toHaveLength(2);
    } finally {
      Object.assign(process.stdout, { isTTY, columns });
    }
  });
});
