import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import type { BarTable } from '../../formats/bar-rows.ts';
import { readBarsCsv } from '../../formats/bars-csv.ts';
import { readBarsParquet } from '../../formats/bars-parquet.ts';
import { type BarsSummary, summarizeBars } from '../../formats/bars-report.ts';
import { type BadBar, type CheckOptions, checkBars } from '../../formats/check-bars.ts';
import type { SymbolBars } from '../../formats/dataset-id.ts';
import { unionOfTimes } from '../../formats/join-bars.ts';

/** How files of bars are imported. */
export interface ImportOptions extends CheckOptions {
  /** The close (or adjusted close) serves as open, high and low too. */
  readonly closeOnly?: boolean;
  /** The symbol of the rows of a file without a symbol column; default: the file's name without its ending. */
  readonly symbol?: string | undefined;
}

/** What was found in one file. */
interface FileReport {
  readonly file: string;
  readonly rows: number;
  /** False: the symbol is the file's name, or the one given. */
  readonly hasSymbols: boolean;
  /** Columns that no field of a bar uses. */
  readonly unused: readonly string[];
}

/** What was found for one symbol. */
export interface SymbolReport extends BarsSummary {
  readonly symbol: string;
  readonly dropped: readonly BadBar[];
  /** Rows without any price. */
  readonly empty: number;
  /** Bars whose missing high or low was filled in. */
  readonly filled: number;
  /** False: the rows had to be put in order of time. */
  readonly sorted: boolean;
}

/** Checked bars by ascending symbol, and what a person should know about them. */
export interface ImportedBars {
  readonly symbols: readonly SymbolBars[];
  readonly files: readonly FileReport[];
  /** One for each symbol of the files, also where no bar was left. */
  readonly report: readonly SymbolReport[];
}

const ENDING = /\.(csv|tsv|txt|csv\.gz|tsv\.gz|txt\.gz|parquet)$/i;

/**
 * Reads and checks files of bars: CSV (plain or gzip) and Parquet, long or one file per symbol.
 *
 * @param paths files, or folders whose CSV and Parquet files are taken (by name, without subfolders)
 * @throws InvalidInputError for files that are missing, of no known kind, damaged or wrong, and where no bar is left
 * @throws OutsideError where the disk cannot be read
 */
export async function importBars(paths: readonly string[], options: ImportOptions): Promise<ImportedBars> {
  const table: BarTable = new Map();
  const files: FileReport[] = [];
  for (const file of await listFiles(paths)) {
    files.push(await readFileOfBars(file, table, options));
  }
  const withoutSymbol = files.filter((file) => !file.hasSymbols);
  if (options.symbol !== undefined && withoutSymbol.length !== 1) {
    throw new InvalidInputError(
      `--symbol ${options.symbol}: expected one file without a symbol column, found ${withoutSymbol.length}; ` +
        'leave it out: each file is then named after its symbol',
    );
  }
  const checked = [...table.values()]
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
    .map((rows) => ({ symbol: rows.symbol, ...checkBars(rows, options) }));
  const index = unionOfTimes(checked.map(({ columns }) => columns.times));
  if (index.length === 0) {
    throw new InvalidInputError(
      `${paths.join(', ')}: expected at least one bar, found none; check the files${options.onBadBar === 'drop' ? ' and the dropped bars' : ''}`,
    );
  }
  return {
    symbols: checked
      .filter(({ columns }) => columns.times.length > 0)
      .map(({ symbol, columns }) => ({ symbol, columns })),
    files,
    report: checked.map(({ columns, ...found }) => ({ ...found, ...summarizeBars(columns, index) })),
  };
}

async function listFiles(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await outside(path, stat(path));
    if (!found.isDirectory()) {
      if (!ENDING.test(path)) {
        throw new InvalidInputError(
          `${path}: expected a file that ends in .csv, .csv.gz or .parquet; rename or convert it`,
        );
      }
      files.push(path);
      continue;
    }
    const names = await outside(path, readdir(path));
    if (names.includes('manifest.json')) {
      throw new InvalidInputError(`${path}: expected files of bars, found a dataset; it needs no import`);
    }
    const inside = names.filter((name) => ENDING.test(name)).sort();
    if (inside.length === 0) {
      throw new InvalidInputError(
        `${path}: expected .csv, .csv.gz or .parquet files, found none in this folder`,
      );
    }
    files.push(...inside.map((name) => join(path, name)));
  }
  return files;
}

async function readFileOfBars(file: string, table: BarTable, options: ImportOptions): Promise<FileReport> {
  const read = { ...options, symbol: options.symbol ?? basename(file).replace(ENDING, '') };
  if (/\.parquet$/i.test(file)) {
    const bytes = await outside(file, readFile(file));
    return { file, ...(await readBarsParquet(bytes, file, table, read)) };
  }
  return { file, ...(await outside(file, readBarsCsv(textOf(file), file, table, read))) };
}

function textOf(file: string): AsyncIterable<Uint8Array> {
  const raw = createReadStream(file);
  // An error ends the stream that is read; the callback has nothing to add.
  return /\.gz$/i.test(file) ? pipeline(raw, createGunzip(), () => {}) : raw;
}

/** Errors of the disk as ours; what is ours already passes. */
async function outside<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ENOENT') {
      throw new InvalidInputError(`${path}: expected a file or folder, found none; check the path`, {
        cause: error,
      });
    }
    if (code.startsWith('Z_')) {
      throw new InvalidInputError(
        `${path}: expected gzip-compressed text, found damaged data; fetch or compress it again`,
        { cause: error },
      );
    }
    if (/^E[A-Z]+$/.test(code)) throw new OutsideError(`${path}: cannot be read (${code})`, { cause: error });
    throw error;
  }
}
