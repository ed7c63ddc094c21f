import { InvalidInputError } from '../contracts/errors.ts';
import type { RebalanceEvent } from '../contracts/rebalance-event.ts';
import { parseInstructionsCsv } from './instructions-csv.ts';
import { parseInstructionsJson } from './instructions-json.ts';
import { parseInstructionsParquet } from './instructions-parquet.ts';

/**
 * Rebalance events from the bytes of a file whose name ends with .json, .csv or .parquet.
 *
 * @throws InvalidInputError as the reader of each format states, and for another ending
 */
export async function parseInstructions(bytes: Uint8Array, file: string): Promise<RebalanceEvent[]> {
  const ending = /\.(json|csv|parquet)$/i.exec(file)?.[1]?.toLowerCase();
  if (ending === 'parquet') return parseInstructionsParquet(bytes, file);
  const text = () => new TextDecoder().decode(bytes);
  if (ending === 'json') return parseInstructionsJson(text(), file);
  if (ending === 'csv') return parseInstructionsCsv(text(), file);
  throw new InvalidInputError(
    `${file}: expected instructions as .json, .csv or .parquet, found another ending`,
  );
}
