import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { importBars } from '../../../src/adapters/local/import-bars.ts';
import { InvalidInputError } from '../../../src/contracts/errors.ts';
import { duckdb } from '../../support/duckdb.ts';

const root = mkdtempSync(join(tmpdir(), 'import-bars-'));
afterAll(() => rmSync(root, { recursive: true }));
const strict = { onBadBar: 'error' } as const;
const drop = { onBadBar: 'drop' } as const;
const DAY = 86_400_000;
const T0 = Date.UTC(2015, 0, 5);

/** A folder with these files. */
function folder(files: Record<string, string | Uint8Array>): string {
  const dir = mkdtempSync(join(root, 'case-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

const HEAD = 'Date,Open,High,Low,Close,Volume\n';

describe('importBars', () => {
  it('names the symbol of a file after the file: CSV, gzip and Parquet, in a folder or one by one', async () => {
    const dir = folder({
      'MSFT.csv': `${HEAD}2015-01-05,1,2,1,2,5\n`,
      'BRK.B.csv.gz': gzipSync(`${HEAD}2015-01-05,3,4,3,4,5\n2015-01-06,3,4,3,4,5\n`),
      'notes.md': 'not bars',
    });
    mkdirSync(join(dir, 'sub'));
    await duckdb(
      `COPY (SELECT DATE '2015-01-05' AS Date, 5.0 AS Open, 6.0 AS Close) TO '${dir}/AAPL.parquet' (FORMAT parquet)`,
    );
    const { symbols, files, report } = await importBars([dir], strict);
    expect(symbols.map(({ symbol, columns }) => [symbol, [...columns.close]])).toEqual([
      ['AAPL', [6]],
      ['BRK.B', [4, 4]],
      ['MSFT', [2]],
    ]);
    expect(files.map(({ file, rows }) => [file, rows])).toEqual([
      [join(dir, 'AAPL.parquet'), 1],
      [join(dir, 'BRK.B.csv.gz'), 2],
      [join(dir, 'MSFT.csv'), 1],
    ]);
    expect(report.map(({ symbol, bars, to }) => [symbol, bars, to])).toEqual([
      ['AAPL', 1, T0],
      ['BRK.B', 2, T0 + DAY],
      ['MSFT', 1, T0],
    ]);
    expect(
      await importBars(
        ['AAPL.parquet', 'MSFT.csv', 'BRK.B.csv.gz'].map((name) => join(dir, name)),
        strict,
      ),
    ).toMatchObject({
      symbols,
    });
  });

  it('joins the rows of a symbol that stand in several files, and names both files of a second bar', async () => {
    const head = 'symbol,ts,open,high,low,close\n';
    const dir = folder({
      '2015.csv': `${head}A,2015-01-06,2,2,2,2\nA,2015-01-05,1,1,1,1\n`,
      '2016.csv': `${head}A,2016-01-05,3,3,3,3\nB,2016-01-05,3,3,3,3\n`,
    });
    const { symbols, report } = await importBars([dir], strict);
    expect([...symbols[0]!.columns.close]).toEqual([1, 2, 3]);
    expect(report.map(({ symbol, sorted, missing }) => [symbol, sorted, missing])).toEqual([
      ['A', false, 0],
      ['B', true, 0],
    ]);
    writeFileSync(join(dir, '2017.csv'), `${head}A,2015-01-05,1,1,1,1\n`);
    await expect(importBars([dir], strict)).rejects.toThrow(
      /2017\.csv line 2, symbol A: expected one bar at 2015-01-05.*first is at .*2015\.csv line 3/,
    );
  });

  it('reports dropped bars and symbols of which nothing is left', async () => {
    const dir = folder({
      'long.csv': `symbol,${HEAD}A,2015-01-05,1,2,1,2,5\nA,2015-01-06,1,2,1,n/a x,5\nB,2015-01-05,1,0.5,1,1,5\n`,
    });
    await expect(importBars([dir], strict)).rejects.toThrow(
      /long\.csv line 3, symbol A, 2015-01-06: expected a number in close, found "n\/a x"; correct it, or leave/,
    );
    const { symbols, report } = await importBars([dir], drop);
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['A']);
    expect(report.map(({ symbol, bars, dropped }) => [symbol, bars, dropped.length])).toEqual([
      ['A', 1, 1],
      ['B', 0, 1],
    ]);
  });

  it('scales by the adjusted close', async () => {
    const dir = folder({
      'A.csv': 'Date,Open,High,Low,Close,Adj Close\n2015-01-05,8,12,6,10,5\n2015-01-06,8,12,6,10,10\n',
    });
    const { symbols } = await importBars([dir], { ...strict, adjust: true });
    expect([...symbols[0]!.columns.high]).toEqual([6, 12]);
    const raw = await importBars([dir], strict);
    expect([...raw.symbols[0]!.columns.high]).toEqual([12, 12]);
    expect(raw.files[0]!.unused).toEqual(['Adj Close']);
  });

  it('takes a given symbol for the one file without', async () => {
    const dir = folder({ 'prices.csv': `${HEAD}2015-01-05,1,2,1,2,5\n` });
    const options = { ...strict, symbol: 'SPY' };
    expect((await importBars([dir], options)).symbols[0]!.symbol).toBe('SPY');
    writeFileSync(join(dir, 'more.csv'), `${HEAD}2015-01-06,1,2,1,2,5\n`);
    await expect(importBars([dir], options)).rejects.toThrow(/--symbol SPY: expected one file .* found 2/);
  });

  it.each([
    ['a path that is not there', {}, 'nope.csv', /nope\.csv: expected a file or folder, found none/],
    ['an empty folder', {}, '', /expected .csv, .csv.gz or .parquet files, found none/],
    ['another kind of file', { 'a.xlsx': 'x' }, 'a.xlsx', /a\.xlsx: expected a file that ends in/],
    ['a dataset', { 'manifest.json': '{}' }, '', /expected files of bars, found a dataset/],
    ['a header without bars', { 'a.csv': HEAD }, '', /expected at least one bar, found none/],
    [
      'text that is not gzip',
      { 'a.csv.gz': HEAD },
      '',
      /a\.csv\.gz: expected gzip-compressed text, found damaged/,
    ],
    [
      'gzip that was cut off',
      { 'a.csv.gz': gzipSync(`${HEAD}2015-01-05,1,2,1,2,5\n`.repeat(50)).subarray(0, 60) },
      '',
      /a\.csv\.gz: expected gzip-compressed text, found damaged/,
    ],
    [
      'damaged Parquet',
      { 'a.parquet': 'PAR1 nonsense PAR1' },
      '',
      /a\.parquet: expected a sound Parquet file/,
    ],
  ])('refuses %s', async (_, files, path, message) => {
    const dir = folder(files as Record<string, string>);
    const importing = importBars([join(dir, path)], strict);
    await expect(importing).rejects.toThrow(message);
    await expect(importing).rejects.toThrow(InvalidInputError);
  });
});
