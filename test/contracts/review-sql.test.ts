import { describe, expect, it } from 'vitest';
import { parseSweepSpec } from '../../src/contracts/check-sweep-spec.ts';
import { narrowed, reviewQueries, reviewShape, reviewViews } from '../../src/contracts/review-sql.ts';
import { duckdb } from '../support/duckdb.ts';

const spec = parseSweepSpec({
  bars: './bars',
  strategy: { name: 'momentum', params: { lookback: [5, 10, 100], top: 1 } },
  stops: { stopLoss: [null, 0.05] },
  fill: { preset: ['realistic', 'vectorbt'], stopFill: 'market' },
  objective: 'sharpe',
});
const MACRO = 'CREATE MACRO json_extract_scalar(json, path) AS json_extract_string(json, path)';

interface Run {
  readonly lookback: number;
  readonly stopLoss: number | null;
  /** What the preset decides; the engines know no names of presets. */
  readonly execution: 'next_open' | 'close';
  readonly sharpe: number | null;
  readonly status?: string;
  readonly error?: string;
  readonly orders?: number;
}

const RUNS: readonly Run[] = [
  { lookback: 5, stopLoss: null, execution: 'next_open', sharpe: 1 },
  { lookback: 5, stopLoss: null, execution: 'next_open', sharpe: 4 },
  { lookback: 5, stopLoss: 0.05, execution: 'next_open', sharpe: 3 },
  { lookback: 5, stopLoss: 0.05, execution: 'next_open', sharpe: 10 },
  { lookback: 10, stopLoss: null, execution: 'next_open', sharpe: -2 },
  { lookback: 10, stopLoss: null, execution: 'next_open', sharpe: null, orders: 0 },
  { lookback: 10, stopLoss: 0.05, execution: 'next_open', sharpe: 0 },
  { lookback: 100, stopLoss: 0.05, execution: 'next_open', sharpe: null, status: 'failed', error: 'boom' },
  { lookback: 100, stopLoss: null, execution: 'next_open', sharpe: null, status: 'failed', error: 'boom' },
  { lookback: 100, stopLoss: null, execution: 'next_open', sharpe: 2.5 },
];

/** Reads the answer of a query over these runs; `before` are statements that make what it needs besides. */
function ask(sql: string, ...before: string[]) {
  const rows = RUNS.map(({ lookback, stopLoss, sharpe, status = 'ok', error, orders = 5 }, i) => {
    const params = JSON.stringify({ fill: {}, params: { lookback, top: 1 }, stops: { stopLoss } });
    const text = (value: string | undefined) => (value === undefined ? 'NULL' : `'${value}'`);
    return `(${i}, 'run${i}', '${status}', ${text(error)}, '${params}', ${sharpe}, ${status === 'ok' ? orders : 'NULL'})`;
  });
  const names = 'run_index, run_id, status, error, params, sharpe, orders';
  return duckdb(
    'SET integer_division = true',
    MACRO,
    `CREATE TABLE runs AS SELECT * FROM (VALUES ${rows.join(', ')}) AS rows(${names})`,
    ...before,
    sql,
  );
}

