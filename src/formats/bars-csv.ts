import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { InvalidInputError } from '../contracts/errors.ts';
import { type BarFieldOptions, type BarFields, findBarFields } from './bar-fields.ts';
import { type BarTable, checkRowCount, PRICE_FIELDS, quote, type RowSource, rowsOf } from './bar-rows.ts';
import { parseTimestamp } from './timestamp.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const EMPTY = /^(nan|null|none|n\/?a|#n\/a|-)?$/i;

/** How a file of bars is read. */
export interface ReadBarsOptions extends BarFieldOptions {
  /** The symbol of all rows, where the file has no symbol column. */
  readonly symbol: string;
}

/**
 * Reads a CSV file of bars, long or of one symbol, into a table; the rows are not checked yet (see check-bars.ts).
 *
 * Comma, semicolon or tab separated, with a header; numbers with a decimal point; empty cells, `NaN`, `null`
 * and `N/A` are NaN. A cell that is neither is kept as a fault of its row.
 *
 * @param bytes the text in UTF-8, decompressed, in pieces
 * @param file its name, for errors and reports
 * @returns header names that were not used, and the number of rows
 * @throws InvalidInputError for missing columns, broken quoting, a line with too few or too many fields
 */
export async function readBarsCsv(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  table: BarTable,
  options: ReadBarsOptions,
): Promise<{ unused: readonly string[]; rows: number; hasSymbols: boolean }> {
  const source: RowSource = { name: file, unit: 'line' };
  let fields: BarFields | undefined;
  let rows = 0;
  const parser = parse({
    bom: true,
    delimiter: [',', ';', '\t'],
    skip_empty_lines: true,
    trim: true,
    max_record_size: 1_000_000,
    // Rows go straight into columns: as stream objects they would take twice the time.
    on_record: (cells: string[], { lines }) => {
      if (fields === undefined) {
        fields = findBarFields(cells, file, options);
      } else {
        checkRowCount(++rows, file);
        addRow(table, fields, cells, source, lines, options.symbol);
      }
      return null;
    },
  });
  try {
    await pipeline(Readable.from(bytes, { objectMode: false }), parser.resume());
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const place = 'lines' in error ? `${file} line ${error.lines}` : file;
    throw new InvalidInputError(
      `${place}: expected comma-separated text, one bar a line, found: ${error.message}; correct that line`,
      { cause: error },
    );
  }
  if (fields === undefined) {
    throw new InvalidInputError(`${file}: expected a header line and bars, found an empty file`);
  }
  return { unused: fields.unused, rows, hasSymbols: fields.symbol !== undefined };
}

function addRow(
  table: BarTable,
  fields: BarFields,
  cells: readonly string[],
  source: RowSource,
  line: number,
  symbolOfFile: string,
): void {
  const symbol = fields.symbol === undefined ? symbolOfFile : cells[fields.symbol]!;
  const rows = table.get(symbol) ?? rowsOf(table, symbol, `${source.name} line ${line}`);
  const row = rows.times.length;
  rows.source.push(source);
  rows.line.push(line);
  const time = parseTimestamp(cells[fields.time]!);
  rows.times.push(time);
  if (Number.isNaN(time)) {
    rows.faults.push({ row, column: 'time', expected: 'a date or time', found: quote(cells[fields.time]!) });
  }
  for (const field of PRICE_FIELDS) {
    const column = fields.prices[field];
    const text = column === undefined ? '' : cells[column]!;
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    rows[field].push(value);
    if (Number.isNaN(value) && !EMPTY.test(text)) {
      rows.faults.push({ row, column: field, expected: 'a number', found: quote(text) });
    }
  }
}
