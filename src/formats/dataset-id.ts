import {
  BAR_SCHEMA,
  type DatasetManifest,
  type DatasetSymbol,
  datasetManifest,
} from '../contracts/dataset-manifest.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import type { BarColumns } from './bar-rows.ts';
import { encodeBars } from './bars-parquet.ts';
import { canonicalJson, sha256Hex } from './canonical-json.ts';
import { unionOfTimes } from './join-bars.ts';

/** The checked bars of one symbol, under its name. */
export interface SymbolBars {
  readonly symbol: string;
  readonly columns: BarColumns;
}

/** A dataset as it will be stored: the manifest and its objects by name. */
export interface EncodedDataset {
  readonly manifest: DatasetManifest;
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

/**
 * Encodes checked bars as a dataset; the same bars give the same bytes and id, in whatever order the symbols come.
 *
 * @param symbols unique names, each with at least one bar
 * @throws InvalidInputError where there is no symbol, or one without bars
 */
export function encodeDataset(symbols: readonly SymbolBars[]): EncodedDataset {
  const empty = symbols.find(({ columns }) => columns.times.length === 0);
  if (symbols.length === 0 || empty) {
    const found = empty ? `symbol ${empty.symbol} has none` : 'no symbol';
    throw new InvalidInputError(`dataset: expected bars, found ${found}; check the files and their columns`);
  }
  const objects = new Map<string, Uint8Array>();
  const sorted = [...symbols].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  const entries = sorted.map(({ symbol, columns }): DatasetSymbol => {
    const bytes = encodeBars(columns);
    const object = objectName(symbol);
    objects.set(object, bytes);
    return {
      symbol,
      object,
      sha256: sha256Hex(bytes),
      bytes: bytes.byteLength,
      rows: columns.times.length,
      from: columns.times[0]!,
      to: columns.times[columns.times.length - 1]!,
    };
  });
  const index = unionOfTimes(sorted.map(({ columns }) => columns.times));
  const content = {
    version: 1 as const,
    schema: BAR_SCHEMA.map((column) => ({ ...column })) as DatasetManifest['schema'],
    bars: index.length,
    from: index[0]!,
    to: index[index.length - 1]!,
    symbols: entries,
  };
  return { manifest: datasetManifest.parse({ ...content, datasetId: datasetId(content) }), objects };
}

/** The id that names the content of a manifest: 32 hex digits. */
export function datasetId(content: Omit<DatasetManifest, 'datasetId'>): string {
  return sha256Hex(canonicalJson(content)).slice(0, 32);
}

/** The bytes of `manifest.json`: canonical JSON and a newline. */
export function encodeManifest(manifest: DatasetManifest): Uint8Array {
  return new TextEncoder().encode(`${canonicalJson(manifest)}\n`);
}

/**
 * Reads and checks a manifest.
 *
 * @param file its name, for errors
 * @throws InvalidInputError for text that is no manifest, symbols out of order, or an id that does not name the content
 */
export function parseManifest(text: string, file: string): DatasetManifest {
  const fail = (found: string, cause?: unknown) =>
    new InvalidInputError(
      `${file}: expected the manifest of a dataset, found ${found}; import the bars again with \`backsweep bars import\``,
      { cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail('no JSON', error);
  }
  const parsed = datasetManifest.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw fail(`${issue.path.join('.') || 'its top level'}: ${issue.message}`, parsed.error);
  }
  const { datasetId: id, ...content } = parsed.data;
  for (let i = 1; i < content.symbols.length; i++) {
    if (content.symbols[i - 1]!.symbol >= content.symbols[i]!.symbol) {
      throw fail(`symbols out of order at ${content.symbols[i]!.symbol}`);
    }
  }
  const expected = datasetId(content);
  if (id !== expected) throw fail(`the id ${id} where its content has ${expected}, so it was edited`);
  return parsed.data;
}

/** A key that is safe in any store and file system, readable, and different for symbols that differ in case only. */
function objectName(symbol: string): string {
  const readable = symbol.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 64);
  return `bars-${readable}-${sha256Hex(symbol).slice(0, 8)}.parquet`;
}
