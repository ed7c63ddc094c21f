import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDataset, writeDataset } from '../../../src/adapters/local/dataset-directory.ts';
import { InvalidInputError, OutsideError } from '../../../src/contracts/errors.ts';
import { loadBars } from '../../../src/sweep/load-bars.ts';
import { flatBars } from '../../support/bar-columns.ts';
import { duckdb } from '../../support/duckdb.ts';

const root = mkdtempSync(join(tmpdir(), 'dataset-directory-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const fresh = () => join(mkdtempSync(join(root, 'case-')), `dataset-${count++}`);

const bars = [
  {
    symbol: 'A',
    columns: flatBars([
      [0, 10],
      [86_400_000, 11],
    ]),
  },
  { symbol: 'B', columns: flatBars([[86_400_000, 20]]) },
];
const others = [{ symbol: 'A', columns: flatBars([[0, 10.5]]) }];

describe('writeDataset', () => {
  it('writes what openDataset and DuckDB read', async () => {
    const dir = fresh();
    const written = await writeDataset(dir, bars, 'a test');
    const { manifest, read } = await openDataset(dir);
    expect(manifest).toEqual(written);
    expect([...(await loadBars(manifest, read, {})).close]).toEqual([10, 11, Number.NaN, 20]);
    expect(readFileSync(join(dir, 'SOURCE.txt'), 'utf8')).toBe('a test\n');
    expect(await duckdb(`SELECT count(*)::INTEGER, sum(close) FROM '${dir}/*.parquet'`)).toEqual([[3, 41]]);
  });

  it('leaves nothing but the dataset behind', async () => {
    const dir = fresh();
    await writeDataset(dir, bars, '');
    expect(readdirSync(join(dir, '..'))).toHaveLength(1);
    expect(readdirSync(dir)).toHaveLength(4);
  });

  it('leaves the same dataset as it is, and fills an empty directory', async () => {
    const dir = fresh();
    mkdirSync(dir);
    const first = await writeDataset(dir, bars, 'first');
    const before = statSync(join(dir, 'manifest.json')).mtimeMs;
    expect(await writeDataset(dir, [...bars].reverse(), 'second')).toEqual(first);
    expect(statSync(join(dir, 'manifest.json')).mtimeMs).toBe(before);
    expect(readFileSync(join(dir, 'SOURCE.txt'), 'utf8')).toBe('first\n');
  });

  it('refuses to replace another dataset, or other files', async () => {
    const dir = fresh();
    const first = await writeDataset(dir, bars, '');
    await expect(writeDataset(dir, others, '')).rejects.toThrow(
      new RegExp(`found dataset ${first.datasetId}; choose another --out, or delete`),
    );
    expect((await openDataset(dir)).manifest).toEqual(first);

    const used = fresh();
    mkdirSync(used);
    writeFileSync(join(used, 'thesis.txt'), 'years of work');
    await expect(writeDataset(used, bars, '')).rejects.toThrow(/found other files/);
    expect(readdirSync(used)).toEqual(['thesis.txt']);

    const file = fresh();
    writeFileSync(file, '');
    await expect(writeDataset(file, bars, '')).rejects.toThrow(/expected a directory, found a file/);
  });

  it('writes nothing when there is nothing to write', async () => {
    const dir = fresh();
    await expect(writeDataset(dir, [], '')).rejects.toThrow(InvalidInputError);
    expect(readdirSync(join(dir, '..'))).toEqual([]);
  });

  it('lets several writers of one dataset succeed', async () => {
    const dir = fresh();
    const all = await Promise.all([1, 2, 3].map(() => writeDataset(dir, bars, '')));
    expect(new Set(all.map(({ datasetId }) => datasetId)).size).toBe(1);
    expect(readdirSync(join(dir, '..'))).toHaveLength(1);
  });

  it('lets one of several writers of different datasets succeed, whole, and tells the others', async () => {
    const dir = fresh();
    const results = await Promise.allSettled([bars, others].map((symbols) => writeDataset(dir, symbols, '')));
    const failed = results.filter((result) => result.status === 'rejected');
    expect(failed).toHaveLength(1);
    expect(failed[0]!.reason).toBeInstanceOf(InvalidInputError);
    expect(readdirSync(join(dir, '..'))).toHaveLength(1);
    const { manifest, read } = await openDataset(dir);
    await expect(loadBars(manifest, read, {})).resolves.toBeDefined();
  });

  it('says so when the disk refuses', async () => {
    // The name itself is short enough, that of the temporary directory is not.
    const writing = writeDataset(join(root, 'x'.repeat(250)), bars, '');
    await expect(writing).rejects.toThrow(OutsideError);
    await expect(writing).rejects.toThrow(/cannot write the dataset; check the disk/);
  });
});

describe('openDataset', () => {
  it('says how to make one where there is none', async () => {
    const dir = fresh();
    await expect(openDataset(dir)).rejects.toThrow(/expected a dataset directory.*backsweep bars import/);
    writeFileSync(dir, '');
    await expect(openDataset(dir)).rejects.toThrow(InvalidInputError);
  });

  it('refuses a damaged manifest, and a missing object when it is read', async () => {
    const dir = fresh();
    const { symbols } = await writeDataset(dir, bars, '');
    const { manifest, read } = await openDataset(dir);
    rmSync(join(dir, symbols[1]!.object));
    await expect(loadBars(manifest, read, {})).rejects.toThrow(OutsideError);
    await expect(loadBars(manifest, read, { universe: ['A'] })).resolves.toMatchObject({ length: 2 });
    writeFileSync(join(dir, 'manifest.json'), readFileSync(join(dir, 'manifest.json'), 'utf8').slice(0, -5));
    await expect(openDataset(dir)).rejects.toThrow(
      /manifest\.json: expected the manifest of a dataset, found no JSON/,
    );
  });
});
