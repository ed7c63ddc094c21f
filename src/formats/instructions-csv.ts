import { type CsvError, parse } from 'csv-parse/sync';
import { InvalidInputError } from '../contracts/errors.ts';
import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import { instructionsFromTable } from './instructions-table.ts';

/** A record of csv-parse with `info: true`. */
interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Rebalance events from a CSV text, long or wide, as `instructionsFromTable` states; a byte order mark and empty
 * lines are passed over.
 *
 * @param file its name, for messages, which read `file:line`
 * @throws InvalidInputError for a text that is no such table, an empty one too
 */
export function parseInstructionsCsv(text: string, file: string): RebalanceEvent[] {
  const [header, ...rows] = csvRows(text, file);
  if (!header)
    throw new InvalidInputError(`${file}: expected a header and rows of instructions, found nothing`);
  return instructionsFromTable({
    file,
    columns: header.record,
    rows: rows.map((row) => row.record),
    place: (row) => `${file}:${rows[row]!.info.lines}`,
  });
}

function csvRows(text: string, file: string): readonly CsvRow[] {
  try {
    // With `info` csv-parse wraps each record, which its types do not say.
    const options = { bom: true, trim: true, skip_empty_lines: true, info: true } as const;
    return parse(text, options) as unknown as CsvRow[];
  } catch (cause) {
    const { lines, message } = cause as CsvError & { readonly lines?: number };
    throw new InvalidInputError(`${file}${lines === undefined ? '' : `:${lines}`}: ${message}`, { cause });
  }
}
