import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { datasetId, encodeDataset, encodeManifest, parseManifest } from '../../src/formats/dataset-id.ts';
import { flatBars } from '../support/bar-columns.ts';

const A = {
  symbol: 'A',
  columns: flatBars([
    [1, 10],
    [3, 30],
  ]),
};
const B = { symbol: 'B/x', columns: flatBars([[2, 5]]) };

describe('encodeDataset', () => {
  it('states size, sha256, rows and range of every object, by ascending symbol', () => {
    const { manifest, objects } = encodeDataset([B, A]);
    expect(manifest).toMatchObject({ version: 1, bars: 3, from: 1, to: 3 });
    expect(manifest.symbols.map(({ symbol, rows, from, to }) => [symbol, rows, from, to])).toEqual([
      ['A', 2, 1, 3],
      ['B/x', 1, 2, 2],
    ]);
    for (const { object, sha256, bytes } of manifest.symbols) {
      const content = objects.get(object)!;
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
      expect(content.byteLength).toBe(bytes);
    }
  });

  it('gives an id that depends on the content, not on the order of the symbols', () => {
    const { datasetId: id } = encodeDataset([A, B]).manifest;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(encodeDataset([B, A]).manifest.datasetId).toBe(id);
    const others = [
      [A],
      [A, { ...B, symbol: 'B' }],
      [A, { ...B, columns: flatBars([[2, 5.000000000000001]]) }],
      [A, { ...B, columns: flatBars([[4, 5]]) }],
    ];
    expect(new Set([id, ...others.map((symbols) => encodeDataset(symbols).manifest.datasetId)]).size).toBe(5);
  });

  it('names objects safely, whatever the symbols are called', () => {
    const names = ['../../etc/passwd', 'EUR/USD', 'btc', 'BTC', 'CON', '価格', '.', '-', 'x'.repeat(64)];
    const { manifest } = encodeDataset(names.map((symbol) => ({ ...A, symbol })));
    const objects = manifest.symbols.map(({ object }) => object);
    for (const object of objects) expect(object).toMatch(/^bars-[A-Za-z0-9_]+-[0-9a-f]{8}\.parquet$/);
    expect(new Set(objects.map((object) => object.toLowerCase())).size).toBe(names.length);
  });

  it('refuses no bars', () => {
    expect(() => encodeDataset([])).toThrow('dataset: expected bars, found no symbol');
    expect(() => encodeDataset([A, { symbol: 'B', columns: flatBars([]) }])).toThrow('symbol B has none');
  });
});

describe('parseManifest', () => {
  const { manifest } = encodeDataset([A, B]);
  const parse = (value: unknown) => parseManifest(JSON.stringify(value), 'm.json');

  it('reads what encodeManifest wrote', () => {
    expect(parseManifest(new TextDecoder().decode(encodeManifest(manifest)), 'm.json')).toEqual(manifest);
  });

  it('refuses a manifest that was edited', () => {
    const symbols = manifest.symbols.map((entry) => ({ ...entry, sha256: '0'.repeat(64) }));
    expect(() => parse({ ...manifest, symbols })).toThrow(/m\.json: expected the manifest.*so it was edited/);
  });

  it.each([
    ['another version', { ...manifest, version: 2 }, /version/],
    ['unknown members', { ...manifest, extra: 1 }, /extra/],
    ['other columns', { ...manifest, schema: [...manifest.schema].reverse() }, /schema\.0/],
    ['a path out of the dataset', withObject('../secret.parquet'), /symbols\.0\.object/],
    ['an absolute path', withObject('/etc/passwd.parquet'), /symbols\.0\.object/],
    ['no symbols', { ...manifest, symbols: [] }, /symbols/],
    ['null', null, /its top level/],
  ])('refuses %s', (_, value, message) => {
    expect(() => parse(value)).toThrow(message);
    expect(() => parse(value)).toThrow(/^m\.json: expected the manifest of a dataset/);
  });

  it('refuses symbols out of order or twice, also under a matching id', () => {
    for (const symbols of [[...manifest.symbols].reverse(), [manifest.symbols[0]!, manifest.symbols[0]!]]) {
      const { datasetId: _, ...content } = { ...manifest, symbols };
      expect(() => parse({ ...content, datasetId: datasetId(content) })).toThrow(/symbols out of order/);
    }
  });

  it('refuses text that is no JSON', () => {
    expect(() => parseManifest('{', 'm.json')).toThrow(
      'm.json: expected the manifest of a dataset, found no JSON',
    );
  });

  function withObject(object: string) {
    return { ...manifest, symbols: [{ ...manifest.symbols[0]!, object }] };
  }
});
