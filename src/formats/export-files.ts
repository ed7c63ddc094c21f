import { STOP_FIELDS } from '../contracts/stop-rule.ts';
import type { Bars } from '../core/bars.ts';
import type { InstructionMatrix } from '../core/instructions.ts';

const isoTime = (ms: number) => new Date(ms).toISOString();
/** A name in a cell of CSV. */
const cellOf = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
/** Shortest digits that read back as the same double; empty where there is none. */
const numberOf = (value: number) => (Number.isNaN(value) ? '' : String(value));

/** Bars as long CSV, `symbol,ts,open,high,low,close,volume`, one row a bar that is there, asset after asset. */
export function barsCsv(bars: Bars): string {
  const lines = ['symbol,ts,open,high,low,close,volume'];
  for (const [a, symbol] of bars.symbols.entries()) {
    for (let t = 0; t < bars.length; t++) {
      const i = a * bars.length + t;
      if (Number.isNaN(bars.close[i])) continue;
      const prices = [bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) =>
        numberOf(column[i]!),
      );
      lines.push([cellOf(symbol), isoTime(bars.times[t]!), ...prices].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The weights of a matrix as a wide CSV, the DataFrame of a pandas user: `ts`, then one column an asset; a row an event,
 * an empty cell = maintain. Stops that single cells bring do not fit in it.
 */
export function weightsCsv(matrix: InstructionMatrix, bars: Bars): string {
  const lines = [['ts', ...bars.symbols.map(cellOf)].join(',')];
  matrix.rowBar.forEach((bar, r) => {
    const row: string[] = new Array(bars.symbols.length).fill('');
    for (let c = matrix.rowStart[r]!; c < matrix.rowStart[r + 1]!; c++) {
      row[matrix.cellAsset[c]!] = String(matrix.cellWeight[c]!);
    }
    lines.push([isoTime(bars.times[bar]!), ...row].join(','));
  });
  return `${lines.join('\n')}\n`;
}

/** The rows of a matrix as rebalance events: what `simulate --instructions` reads, stops of single cells included. */
export function instructionsJson(matrix: InstructionMatrix, bars: Bars): string {
  const events = Array.from(matrix.rowBar, (bar, r) => {
    const instructions: Record<string, object> = Object.create(null);
    for (let c = matrix.rowStart[r]!; c < matrix.rowStart[r + 1]!; c++) {
      const stops = stopsOfCell(matrix, c);
      const weight = matrix.cellWeight[c]!;
      instructions[bars.symbols[matrix.cellAsset[c]!]!] = stops ? { weight, stops } : { weight };
    }
    return JSON.stringify({ timestamp: isoTime(bars.times[bar]!), instructions });
  });
  return `[\n${events.join(',\n')}\n]\n`;
}

/** Absent = the run's default, null = none; nothing where the cell brings no stops. */
function stopsOfCell({ cellStops }: InstructionMatrix, c: number): Record<string, number | null> | null {
  if (cellStops === null) return null;
  const own = STOP_FIELDS.map((field) => [field, cellStops[field][c]!] as const).filter(
    ([, distance]) => !Number.isNaN(distance),
  );
  if (own.length === 0) return null;
  return Object.fromEntries(
    own.map(([field, distance]) => [field, distance === Number.POSITIVE_INFINITY ? null : distance]),
  );
}
