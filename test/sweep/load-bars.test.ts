import { describe, expect, it } from 'vitest';
import type { DatasetManifest } from '../../src/contracts/dataset-manifest.ts';
import { InvalidInputError, OutsideError } from '../../src/contracts/errors.ts';
import { encodeBars } from '../../src/formats/bars-parquet.ts';
import { sha256Hex } from '../../src/formats/canonical-json.ts';
import { encodeDataset } from '../../src/formats/dataset-id.ts';
import { loadBars } from '../../src/sweep/load-bars.ts';
import { flatBars } from '../support/bar-columns.ts';

const DAY = 86_400_000;
const { manifest, objects } = encodeDataset([
  {
    symbol: 'AAPL',
    columns: flatBars([
      [0, 10],
      [DAY, 11],
      [3 * DAY, 13],
    ]),
  },
  {
    symbol: 'MSFT',
    columns: flatBars([
      [DAY, 21],
      [2 * DAY, 22],
    ]),
  },
]);
const read = async (object: string) => objects.get(object)!;
const none = Number.NaN;

describe('loadBars', () => {
  it('joins all symbols on the union of their times', async () => {
    const bars = await loadBars(manifest, read, {});
    expect(bars.symbols).toEqual(['AAPL', 'MSFT']);
    expect([...bars.times]).toEqual([0, DAY, 2 * DAY, 3 * DAY]);
    expect([...bars.close]).toEqual([10, 11, none, 13, none, 21, 22, none]);
    expect([...bars.lastClose]).toEqual([10, 11, 11, 13, none, 21, 22, 22]);
  });

  it('takes the symbols in the order of the universe, and their times only', async () => {
    expect((await loadBars(manifest, read, { universe: ['MSFT', 'AAPL'] })).symbols).toEqual([
      'MSFT',
      'AAPL',
    ]);
    expect([...(await loadBars(manifest, read, { universe: ['MSFT'] })).times]).toEqual([DAY, 2 * DAY]);
  });

  it.each([
    [DAY, 2 * DAY, [DAY, 2 * DAY]],
    [DAY + 1, undefined, [2 * DAY, 3 * DAY]],
    [undefined, DAY - 1, [0]],
    [-DAY, 9 * DAY, [0, DAY, 2 * DAY, 3 * DAY]],
    [3 * DAY, 3 * DAY, [3 * DAY]],
  ])('keeps the bars from %s to %s, both included', async (from, to, times) => {
    const bars = await loadBars(manifest, read, { from, to });
    expect([...bars.times]).toEqual(times);
    expect(bars.symbols).toEqual(['AAPL', 'MSFT']);
  });

  it.each([
    [{ from: 4 * DAY }, 'expected bars between 1970-01-01 and 1970-01-04'],
    [{ to: -1 }, 'found none from the beginning to 1969-12-31T23:59:59.999Z'],
    [{ from: 2 * DAY, to: DAY }, 'found none from 1970-01-03 to 1970-01-02'],
    [{ universe: ['MSFT'], from: 3 * DAY }, 'expected bars between 1970-01-02 and 1970-01-03'],
  ])('says the range of the data when %j holds no bars', async (selection, message) => {
    await expect(loadBars(manifest, read, selection)).rejects.toThrow(message);
    await expect(loadBars(manifest, read, selection)).rejects.toThrow(
      /^period: .*choose a period within the range$/,
    );
  });

  it.each([
    [['APPL'], 'found "APPL"; did you mean AAPL?'],
    [['AAPL', 'msft'], 'found "msft"; did you mean MSFT?'],
    [['XYZXYZXYZ'], 'found "XYZXYZXYZ"; `backsweep bars inspect` lists them'],
    [['AAPL', 'AAPL'], 'expected each symbol once, found AAPL twice'],
    [[], 'expected at least one symbol, found none'],
  ])('refuses the universe %j', async (universe, message) => {
    await expect(loadBars(manifest, read, { universe })).rejects.toThrow(message);
    await expect(loadBars(manifest, read, { universe })).rejects.toThrow(InvalidInputError);
  });

  it.each([
    ['cut off', (bytes: Uint8Array) => bytes.subarray(1)],
    ['flipped', (bytes: Uint8Array) => bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte))],
    ['of another symbol', () => objects.get(manifest.symbols[1]!.object)!],
  ])('refuses an object that is %s, before reading it', async (_, damage) => {
    const reading = loadBars(manifest, async (object) => damage(await read(object)), { universe: ['AAPL'] });
    await expect(reading).rejects.toThrow(OutsideError);
    await expect(reading).rejects.toThrow(
      /object bars-AAPL-[0-9a-f]{8}\.parquet: expected \d+ bytes with sha256/,
    );
  });

  it('checks every bar even under a matching sha256, for whoever wrote the manifest may not be us', async () => {
    const forged = (bytes: Uint8Array, rows = 2): DatasetManifest => ({
      ...manifest,
      symbols: [{ ...manifest.symbols[0]!, rows, bytes: bytes.byteLength, sha256: sha256Hex(bytes) }],
    });
    const load = (bytes: Uint8Array, rows?: number) => loadBars(forged(bytes, rows), async () => bytes, {});
    const sound = flatBars([
      [0, 1],
      [DAY, 2],
    ]);
    await expect(load(encodeBars(sound))).resolves.toMatchObject({ length: 2 });
    await expect(load(encodeBars(sound), 3)).rejects.toThrow('expected 3 rows, found 2');
    await expect(load(encodeBars({ ...sound, times: Float64Array.of(DAY, 0) }))).rejects.toThrow(/ascending/);
    await expect(load(encodeBars({ ...sound, high: Float64Array.of(1, 1) }))).rejects.toThrow(
      /expected high >=/,
    );
    await expect(load(new Uint8Array(100))).rejects.toThrow(/expected a sound Parquet file/);
  });

  it('passes on what the reader throws', async () => {
    const failure = new OutsideError('no network');
    await expect(loadBars(manifest, () => Promise.reject(failure), {})).rejects.toBe(failure);
  });
});
