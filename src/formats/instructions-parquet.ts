import type { DecodedArray } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { InvalidInputError } from '../contracts/errors.ts';
import type { RebalanceEvent, SimulationInstruction } from '../contracts/rebalance-event.ts';
import { STOP_FIELDS } from '../contracts/stop-rule.ts';
import { instructionsFromTable } from './instructions-table.ts';
import { openParquet, type ParquetFile } from './parquet-file.ts';

/** Rows become arrays of values, some 16 bytes each: beyond it the memory of a process would not do. */
const MAX_CELLS = 20_000_000;
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
  const table = openParquet(bytes, file);
  // A data frame's index of times may be the last column, under any name: first, as the wide form wants it.
  const columns = table.columns.toSorted((a, b) => Number(b.kind === 'time') - Number(a.kind === 'time'));
  const rows = await readRows(table, columns, file);
  return instructionsFromTable({
    file,
    columns: columns.map((column) => column.name),
    rows,
    place: (row) => `${file}, row ${row + 1}`,
  });
}

async function readRows(
  table: ParquetFile,
  columns: ParquetFile['columns'],
  file: string,
): Promise<unknown[][]> {
  const cells = columns.length * table.rows;
  if (cells > MAX_CELLS) {
    throw new InvalidInputError(
      `${file}: expected at most ${MAX_CELLS} cells of instructions, found ${cells}`,
    );
  }
  const data: DecodedArray[] = [];
  for (const { name, kind } of columns) {
    const values = await table.read(name);
    // These are milliseconds for certain, where a bare number's unit would be guessed.
    data.push(
      kind === 'time' ? Array.from(values, (ms) => (ms === null ? null : new Date(Number(ms)))) : values,
    );
  }
  return Array.from({ length: table.rows }, (_, r) => data.map((values) => values[r]));
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
