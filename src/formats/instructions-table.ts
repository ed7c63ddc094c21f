import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import {
  type RebalanceEvent,
  type SimulationInstruction,
  simulationInstructionSchema,
} from '../contracts/rebalance-event.ts';
import { rebalanceEventChecksum } from './rebalance-event-checksum.ts';
import { isMissing, isNone, nameOf, numberOf, timeOf } from './table-values.ts';
import { formatTimestamp } from './timestamp.ts';

/** A table of instructions, whatever file it came from; a value is a text, number, bigint, Date, null or undefined. */
export interface InstructionsTable {
  readonly file: string;
  /** Names of the columns. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Where row r stands, for messages: `events.csv:12`. */
  place(row: number): string;
}

const TIME_NAMES = ['timestamp', 'ts', 'time', 'date', 'datetime'];
const ASSET_NAMES = ['asset', 'symbol', 'ticker'];
const STOP_NAMES = { stoploss: 'stopLoss', trailingstop: 'trailingStop', takeprofit: 'takeProfit' } as const;
const LONG = 'timestamp, asset, weight[, stop_loss, trailing_stop, take_profit]';

/** One event while its rows are gathered; the place of each asset's row tells of two rows for one cell. */
interface Draft {
  readonly instructions: Map<string, SimulationInstruction>;
  readonly places: Map<string, string>;
  readonly place: string;
}

/**
 * Rebalance events from a table in one of two forms, told apart by its columns:
 *
 * - long, `timestamp, asset, weight[, stop_loss, trailing_stop, take_profit]`, one row a cell: a missing weight is
 *   maintain, a missing stop the run's default, `none` or infinity in a stop means none; a row without asset and
 *   weight is an event that instructs nothing;
 * - wide, as pandas writes a DataFrame: the time first (or in a column named like one), then one column of weights
 *   an asset; missing = maintain.
 *
 * Missing is an empty cell, null or NaN. Events stand in the order in which the table first names them.
 * InvalidInputError, naming the place, for missing, unknown or repeated columns, values that are no time or number,
 * two rows for one cell and stops that SEMANTICS.md section 2 refuses.
 */
export function instructionsFromTable(table: InstructionsTable): RebalanceEvent[] {
  const names = table.columns.map((column) => column.toLowerCase().replace(/[\s_-]/g, ''));
  const drafts = new Map<number, Draft>();
  if (names.some((name) => name === 'weight' || ASSET_NAMES.includes(name))) readLong(table, names, drafts);
  else readWide(table, names, drafts);
  return Array.from(drafts, ([timestamp, { instructions: cells }]) => {
    const instructions = Object.fromEntries(cells);
    return { timestamp, instructions, checksum: rebalanceEventChecksum({ timestamp, instructions }) };
  });
}

function readLong(table: InstructionsTable, names: readonly string[], drafts: Map<number, Draft>): void {
  const time = longColumn(table, names, TIME_NAMES);
  const asset = longColumn(table, names, ASSET_NAMES);
  const weight = longColumn(table, names, ['weight']);
  const stops = names.flatMap((name, c) =>
    name in STOP_NAMES ? [[STOP_NAMES[name as keyof typeof STOP_NAMES], c] as const] : [],
  );
  const known = new Set([time, asset, weight, ...stops.map(([, c]) => c)]);
  const other = names.findIndex((_, c) => !known.has(c));
  const twice = new Set(stops.map(([field]) => field)).size < stops.length;
  if (other >= 0 || twice) {
    const found = other >= 0 ? shown(table.columns[other]) : 'a stop twice';
    throw new InvalidInputError(`${table.file}: expected the columns ${LONG}, each once, found ${found}`);
  }
  table.rows.forEach((row, r) => {
    const place = table.place(r);
    const draft = draftAt(drafts, timeOf(row[time], place), place);
    const name = nameOf(row[asset], place);
    const cell: { weight: number | null; stops?: Record<string, number | null> } = {
      weight: isMissing(row[weight]) ? null : numberOf(row[weight], place, 'weight'),
    };
    for (const [field, c] of stops) {
      const none = isNone(row[c]);
      if (!none && isMissing(row[c])) continue;
      cell.stops ??= {};
      cell.stops[field] = none ? null : numberOf(row[c], place, field);
    }
    if (name !== '') addCell(draft, name, cell, place);
    else if (cell.weight !== null || cell.stops) {
      throw new InvalidInputError(`${place}: expected an asset beside a weight or stop, found none`);
    }
  });
}

function longColumn(table: InstructionsTable, names: readonly string[], aliases: readonly string[]): number {
  const hits = names.flatMap((name, c) => (aliases.includes(name) ? [c] : []));
  if (hits.length === 1) return hits[0]!;
  const found = hits.length === 0 ? 'no' : `${hits.length} times a`;
  throw new InvalidInputError(
    `${table.file}: expected the columns ${LONG}, found ${found} column ${aliases.join(' or ')} ` +
      `among ${table.columns.map(shown).join(', ')}`,
  );
}

function readWide(table: InstructionsTable, names: readonly string[], drafts: Map<number, Draft>): void {
  const named = names.findIndex((name) => TIME_NAMES.includes(name));
  const time = Math.max(0, named);
  const assets = table.columns.flatMap((name, c) => (c === time ? [] : [[name, c] as const]));
  if (assets.length === 0 || assets.some(([name]) => name === '')) {
    throw new InvalidInputError(
      `${table.file}: expected the columns ${LONG}, or a time and one column of weights an asset, ` +
        `found ${table.columns.map(shown).join(', ')}`,
    );
  }
  const twice = assets.find(([name], k) => assets.findIndex(([other]) => other === name) < k);
  if (twice)
    throw new InvalidInputError(
      `${table.file}: expected one column an asset, found ${shown(twice[0])} twice`,
    );
  table.rows.forEach((row, r) => {
    const place = table.place(r);
    const timestamp = timeOf(row[time], place);
    const other = drafts.get(timestamp);
    if (other) {
      throw new InvalidInputError(
        `${place}: expected one row a time, found ${formatTimestamp(timestamp)} at ${other.place} too`,
      );
    }
    const draft = draftAt(drafts, timestamp, place);
    for (const [name, c] of assets) {
      if (!isMissing(row[c])) addCell(draft, name, { weight: numberOf(row[c], place, name) }, place);
    }
  });
}

function draftAt(drafts: Map<number, Draft>, timestamp: number, place: string): Draft {
  const draft = drafts.get(timestamp) ?? { instructions: new Map(), places: new Map(), place };
  drafts.set(timestamp, draft);
  return draft;
}

function addCell(draft: Draft, asset: string, cell: unknown, place: string): void {
  const other = draft.places.get(asset);
  if (other !== undefined) {
    throw new InvalidInputError(
      `${place}: expected one row a time and asset, found ${shown(asset)} at ${other} too`,
    );
  }
  const parsed = simulationInstructionSchema.safeParse(cell);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new InvalidInputError(`${place}: ${[`asset ${asset}`, ...path].join(', ')}: ${message}`);
  }
  draft.instructions.set(asset, parsed.data);
  draft.places.set(asset, place);
}
