import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { InvalidInputError } from '../contracts/errors.ts';
import type { RebalanceEvent, SimulationInstruction } from '../contracts/rebalance-event.ts';
import { STOP_FIELDS } from '../contracts/stop-rule.ts';
import { instructionsFromTable } from './instructions-table.ts';

/** Above it a file says more than an instruction file can, and reading it would take the memory of the process. */
const MAX_CELLS = 50_000_000;
const ROW_GROUP_ROWS = 100_000;
const STOP_COLUMNS = {
  stopLoss: 'stop_loss',
  trailingStop: 'trailing_stop',
  takeProfit: 'take_profit',
} as const;

/**
 * Rebalance events from a Parquet file, long or wide, as `instructionsFromTable` states.
 *
 * @param file its name, for messages, which count rows from 1
 * @throws InvalidInputError for bytes that are no such table
 */
export async function parseInstructionsParquet(bytes: Uint8Array, file: string): Promise<RebalanceEvent[]> {
  const { columns, rows } = await readTable(bytes, file);
  return instructionsFromTable({ file, columns, rows, place: (row) => `${file}, row ${row + 1}` });
}

async function readTable(bytes: Uint8Array, file: string): Promise<{ columns: string[]; rows: unknown[][] }> {
  try {
    // A copy of its own: a Buffer is often a window into a pool of others' bytes.
    const buffer = new Uint8Array(bytes).buffer;
    const metadata = parquetMetadata(buffer);
    const columns = parquetSchema(metadata).children.map((child) => child.element.name);
    const cells = columns.length * Number(metadata.num_rows);
    if (!(cells <= MAX_CELLS)) throw new RangeError(`expected at most ${MAX_CELLS} cells, found ${cells}`);
    const objects = await parquetReadObjects({ file: buffer, metadata, compressors });
    return { columns, rows: objects.map((object) => columns.map((name) => object[name])) };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInputError(`${file}: expected a Parquet file of instructions, found: ${message}`, {
      cause,
    });
  }
}

/**
 * The long form in Parquet, one row a cell in the order given: a null weight is maintain, a null stop the run's
 * default, infinity no stop; an event without cells is a row without asset. Metadata and checksums do not fit in it
 * (checksums are computed on reading). The same events give the same bytes.
 */
export function instructionsParquet(events: readonly RebalanceEvent[]): Uint8Array {
  const cells: { timestamp: number; asset?: string; cell?: SimulationInstruction }[] = [];
  for (const { timestamp, instructions } of events) {
    const entries = Object.entries(instructions);
    if (entries.length === 0) cells.push({ timestamp });
    for (const [asset, cell] of entries) cells.push({ timestamp, asset, cell });
  }
  const stopColumns = STOP_FIELDS.map((field) => ({
    name: STOP_COLUMNS[field],
    type: 'DOUBLE' as const,
    data: cells.map(({ cell }) => {
      const stop = cell?.stops?.[field];
      return stop === null ? Number.POSITIVE_INFINITY : stop;
    }),
  }));
  const buffer = parquetWriteBuffer({
    columnData: [
      {
        name: 'timestamp',
        type: 'TIMESTAMP',
        nullable: false,
        data: cells.map((c) => new Date(c.timestamp)),
      },
      { name: 'asset', type: 'STRING', data: cells.map((c) => c.asset) },
      { name: 'weight', type: 'DOUBLE', data: cells.map((c) => c.cell?.weight) },
      ...stopColumns,
    ],
    rowGroupSize: ROW_GROUP_ROWS,
  });
  return new Uint8Array(buffer);
}
