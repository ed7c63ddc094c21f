import type { DatasetManifest, DatasetSymbol } from '../contracts/dataset-manifest.ts';
import { InvalidInputError, OutsideError } from '../contracts/errors.ts';
import { nearestName } from '../contracts/nearest-name.ts';
import type { Bars } from '../core/bars.ts';
import type { BarColumns } from '../formats/bar-rows.ts';
import { decodeBars } from '../formats/bars-parquet.ts';
import { sha256Hex } from '../formats/canonical-json.ts';
import { checkColumns } from '../formats/check-bars.ts';
import { joinBars } from '../formats/join-bars.ts';
import { formatTimestamp } from '../formats/timestamp.ts';

/** Which part of a dataset is used. */
export interface BarsSelection {
  /** Symbols in the order of the assets; default: all, by ascending symbol. */
  readonly universe?: readonly string[] | undefined;
  /** First and last instant, both included; epoch milliseconds, UTC; default: the dataset's ends. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const PARALLEL_READS = 16;

/**
 * Loads the chosen part of a dataset into shared memory: the time index is the union of the symbols' times in the period.
 *
 * A symbol without bars in the period stays, with every bar missing.
 *
 * @param read gives the bytes of an object of the manifest
 * @throws InvalidInputError for an unknown or repeated symbol, an empty universe, a period without bars
 * @throws OutsideError for an object whose bytes are not those of the manifest
 */
export async function loadBars(
  manifest: DatasetManifest,
  read: (object: string) => Promise<Uint8Array>,
  selection: BarsSelection,
): Promise<Bars> {
  const entries = chosenSymbols(manifest, selection.universe);
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = selection;
  const symbols: { symbol: string; columns: BarColumns }[] = [];
  for (let i = 0; i < entries.length; i += PARALLEL_READS) {
    const batch = entries.slice(i, i + PARALLEL_READS).map(async (entry) => ({
      symbol: entry.symbol,
      columns: within(await readSymbol(manifest, entry, read), from, to),
    }));
    symbols.push(...(await Promise.all(batch)));
  }
  if (symbols.every(({ columns }) => columns.times.length === 0)) {
    throw emptyPeriod(manifest, entries, from, to);
  }
  return joinBars(symbols);
}

/** The entries of the chosen symbols in the order of the assets; InvalidInputError as `loadBars` says. */
export function chosenSymbols(
  manifest: DatasetManifest,
  universe: readonly string[] | undefined,
): readonly DatasetSymbol[] {
  if (universe === undefined) return manifest.symbols;
  const bySymbol = new Map(manifest.symbols.map((entry) => [entry.symbol, entry]));
  if (universe.length === 0) {
    throw new InvalidInputError(
      'universe: expected at least one symbol, found none; leave it out to use all',
    );
  }
  const seen = new Set<string>();
  return universe.map((symbol) => {
    const entry = bySymbol.get(symbol);
    if (entry === undefined) {
      const nearest = nearestName(symbol, bySymbol.keys());
      const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
      throw new InvalidInputError(
        `universe: expected one of the ${bySymbol.size} symbols of dataset ${manifest.datasetId}, ` +
          `found ${JSON.stringify(symbol)}${hint}; \`backsweep bars inspect\` lists them`,
      );
    }
    if (seen.has(symbol)) {
      throw new InvalidInputError(`universe: expected each symbol once, found ${symbol} twice; remove one`);
    }
    seen.add(symbol);
    return entry;
  });
}

/**
 * Reads the bars of one symbol of a dataset and checks them: size, sha256, layout, and every bar.
 *
 * @throws OutsideError for bytes that are not those of the manifest, InvalidInputError for bars that cannot be
 */
export async function readSymbol(
  manifest: DatasetManifest,
  entry: DatasetSymbol,
  read: (object: string) => Promise<Uint8Array>,
): Promise<BarColumns> {
  const bytes = await read(entry.object);
  const place = `dataset ${manifest.datasetId}, object ${entry.object}`;
  const sha256 = bytes.byteLength === entry.bytes ? sha256Hex(bytes) : undefined;
  if (sha256 !== entry.sha256) {
    const found = sha256 === undefined ? `${bytes.byteLength} bytes` : `sha256 ${sha256}`;
    throw new OutsideError(
      `${place}: expected ${entry.bytes} bytes with sha256 ${entry.sha256}, found ${found}; the copy is damaged: import or push the dataset again`,
    );
  }
  const columns = await decodeBars(bytes, place);
  if (columns.times.length !== entry.rows) {
    throw new InvalidInputError(
      `${place}: expected ${entry.rows} rows, found ${columns.times.length}; import the bars again`,
    );
  }
  checkColumns(columns, place);
  return columns;
}

function within({ times, open, high, low, close, volume }: BarColumns, from: number, to: number): BarColumns {
  const start = firstAtLeast(times, from);
  let end = firstAtLeast(times, to);
  if (times[end] === to) end++;
  const cut = (column: Float64Array) => column.subarray(start, Math.max(start, end));
  return {
    times: cut(times),
    open: cut(open),
    high: cut(high),
    low: cut(low),
    close: cut(close),
    volume: cut(volume),
  };
}

function firstAtLeast(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The error about a period without bars. */
export function emptyPeriod(
  manifest: DatasetManifest,
  entries: readonly DatasetSymbol[],
  from: number,
  to: number,
): InvalidInputError {
  const start = Math.min(...entries.map((entry) => entry.from));
  const end = Math.max(...entries.map((entry) => entry.to));
  const asked = `${Number.isFinite(from) ? formatTimestamp(from) : 'the beginning'} to ${Number.isFinite(to) ? formatTimestamp(to) : 'the end'}`;
  return new InvalidInputError(
    `period: expected bars between ${formatTimestamp(start)} and ${formatTimestamp(end)}, the range of the chosen symbols ` +
      `of dataset ${manifest.datasetId}, found none from ${asked}; choose a period within the range`,
  );
}
