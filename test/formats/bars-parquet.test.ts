import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { BarColumns, BarTable } from '../../src/formats/bar-rows.ts';
import { decodeBars, encodeBars, readBarsParquet } from '../../src/formats/bars-parquet.ts';
import { duckdb } from '../support/duckdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'bars-parquet-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `rows` bars with prices of many digits, so that no encoding is a lucky one. */
function someBars(rows: number): BarColumns {
  const column = (f: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => f(i));
  return {
    times: column((i) => Date.UTC(1969, 11, 1) + i * 60_000),
    open: column((i) => 1 + (i * 7919) / 104729),
    high: column((i) => 2 + (i * 7919) / 104729),
    low: column((i) => 0.5 + i / 3),
    close: column((i) => 1.5 + i / 7),
    volume: column((i) => (i % 3 === 0 ? Number.NaN : i * 1e6)),
  };
}

describe('encodeBars', () => {
  it('writes what DuckDB reads: one row group, required columns, timestamps and doubles, snappy', async () => {
    const path = join(folder, 'ours.parquet');
    const bars = someBars(5_000);
    writeFileSync(path, encodeBars(bars));
    const rows = await duckdb(`SELECT epoch_ms(ts), open, high, low, close, volume FROM '${path}'`);
    expect(rows.length).toBe(5_000);
    for (const i of [0, 1, 2_499, 4_999]) {
      expect(rows[i]).toEqual([
        BigInt(bars.times[i]!),
        bars.open[i],
        bars.high[i],
        bars.low[i],
        bars.close[i],
        bars.volume[i],
      ]);
    }
    const schema = await duckdb(
      `SELECT name, type, repetition_type FROM parquet_schema('${path}') WHERE type IS NOT NULL`,
    );
    expect(schema).toEqual([
      ['ts', 'INT64', 'REQUIRED'],
      ...['open', 'high', 'low', 'close', 'volume'].map((name) => [name, 'DOUBLE', 'REQUIRED']),
    ]);
    expect(
      await duckdb(`SELECT DISTINCT row_group_id, compression, encodings FROM parquet_metadata('${path}')`),
    ).toEqual([[0n, 'SNAPPY', 'PLAIN']]);
    expect(await duckdb(`SELECT column_type FROM (DESCRIBE SELECT ts FROM '${path}')`)).toEqual([
      ['TIMESTAMP'],
    ]);
  });

  it('is read back bit for bit', async () => {
    const price = fc.double({ min: Number.MIN_VALUE, noNaN: true });
    const bar = fc.tuple(fc.integer({ min: -8.6e15, max: 8.6e15 }), price, price, price, price, fc.double());
    await fc.assert(
      fc.asyncProperty(fc.array(bar, { minLength: 1, maxLength: 50 }), async (rows) => {
        const [times, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map((k) =>
          Float64Array.from(rows, (row) => row[k]!),
        ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
        const bars = { times, open, high, low, close, volume };
        expect(await decodeBars(encodeBars(bars), 'x')).toEqual(bars);
      }),
      { numRuns: 50 },
    );
  });

  it('gives the same bytes for every NaN of unknown volume', () => {
    const bars = someBars(1);
    const odd = new Float64Array(new BigUint64Array([0x7ff8_0000_dead_beefn]).buffer);
    expect(encodeBars({ ...bars, volume: odd })).toEqual(encodeBars(bars));
  });
});

describe('decodeBars', () => {
  it('refuses a Parquet file that is not in our layout', async () => {
    const path = join(folder, 'layout.parquet');
    await duckdb(`COPY (SELECT 1::BIGINT AS ts, 2.0::DOUBLE AS open) TO '${path}' (FORMAT parquet)`);
    await expect(decodeBars(readFileSync(path), 'layout')).rejects.toThrow(
      /layout: expected the columns ts \(time\), open \(number\).*found ts \(number\), open \(number\)/,
    );
  });
});

describe('readBarsParquet', () => {
  const source = `
    SELECT CASE WHEN i % 3 = 0 THEN 'AAPL' WHEN i % 3 = 1 THEN 'MSFT' ELSE 'S' || (i % 900) END AS ticker,
      (TIMESTAMP '2015-01-05' + INTERVAL (i) MINUTE) AS datetime, i / 7 + 1 AS open, i / 7 + 2 AS high,
      CASE WHEN i % 5 = 0 THEN NULL ELSE i / 7 + 0.5 END AS low, i / 7 + 1.5 AS close, i AS volume, 'x' AS note
    FROM range(30000) t(i)`;

  async function read(sql: string, options: string) {
    const path = join(folder, 'foreign.parquet');
    await duckdb(`COPY (${sql}) TO '${path}' (FORMAT parquet${options})`);
    const table: BarTable = new Map();
    const found = await readBarsParquet(readFileSync(path), 'foreign.parquet', table, { symbol: 'FILE' });
    return { table, ...found };
  }

  it.each([
    ['snappy with dictionaries of hundreds of symbols', ''],
    ['zstd', ', CODEC zstd'],
    ['gzip', ', CODEC gzip'],
    ['lz4_raw', ', CODEC lz4_raw'],
    ['no compression, small row groups', ', CODEC uncompressed, ROW_GROUP_SIZE 2048'],
    ['data pages of version 2 with delta encodings', ', PARQUET_VERSION v2'],
    ['version 2 and zstd', ', PARQUET_VERSION v2, CODEC zstd'],
  ])('reads a long file as DuckDB wrote it: %s', async (_, options) => {
    const { table, rows, unused, hasSymbols } = await read(source, options);
    expect({ rows, unused, hasSymbols }).toEqual({ rows: 30_000, unused: ['note'], hasSymbols: true });
    expect(table.size).toBe(302);
    const start = Date.UTC(2015, 0, 5);
    const msft = table.get('MSFT')!;
    expect(msft.times.length).toBe(10_000);
    for (const [row, time] of msft.times.entries()) {
      const i = 3 * row + 1;
      expect(time).toBe(start + i * 60_000);
      expect(msft.line[row]).toBe(i + 1);
      expect(msft.open[row]).toBe(i / 7 + 1);
      expect(msft.low[row]).toBe(i % 5 === 0 ? Number.NaN : i / 7 + 0.5);
      expect(msft.volume[row]).toBe(i);
    }
  });

  it.each([
    ['a date', "DATE '2015-01-05'"],
    ['a timestamp with zone', "TIMESTAMPTZ '2015-01-05 00:00:00+00'"],
    ['nanoseconds', "TIMESTAMP_NS '2015-01-05 00:00:00'"],
    ['milliseconds', "TIMESTAMP_MS '2015-01-05 00:00:00'"],
    ['a text', "'1/5/2015'"],
    ['an epoch', '1420416000000::BIGINT'],
    ['a number of eight digits', '20150105::INTEGER'],
  ])('reads times given as %s, and prices of any number type', async (_, time) => {
    const { table } = await read(
      `SELECT ${time} AS Date, 1::INTEGER AS Open, 3::BIGINT AS High, 0.5::FLOAT AS Low, 1.25::DECIMAL(9,2) AS Close`,
      '',
    );
    expect(table.get('FILE')).toMatchObject({
      times: [Date.UTC(2015, 0, 5)],
      open: [1],
      high: [3],
      low: [0.5],
      close: [1.25],
      volume: [Number.NaN],
      faults: [],
    });
  });

  it('does not guess the unit of timestamps, which would move dates near 1970', async () => {
    const { table } = await read("SELECT TIMESTAMP '1970-01-02' AS ts, 1.0 AS open, 1.0 AS close", '');
    expect(table.get('FILE')?.times).toEqual([86_400_000]);
  });

  it('keeps a missing time as a fault of its row', async () => {
    const { table } = await read('SELECT NULL::TIMESTAMP AS ts, 1.0 AS open, 1.0 AS close', '');
    expect(table.get('FILE')?.faults).toEqual([
      { row: 0, column: 'time', expected: 'a date or time', found: 'null' },
    ]);
  });

  it.each([
    [
      'text in a price',
      "SELECT 1 AS ts, '1' AS open, 1.0 AS close",
      /expected number in column "open", found text/,
    ],
    [
      'a numeric symbol',
      'SELECT 7 AS symbol, 1 AS ts, 1.0 AS open, 1.0 AS close',
      /expected text in column "symbol"/,
    ],
    ['no close', 'SELECT 1 AS ts, 1.0 AS open', /expected a column close/],
    [
      'a symbol that is null',
      'SELECT NULL::VARCHAR AS symbol, 1 AS ts, 1.0 AS open, 1.0 AS close',
      /row 1: expected a symbol/,
    ],
    [
      'nested columns',
      'SELECT 1 AS ts, 1.0 AS open, 1.0 AS close, [1, 2] AS x',
      /is nested, expected flat columns/,
    ],
  ])('refuses a file with %s', async (_, sql, message) => {
    await expect(read(sql, '')).rejects.toThrow(message);
    await expect(read(sql, '')).rejects.toMatchObject({ name: 'InvalidInputError' });
  });
});
