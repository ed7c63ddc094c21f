import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMED_QUERIES, SWEEP_ID_PLACEHOLDER } from '../../infra/named-queries.ts';
import { memoryStore } from '../../src/adapters/memory/memory-store.ts';
import { SWEEP_TABLES } from '../../src/sweep/keys.ts';
import type { ShardRunner } from '../../src/sweep/ports.ts';
import { runSweep } from '../../src/sweep/run-sweep.ts';
import { duckdb } from '../support/duckdb.ts';
import { flat } from '../support/iam.ts';
import { MOMENTUM, realSweep, walkBars } from '../support/real-sweep.ts';
import { type Resource, type Synthesised, synthStack } from '../support/synth-stack.ts';

// Athena's function of that name, which DuckDB has under another.
const MACRO = 'CREATE MACRO json_extract_scalar(document, path) AS json_extract_string(document, path)';
const GLUE_TYPES: Record<string, string> = {
  INTEGER: 'int',
  DOUBLE: 'double',
  VARCHAR: 'string',
  BOOLEAN: 'boolean',
};

let synth: Synthesised;
let folder: string;
let sweepId: string;
const keys: string[] = [];

/** A real sweep of 48 runs, half of which have no bars before they end, published into a folder. */
beforeAll(async () => {
  const file = {
    ...MOMENTUM,
    strategy: { name: 'momentum', params: { lookback: [20, 5_000], top: { from: 1, to: 3, step: 1 } } },
  };
  const { prepared } = await realSweep(file, walkBars(4, 250), { kind: 'builtin', name: 'momentum' });
  const runner: ShardRunner = {
    concurrency: 1,
    run: async (shard) => prepared.engine.runShard(shard),
    replay: async (params, withParity) => prepared.engine.replay(params, withParity),
    follow: async (params, at) => prepared.engine.follow(params, at),
  };
  const store = memoryStore();
  await runSweep(store, { ...prepared, runner });
  sweepId = prepared.plan.sweepId;
  folder = mkdtempSync(join(tmpdir(), 'backsweep-tables-'));
  for await (const { key } of store.list('')) {
    keys.push(key);
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), (await store.get(key))!);
  }
  synth = await synthStack();
});
afterAll(() => rmSync(folder, { recursive: true }));

const tables = (): Resource['Properties'][] =>
  Object.values(synth.resources('AWS::Glue::Table')).map(({ Properties }) => Properties.TableInput);

