import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OutsideError } from '../../src/contracts/errors.ts';
import {
  decodeResults,
  encodeResults,
  type ResultColumn,
  type ResultTable,
  resultFooter,
  resultTable,
  resultWriter,
  tableRoom,
} from '../../src/formats/results-parquet.ts';

const COLUMNS: readonly ResultColumn[] = [
  { name: 'run_index', type: 'INT32', nullable: false },
  { name: 'run_id', type: 'UTF8', nullable: false },
  { name: 'error', type: 'UTF8', nullable: true },
  { name: 'sharpe', type: 'DOUBLE', nullable: true },
  { name: 'orders', type: 'INT32', nullable: true },
  { name: 'p_flag', type: 'BOOLEAN', nullable: true },
];

interface Row {
  run_index: number;
  run_id: string;
  error: string | null;
  sharpe: number | null;
  orders: number | null;
  p_flag: boolean | null;
}

const row: fc.Arbitrary<Row> = fc.record({
  run_index: fc.nat(10_000_000),
  run_id: fc.string(),
  error: fc.option(fc.string({ unit: 'grapheme' })),
  sharpe: fc.option(fc.double({ noNaN: true })),
  orders: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  p_flag: fc.option(fc.boolean()),
});

function tableOf(rows: readonly Row[]): ResultTable {
  const table = resultTable(COLUMNS, rows.length);
  for (const { name } of COLUMNS) {
    const values = table.values.get(name)!;
    rows.forEach((one, i) => {
      const value = one[name as keyof Row];
      if (values instanceof Float64Array) values[i] = value === null ? Number.NaN : Number(value);
      else values[i] = value as string & boolean;
    });
  }
  return table;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backsweep-results-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function duckdbRows(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  const path = join(folder, 'rows.parquet');
  await writeFile(path, bytes);
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    return (await connection.runAndReadAll(`SELECT * FROM '${path}'`)).getRowObjects();
  } finally {
    connection.closeSync();
  }
}

