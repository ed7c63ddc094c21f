import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import { parseInstructions } from '../../src/formats/instructions.ts';
import { parseInstructionsJson, rebalanceEvents } from '../../src/formats/instructions-json.ts';
import { instructionsParquet, parseInstructionsParquet } from '../../src/formats/instructions-parquet.ts';
import { duckdb } from '../support/duckdb.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'instructions-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function writtenByDuckdb(sql: string, options = ''): Promise<Uint8Array> {
  const path = join(folder, 'foreign.parquet');
  await duckdb(`COPY (${sql}) TO '${path}' (FORMAT parquet${options})`);
  return readFileSync(path);
}

const json = (events: unknown) => parseInstructionsJson(JSON.stringify(events), 'e.json');

describe('parseInstructionsParquet', () => {
  it.each(['', ', CODEC zstd', ', CODEC gzip'])(
    'reads the long form that DuckDB wrote%s',
    async (options) => {
      const sql = `SELECT * FROM (VALUES
      (TIMESTAMP '1970-01-02', 'AAPL', 0.5, 0.05, NULL), (TIMESTAMP '1970-01-02', 'KO', NULL, NULL, NULL),
      (TIMESTAMP '2015-03-02 14:30:00', 'KO', 'nan'::DOUBLE, NULL, NULL),
      (TIMESTAMP '2015-03-02 14:30:00', 'AAPL', 1, 'nan'::DOUBLE, 'inf'::DOUBLE)
    ) t(time, symbol, weight, stop_loss, take_profit)`;
      const found = await parseInstructionsParquet(await writtenByDuckdb(sql, options), 'f.parquet');
      expect(found).toEqual(
        json([
          {
            timestamp: 86_400_000,
            instructions: { AAPL: { weight: 0.5, stops: { stopLoss: 0.05 } }, KO: { weight: null } },
          },
          {
            timestamp: '2015-03-02T14:30Z',
            instructions: { KO: { weight: null }, AAPL: { weight: 1, stops: { takeProfit: null } } },
          },
        ]),
      );
    },
  );

  it('reads the wide form, its index of times in the last column under any name', async () => {
    const sql = `SELECT * FROM (VALUES (0.5::FLOAT, 1::INTEGER, DATE '2015-03-02'), (NULL, 0, DATE '2015-03-03'))
      t(AAPL, KO, "__index_level_0__")`;
    expect(await parseInstructionsParquet(await writtenByDuckdb(sql), 'f.parquet')).toEqual(
      json([
        { timestamp: '2015-03-02', instructions: { AAPL: { weight: 0.5 }, KO: { weight: 1 } } },
        { timestamp: '2015-03-03', instructions: { KO: { weight: 0 } } },
      ]),
    );
  });

  it('names the row of an error', async () => {
    const sql = `SELECT * FROM (VALUES (DATE '2015-03-02', 'A', 1.0), (DATE '2015-03-02', 'A', 0.5)) t(ts, asset, weight)`;
    await expect(parseInstructionsParquet(await writtenByDuckdb(sql), 'f.parquet')).rejects.toThrow(
      'f.parquet, row 2: expected one row a time and asset, found "A" at f.parquet, row 1 too',
    );
    const number = await writtenByDuckdb(`SELECT DATE '2015-03-02' AS ts, 7 AS asset, 1.0 AS weight`);
    await expect(parseInstructionsParquet(number, 'f.parquet')).rejects.toThrow(
      'f.parquet, row 1: expected the name of an asset, found 7',
    );
  });

  it('refuses damaged bytes', async () => {
    const bytes = instructionsParquet(json([{ timestamp: 0, instructions: { A: { weight: 1 } } }]));
    await expect(parseInstructionsParquet(bytes.slice(0, -5), 'f.parquet')).rejects.toThrow(
      InvalidInputError,
    );
    await expect(parseInstructionsParquet(new Uint8Array(), 'f.parquet')).rejects.toThrow(InvalidInputError);
  });
});

describe('instructionsParquet', () => {
  const weight = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((w) => w !== 0);
  const stop = fc.constantFrom(null, 0.05, 0.999);
  const cell = fc.oneof(
    fc.record({ weight: fc.constantFrom(null, 0) }),
    fc.record(
      {
        weight,
        stops: fc.record(
          { stopLoss: stop, trailingStop: stop, takeProfit: stop },
          { requiredKeys: ['stopLoss'] },
        ),
      },
      { requiredKeys: ['weight'] },
    ),
  );
  const asset = fc
    .string({ minLength: 1, unit: 'grapheme' })
    .filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
  const events = fc.uniqueArray(
    fc.record({
      timestamp: fc.integer({ min: -2e12, max: 4e12 }),
      instructions: fc.dictionary(asset, cell, { maxKeys: 5, noNullPrototype: true }),
    }),
    { selector: (event) => event.timestamp, maxLength: 10 },
  );

  it('keeps every event, cell and bit', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (drafts) => {
        const given = rebalanceEvents(drafts, 'drafts');
        const found = await parseInstructionsParquet(instructionsParquet(given), 'f.parquet');
        expect(found).toEqual(given);
      }),
    );
  });

  it('writes the documented columns, as DuckDB reads them', async () => {
    const stops = { stopLoss: 0.05, takeProfit: null };
    const bytes = instructionsParquet(
      json([
        { timestamp: '2015-03-02', instructions: { AAPL: { weight: 0.5, stops }, KO: { weight: null } } },
        { timestamp: '2015-03-03', instructions: {} },
      ]),
    );
    const path = join(folder, 'ours.parquet');
    writeFileSync(path, bytes);
    expect(await duckdb(`SELECT epoch_ms(timestamp)::DOUBLE, * EXCLUDE timestamp FROM '${path}'`)).toEqual([
      [1_425_254_400_000, 'AAPL', 0.5, 0.05, null, Number.POSITIVE_INFINITY],
      [1_425_254_400_000, 'KO', null, null, null, null],
      [1_425_340_800_000, null, null, null, null, null],
    ]);
  });
});

describe('parseInstructions', () => {
  it('chooses the reader by the ending of the name', async () => {
    const text = new TextEncoder();
    const events = json([{ timestamp: '2015-03-02', instructions: { A: { weight: 1 } } }]);
    const csv = text.encode('date,A\n2015-03-02,1\n');
    expect(await parseInstructions(csv, 'x/e.CSV')).toEqual(events);
    expect(await parseInstructions(text.encode(JSON.stringify(events)), 'e.json')).toEqual(events);
    expect(await parseInstructions(instructionsParquet(events), 'e.parquet')).toEqual(events);
    await expect(parseInstructions(csv, 'e.txt')).rejects.toThrow(
      'e.txt: expected instructions as .json, .csv or .parquet, found another ending',
    );
  });
});
