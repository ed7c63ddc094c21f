import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import { openParquet } from '../../src/formats/parquet-file.ts';
import { skipThriftStruct } from '../../src/formats/thrift-limits.ts';
import { duckdb } from '../support/duckdb.ts';

const folder = mkdtempSync(join(tmpdir(), 'parquet-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const variants: Record<string, Uint8Array> = {};
beforeAll(async () => {
  for (const [name, options] of Object.entries({
    snappy: 'CODEC snappy',
    zstd: 'CODEC zstd',
    gzip: 'CODEC gzip',
    lz4: 'CODEC lz4_raw',
    v2: 'CODEC zstd, PARQUET_VERSION v2',
  })) {
    const path = join(folder, `${name}.parquet`);
    await duckdb(
      `COPY (SELECT i AS id, i % 5 AS few, 'S' || i % 20 AS name, CASE WHEN i % 3 = 0 THEN NULL ELSE i / 7 END AS x
             FROM range(3000) t(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048, ${options})`,
    );
    variants[name] = readFileSync(path);
  }
});

/** Reads every column; gives the values, or the error. */
async function readAll(bytes: Uint8Array): Promise<unknown> {
  try {
    const file = openParquet(bytes, 'x.parquet');
    return await Promise.all(file.columns.map(async ({ name }) => Array.from(await file.read(name))));
  } catch (error) {
    return error;
  }
}

describe('openParquet', () => {
  it('states rows, names and kinds, and gives null for what is missing', async () => {
    const file = openParquet(variants.snappy!, 'x.parquet');
    expect(file.rows).toBe(3_000);
    expect(file.columns).toEqual([
      { name: 'id', kind: 'number' },
      { name: 'few', kind: 'number' },
      { name: 'name', kind: 'text' },
      { name: 'x', kind: 'number' },
    ]);
    expect(Array.from(await file.read('x')).slice(0, 3)).toEqual([null, 1 / 7, 2 / 7]);
    expect((await file.read('name'))[2_999]).toBe('S19');
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['a text', new TextEncoder().encode('symbol,ts,open,close\nA,1,1,1\n')],
    ['the magic alone', new TextEncoder().encode('PAR1PAR1PAR1')],
    ['another format', gzipSync('PAR1')],
  ])('refuses %s as no Parquet file', (_, bytes) => {
    expect(() => openParquet(bytes, 'x.parquet')).toThrow(InvalidInputError);
    expect(() => openParquet(bytes, 'x.parquet')).toThrow(/x\.parquet: expected a sound Parquet file, found/);
  });

  it('refuses a file that was cut off', async () => {
    const bytes = variants.snappy!;
    for (const length of [bytes.length - 1, bytes.length - 100, bytes.length >> 1, 20]) {
      expect(await readAll(bytes.subarray(0, length))).toBeInstanceOf(InvalidInputError);
    }
  });

  it('refuses a footer that is longer than the file, before reading it', () => {
    const bytes = Uint8Array.from(variants.snappy!);
    new DataView(bytes.buffer).setUint32(bytes.length - 8, 0x7fffffff, true);
    expect(() => openParquet(bytes, 'x.parquet')).toThrow(/a footer of 2147483647 bytes/);
  });

  it.each([['snappy'], ['zstd'], ['gzip'], ['lz4'], ['v2']])(
    'survives any damaged byte of a %s file: values or an InvalidInputError, nothing else',
    async (name) => {
      const intact = variants[name]!;
      const step = Math.ceil(intact.length / 400);
      for (let at = 0; at < intact.length; at += step) {
        const bytes = Uint8Array.from(intact);
        bytes[at] = bytes[at]! ^ 0xff;
        const result = await readAll(bytes);
        if (result instanceof Error) expect(result, `byte ${at}`).toBeInstanceOf(InvalidInputError);
        else expect((result as unknown[][]).every((column) => column.length === 3_000)).toBe(true);
      }
    },
  );

  it('refuses a page that claims more than 64 MiB, and a file that unpacks to more than 1,000 times its size', async () => {
    const zeros = (rows: number, pageSize: number) =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'x', data: new Float64Array(rows), type: 'DOUBLE', nullable: false, encoding: 'PLAIN' },
          ],
          codec: 'GZIP',
          compressors: { GZIP: (bytes) => gzipSync(bytes) },
          rowGroupSize: rows,
          pageSize,
        }),
      );
    await expect(openParquet(zeros(9e6, 2 ** 30), 'x').read('x')).rejects.toThrow(
      /pages of at most 67108864 bytes/,
    );
    const bomb = zeros(9e6, 2 ** 23);
    expect(72e6 / bomb.length).toBeGreaterThan(500);
    await expect(openParquet(bomb, 'x').read('x')).rejects.toThrow(/more than \d+ bytes when unpacked/);
  });

  it('says which codecs are supported when it meets another', async () => {
    const path = join(folder, 'brotli.parquet');
    await duckdb(`COPY (SELECT 1.5 AS x) TO '${path}' (FORMAT parquet, CODEC brotli)`);
    expect(() => openParquet(readFileSync(path), 'x')).toThrow(
      /codec BROTLI, supported are none, snappy, gzip/,
    );
  });

  it('refuses a small file of very many equal rows', async () => {
    const path = join(folder, 'rows.parquet');
    await duckdb(`COPY (SELECT 1.5::DOUBLE AS x FROM range(12000000)) TO '${path}' (FORMAT parquet)`);
    const bytes = readFileSync(path);
    expect(bytes.length).toBeLessThan(60_000);
    await expect(openParquet(bytes, 'x').read('x')).rejects.toThrow(/more than \d+ bytes when unpacked/);
  });

  it('refuses a run of repeated dictionary indices that exceeds its page', async () => {
    const data = [...new Array(1_000).fill('AAPL'), 'MSFT'];
    const column = {
      name: 'x',
      data,
      type: 'STRING' as const,
      nullable: false,
      encoding: 'RLE_DICTIONARY' as const,
    };
    const bytes = new Uint8Array(
      parquetWriteBuffer({ columnData: [column], codec: 'UNCOMPRESSED', rowGroupSize: 1_001 }),
    );
    expect((await openParquet(bytes, 'x').read('x')).length).toBe(1_001);
    // Indices of one bit, then 1,000 times index 0: the varint of 2,000 and the index.
    const at = Buffer.from(bytes).indexOf(Buffer.of(1, 0xd0, 0x0f, 0));
    expect(at).toBeGreaterThan(0);
    bytes[at + 2] = 0x7f;
    await expect(openParquet(bytes, 'x').read('x')).rejects.toThrow(
      'a run of 8168 where 1001 values are left',
    );
  });
});

describe('skipThriftStruct', () => {
  const view = (...bytes: number[]) => new DataView(Uint8Array.from(bytes).buffer);

  it('finds the end of a struct of numbers, texts, lists and structs', () => {
    // 1: i32 300, 2: "hi", 3: list of two i32, 4: struct {1: true}, 5: double, stop
    const bytes = [
      0x15, 0xd8, 0x04, 0x18, 2, 104, 105, 0x19, 0x25, 2, 4, 0x1c, 0x11, 0, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    expect(skipThriftStruct(view(...bytes), 0)).toBe(bytes.length);
  });

  it.each([
    ['a list of 2^32 − 1 elements', [0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]],
    ['a text of 2^31 bytes', [0x18, 0x80, 0x80, 0x80, 0x80, 0x08, 0]],
    ['structs without an end', new Array(64).fill(0x1c)],
    ['lists in lists without an end', [0x19, ...new Array(64).fill(0x19)]],
    ['an unknown type', [0x1f, 0]],
    ['a number that does not end', [0x15, ...new Array(20).fill(0xff)]],
    ['no stop', [0x15, 0]],
  ])('refuses %s', (_, bytes) => {
    expect(() => skipThriftStruct(view(...(bytes as number[])), 0)).toThrow();
  });
});