/** The table as DuckDB reads it from where Athena would look. */
function view({ Name, StorageDescriptor }: Resource['Properties']): string {
  const path = join(folder, flat(StorageDescriptor.Location).replace(/^s3:\/\/<Data\w+>\//, ''));
  const files = Name === 'sweeps' ? `${path}*.parquet` : `${path}*/*.parquet`;
  const hive = Name === 'sweeps' ? '' : ", hive_partitioning = true, hive_types = {'sweep_id': VARCHAR}";
  return `CREATE VIEW ${Name} AS SELECT * FROM read_parquet('${files}'${hive})`;
}

const query = (sql: string) => duckdb(MACRO, ...tables().map(view), sql);

describe('the tables of Athena', () => {
  it.each(['runs', ...SWEEP_TABLES, 'sweeps'])(
    '%s has the columns that its files have, but for the typed axes of a sweep',
    async (name) => {
      const table = tables().find(({ Name }) => Name === name)!;
      const glue = [...table.StorageDescriptor.Columns, ...table.PartitionKeys].map(
        ({ Name, Type }: Record<string, string>) => [Name, Type],
      );
      const described = (await query(`DESCRIBE ${name}`)).map(([column, type]) => [
        column,
        GLUE_TYPES[String(type)],
      ]);
      const own = described.filter(([column]) => !String(column).startsWith('p_'));
      expect(glue).toEqual(own);
      expect(described.length - own.length).toBe(['runs', 'leaderboard'].includes(name) ? 5 : 0);
    },
  );

  it('are all that a sweep publishes, and no more', () => {
    const published = keys.flatMap((key) => /^tables\/(\w+)\//.exec(key)?.[1] ?? []);
    const names = tables().map(({ Name }) => Name);
    expect(names.sort()).toEqual([...published, 'runs'].sort());
  });

  it('find the objects of a sweep by its id alone, and only sweeps is read as a whole', () => {
    for (const { Name, Parameters, PartitionKeys } of tables()) {
      if (Name === 'sweeps') {
        expect([PartitionKeys, Parameters['projection.enabled']]).toEqual([[], undefined]);
        continue;
      }
      expect(PartitionKeys).toEqual([{ Name: 'sweep_id', Type: 'string' }]);
      expect(Parameters).toMatchObject({
        'projection.enabled': 'true',
        'projection.sweep_id.type': 'injected',
      });
      const place = flat(Parameters['storage.location.template'])
        .replace(/^s3:\/\/<Data\w+>\//, '')
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of Athena
        .replace('${sweep_id}', sweepId);
      expect(
        keys.filter((key) => key.startsWith(place)),
        place,
      ).not.toEqual([]);
    }
  });
});

describe('the named queries', () => {
  const saved = (name: string) => {
    const found = NAMED_QUERIES.find((one) => one.name === name)!.sql;
    return found.replaceAll(SWEEP_ID_PLACEHOLDER, sweepId);
  };

  it('stand in the workgroup, whose limits hold for every client', () => {
    const queries = Object.values(synth.resources('AWS::Athena::NamedQuery'));
    expect(queries.map(({ Properties }) => Properties.QueryString)).toEqual(
      NAMED_QUERIES.map(({ sql }) => sql),
    );
    const [group] = Object.values(synth.resources('AWS::Athena::WorkGroup'));
    for (const { Properties } of queries) expect(Properties.WorkGroup).toBe(group!.Properties.Name);
    expect(group!.Properties.WorkGroupConfiguration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 10_000_000_000,
      ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } },
    });
  });

  it.each(NAMED_QUERIES.map(({ name }) => name))('%s finds nothing of other sweeps', async (name) => {
    expect(await query(NAMED_QUERIES.find((one) => one.name === name)!.sql)).toEqual([]);
  });

  it('leaderboard begins with the best run and goes down', async () => {
    const rows = await query(saved('leaderboard'));
    const [[best, accepted]] = (await query(
      'SELECT max(sharpe), count(*) FILTER (sharpe IS NOT NULL AND orders >= 1) FROM runs',
    )) as [[number, bigint]];
    expect(rows.map(([rank]) => rank)).toEqual(Array.from({ length: Number(accepted) }, (_, i) => i + 1));
    expect(rows[0]![2]).toBe(best);
    const objectives = rows.map((row) => row[2] as number);
    expect(objectives).toEqual([...objectives].sort((a, b) => b - a));
  });

  it('heatmap_slice has a cell for each pair of values, with all their runs', async () => {
    const cells = await query(saved('heatmap_slice'));
    // lookback 20 and 5000 by stopLoss null and 0.03, each over 3 · 2 · 2 runs
    expect(cells.map(([x, y, runs]) => [x, y, Number(runs)])).toEqual([
      ['20', '0.03', 12],
      ['20', null, 12],
      ['5000', '0.03', 12],
      ['5000', null, 12],
    ]);
  });

  it('parity_audit and memory account for every run', async () => {
    const parity = await query(saved('parity_audit'));
    expect(parity.reduce((sum, row) => sum + Number(row[2]), 0)).toBe(48);
    const memory = await query(saved('memory'));
    const [[sparse, dense]] = (await query('SELECT sum(sparse_bytes), sum(dense_bytes) FROM runs')) as [
      [number, number],
    ];
    expect(memory).toHaveLength(1);
    expect(memory[0]!.slice(1, 4)).toEqual([sparse, dense, 1 - sparse / dense]);
  });

  it('statistics has every row of the table', async () => {
    const rows = await query(saved('statistics'));
    const [[all]] = (await query('SELECT count(*) FROM statistics')) as [[bigint]];
    expect(rows.length).toBe(Number(all));
    expect(rows.length).toBeGreaterThan(0);
  });

  it('failures_by_cause counts the runs that placed no order', async () => {
    const causes = await query(saved('failures_by_cause'));
    // a look back longer than the bars never trades: 24 of 48 runs
    expect(causes.map(([cause, runs]) => [cause, Number(runs)])).toEqual([['no order placed', 24]]);
  });
});