const shape = { ...reviewShape(spec), axes: reviewShape(spec).axes.slice(0, 2) };
const views = reviewViews(shape).map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql}`);
const ready = (name: string) => reviewQueries(shape).find((query) => query.name === name)!.sql;
const plain = (rows: unknown[][]) =>
  rows.map((row) => row.map((cell) => (typeof cell === 'bigint' ? Number(cell) : cell)));

describe('the views of a sweep', () => {
  it('slices: runs, mean, median and best of each value, of runs with an objective, numbers in their order', async () => {
    // by hand: 5 has 1 3 4 10, 10 has -2 0, 100 has 2.5; no stop has -2 1 2.5 4, 0.05 has 0 3 10
    expect(plain(await ask(ready('slices'), ...views))).toEqual([
      [0, 'params.lookback', '5', 5, 4, 4.5, 3.5, 10],
      [0, 'params.lookback', '10', 10, 2, -1, -1, 0],
      [0, 'params.lookback', '100', 100, 1, 2.5, 2.5, 2.5],
      [1, 'stops.stopLoss', '0.05', 0.05, 3, 13 / 3, 3, 10],
      [1, 'stops.stopLoss', null, null, 4, 1.375, 1.75, 4],
    ]);
  });

  it('by_axis: spread of the means and share of the variance, the axis that decides most first', async () => {
    const values = [1, 4, 3, 10, -2, 0, 2.5];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const between = (groups: readonly (readonly [n: number, mean: number])[]) =>
      groups.reduce((sum, [n, own]) => sum + n * (own - mean) ** 2, 0) / squares;
    const rows = plain(await ask(ready('by_axis'), ...views));
    expect(
      rows.map(([, axis, levels, spread, , best, bestMean]) => [axis, levels, spread, best, bestMean]),
    ).toEqual([
      ['params.lookback', 3, 5.5, '5', 4.5],
      ['stops.stopLoss', 2, expect.closeTo(13 / 3 - 1.375, 12), '0.05', 13 / 3],
    ]);
    expect(rows.map((row) => row[4])).toEqual([
      expect.closeTo(
        between([
          [4, 4.5],
          [2, -1],
          [1, 2.5],
        ]),
        12,
      ),
      expect.closeTo(
        between([
          [3, 13 / 3],
          [4, 1.375],
        ]),
        12,
      ),
    ]);
  });

  it('failures: causes with their number and the first run, orderless runs among them', async () => {
    expect(plain(await ask(ready('failures'), ...views))).toEqual([
      ['boom', 2, 'run7'],
      ['no order placed', 1, 'run5'],
    ]);
  });

  it('rank the lowest first where lower is better', async () => {
    const lower = { ...shape, direction: 'lower' } as const;
    const best = reviewViews(lower).map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql}`);
    const rows = plain(await ask('SELECT best_objective FROM slices ORDER BY axis_index, number', ...best));
    expect(rows.map(([value]) => value)).toEqual([1, -2, 2.5, 0, -2]);
  });

  it('are empty for a sweep of one run without axes', async () => {
    const none = reviewViews({ ...shape, axes: [] }).map(({ name, sql }) => `CREATE VIEW ${name} AS ${sql}`);
    expect(await ask('SELECT * FROM slices', ...none)).toEqual([]);
    expect(await ask('SELECT * FROM by_axis', ...none)).toEqual([]);
  });

  it('tell presets apart by the fields that only they decide', async () => {
    const { path, sql } = reviewShape(spec).axes.at(-1)!;
    expect(path).toBe('fill.preset');
    expect(sql).not.toContain('stopFill'); // stated by the sweep: the same in both
    const of = (execution: string, fields: object) =>
      JSON.stringify({ fill: { execution, ...fields } }).replaceAll("'", "''");
    const { FILL_PRESETS } = await import('../../src/core/fill-model.ts');
    const rows = await duckdb(
      MACRO,
      `SELECT ${sql} FROM (VALUES ('${of('next_open', FILL_PRESETS.realistic)}'), ('${of('close', { ...FILL_PRESETS.vectorbt, stopFill: 'market' })}')) AS rows(params)`,
    );
    expect(rows).toEqual([['realistic'], ['vectorbt']]);
  });
});

describe('the same statement on Athena', () => {
  const ID = 'a'.repeat(32);
  const other = 'b'.repeat(32);
  // There the tables hold all sweeps, and every generation of each.
  const stored = [
    'CREATE SCHEMA stack',
    `CREATE TABLE stack.runs AS SELECT *, '${ID}' AS sweep_id FROM runs UNION ALL SELECT *, '${other}' FROM runs`,
    `CREATE TABLE stack.leaderboard AS SELECT * FROM (VALUES ('${ID}', 0, 1, 'old'), ('${ID}', 1, 1, 'new'), ('${other}', 2, 1, 'other')) AS rows(sweep_id, generation, rank, run_id)`,
    'DROP TABLE runs',
  ];

  it.each(['slices', 'by_axis', 'heatmap', 'failures'])('%s answers as on a directory', async (name) => {
    const sql = narrowed(ready(name), ID, reviewViews(shape), 'stack');
    expect(await ask(sql, ...stored)).toEqual(await ask(ready(name), ...views));
  });

  it('has in front what it names, and nothing else', () => {
    expect(narrowed('SELECT 1', ID, reviewViews(shape))).toBe('SELECT 1');
    const sql = narrowed('SELECT count(*) FROM failures', ID, reviewViews(shape));
    expect(sql).toMatch(/^WITH runs AS/);
    expect(sql).not.toMatch(/slices|leaderboard/);
  });

  it('takes the last generation of what was published', async () => {
    const sql = narrowed('with x AS (SELECT run_id FROM leaderboard) SELECT * FROM x', ID, [], 'stack');
    expect(await ask(sql, ...stored)).toEqual([['new']]);
  });
});