describe('results as Parquet', () => {
  it('are read by DuckDB as they were written, bit for bit, with null for NaN', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        const found = await duckdbRows(encodeResults(tableOf(rows), {}));
        expect(found).toEqual(rows);
      }),
      { numRuns: 40 },
    );
  });

  it('have the types that DuckDB and Athena expect', async () => {
    const path = join(folder, 'types.parquet');
    await writeFile(path, encodeResults(resultTable(COLUMNS.slice(2), 3), {}));
    const connection = await (await DuckDBInstance.create()).connect();
    const types = await connection.runAndReadAll(
      `SELECT column_name, column_type FROM (DESCRIBE FROM '${path}')`,
    );
    expect(Object.fromEntries(types.getRows())).toEqual({
      error: 'VARCHAR',
      sharpe: 'DOUBLE',
      orders: 'INTEGER',
      p_flag: 'BOOLEAN',
    });
    const nulls = await connection.runAndReadAll(
      `SELECT count(*), count(error), count(sharpe), count(orders), count(p_flag) FROM '${path}'`,
    );
    expect(nulls.getRows()).toEqual([[3n, 0n, 0n, 0n, 0n]]);
    connection.closeSync();
  });

  it('come back from our own reader bit for bit, only the columns asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
        const wanted = [COLUMNS[3]!, COLUMNS[2]!, COLUMNS[5]!];
        const found = await decodeResults(encodeResults(tableOf(rows), {}), wanted, rows.length, 'x');
        expect([...found.keys()]).toEqual(['sharpe', 'error', 'p_flag']);
        const sharpe = found.get('sharpe')!;
        rows.forEach((one, i) => {
          expect(Object.is(sharpe[i], one.sharpe ?? Number.NaN)).toBe(true);
          expect(found.get('error')![i]).toBe(one.error);
          expect(found.get('p_flag')![i]).toBe(one.p_flag);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('come back bit for bit where values repeat, which are compressed', async () => {
    const repeating = fc.array(fc.tuple(row, fc.integer({ min: 3, max: 9 })), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(repeating, async (groups) => {
        const rows = groups.flatMap(([one, times]) => new Array<typeof one>(times).fill(one));
        const found = await decodeResults(encodeResults(tableOf(rows), {}), COLUMNS, rows.length, 'x');
        rows.forEach((one, i) => {
          expect(Object.is(found.get('sharpe')![i], one.sharpe ?? Number.NaN)).toBe(true);
          expect(found.get('orders')![i]).toBe(one.orders ?? Number.NaN);
          expect(found.get('run_index')![i]).toBe(one.run_index);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('come back where a text is in every row, in none, or in all but one', async () => {
    const others = fc.constantFrom(null, '', 'an error', 'não');
    await fc.assert(
      fc.asyncProperty(
        others,
        others,
        fc.integer({ min: 1, max: 40 }),
        fc.nat(39),
        async (most, one, rows, at) => {
          const errors = Array.from({ length: rows }, (_, i) => (i === at ? one : most));
          const table = tableOf(
            errors.map((error, i) => ({
              run_index: i,
              run_id: 'same',
              error,
              sharpe: 1,
              orders: 1,
              p_flag: null,
            })),
          );
          const bytes = encodeResults(table, {});
          const found = await decodeResults(bytes, COLUMNS, rows, 'x');
          expect(found.get('error')).toEqual(errors);
          expect(found.get('run_id')).toEqual(errors.map(() => 'same'));
          const some = await decodeResults(bytes, COLUMNS, rows, 'x', { textRows: [rows - 1] });
          expect(some.get('error')![rows - 1]).toBe(errors[rows - 1]);
        },
      ),
    );
  });

  it('are the same where memory is used again, with texts that are kept as bytes', async () => {
    const lists = fc.array(fc.array(row, { minLength: 1, maxLength: 30 }), { minLength: 2, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(lists, async (shards) => {
        const room = tableRoom(COLUMNS, 30, ['run_id']);
        const reading = tableRoom(COLUMNS, 30);
        const writer = resultWriter(COLUMNS, 30);
        for (const rows of shards) {
          const own = tableOf(rows);
          const table = room(rows.length);
          for (const { name } of COLUMNS) {
            const values = own.values.get(name)!;
            if (name === 'run_id') for (const id of values) table.texts!.get(name)!.add(id as string);
            else
              values.forEach((value, i) => {
                (table.values.get(name) as unknown[])[i] = value;
              });
          }
          const bytes = encodeResults(table, {}, writer);
          const found = await decodeResults(bytes, COLUMNS, rows.length, 'x', {
            table: reading(rows.length),
          });
          expect(found).toEqual(own.values);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([false, true])('give the texts of the rows that are asked for, compressed: %s', async (long) => {
    const rows = Array.from({ length: 100 }, (_, i) => ({
      run_index: i,
      run_id: `${i} of ${long ? 'very many that are much alike, '.repeat(4) : 'ö'}`,
      error: null,
      sharpe: null,
      orders: null,
      p_flag: null,
    }));
    const textRows = [0, 17, 18, 99];
    const found = await decodeResults(encodeResults(tableOf(rows), {}), COLUMNS, 100, 'x', { textRows });
    expect(textRows.map((at) => found.get('run_id')![at])).toEqual(textRows.map((at) => rows[at]!.run_id));
  });

  it('are the same bytes whatever was encoded before', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 20 }),
        fc.array(row, { maxLength: 20 }),
        (rows, other) => {
          const first = encodeResults(tableOf(rows), { first: '0' });
          encodeResults(tableOf(other), {});
          expect(Buffer.compare(encodeResults(tableOf(rows), { first: '0' }), first)).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('carry the metadata they were given', () => {
    const bytes = encodeResults(resultTable(COLUMNS.slice(2), 2), { first: '10', engine: 'abc' });
    expect(resultFooter(bytes, 'x').metadata).toEqual({ first: '10', engine: 'abc' });
    expect(resultFooter(bytes, 'x').rows).toBe(2);
  });

  it('hold 10,000 rows in one row group', async () => {
    const rows = Array.from({ length: 10_000 }, (_, i): Row => {
      return {
        run_index: i,
        run_id: `${i}`,
        error: null,
        sharpe: i / 7,
        orders: i % 5 ? i : null,
        p_flag: null,
      };
    });
    const bytes = encodeResults(tableOf(rows), {});
    expect(resultFooter(bytes, 'x').parquet.row_groups).toHaveLength(1);
    const sums = (await duckdbRows(bytes)).length;
    expect(sums).toBe(10_000);
    const found = await decodeResults(bytes, COLUMNS, 10_000, 'x');
    expect(found.get('sharpe')![9_999]).toBe(9_999 / 7);
    expect(found.get('orders')![5]).toBeNaN();
  });

  it('refuse a missing required value instead of inventing one', () => {
    expect(() => encodeResults(resultTable(COLUMNS, 1), {})).toThrow();
  });

  it('refuse fractions in an integer column', () => {
    const table = resultTable([{ name: 'orders', type: 'INT32', nullable: true }], 1);
    (table.values.get('orders') as Float64Array)[0] = 0.5;
    expect(() => encodeResults(table, {})).toThrow(/integer/);
  });
});

describe('results that are not what they should be', () => {
  const good = encodeResults(resultTable(COLUMNS.slice(2), 5), {});

  it('are named with what was expected and found', async () => {
    const decode = (bytes: Uint8Array, rows = 5, columns = COLUMNS.slice(3)) =>
      decodeResults(bytes, columns, rows, 'results/shard-00001.parquet');
    await expect(decode(new Uint8Array(10))).rejects.toThrow(
      /results\/shard-00001\.parquet: expected a Parquet file of results, found 10 other bytes/,
    );
    await expect(decode(good.slice(0, -20))).rejects.toThrow(OutsideError);
    await expect(decode(good, 6)).rejects.toThrow(/expected 6 rows, found 5/);
    await expect(decode(good, 5, [COLUMNS[0]!])).rejects.toThrow(/expected a column run_index, found none/);
  });

  it('never decode quietly to something else when bytes are cut off', async () => {
    const rows = Array.from({ length: 30 }, (_, i): Row => {
      return { run_index: i, run_id: `${i}`, error: 'e', sharpe: i / 7, orders: i, p_flag: true };
    });
    const bytes = encodeResults(tableOf(rows), {});
    for (let end = 0; end < bytes.length; end += 7) {
      await expect(decodeResults(bytes.slice(0, end), COLUMNS, 30, 'x')).rejects.toThrow(OutsideError);
    }
  });
});
