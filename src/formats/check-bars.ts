import { InvalidInputError } from '../contracts/errors.ts';
import { type BarColumns, type BarRows, placeOf } from './bar-rows.ts';
import { formatTimestamp } from './timestamp.ts';

/** A bar that cannot be, and why. */
export interface BadBar {
  /** File and line. */
  readonly place: string;
  /** Epoch milliseconds, NaN where the time was unreadable. */
  readonly time: number;
  /** `expected …, found …` */
  readonly reason: string;
}

/** How the bars of a symbol are checked. */
export interface CheckOptions {
  /** `error`: the first bad bar is an error; `drop`: bad bars are left out and reported. */
  readonly onBadBar: 'error' | 'drop';
  /** Scale open, high, low and close of each bar by adjusted close / close. */
  readonly adjust?: boolean;
}

/** The checked bars of a symbol and what was found on the way. */
export interface CheckedBars {
  readonly columns: BarColumns;
  readonly dropped: readonly BadBar[];
  /** Rows without any price: no bar, no fault. */
  readonly empty: number;
  /** Bars whose missing high or low became max or min of open and close. */
  readonly filled: number;
  /** The rows did not stand in the order of time. */
  readonly sorted: boolean;
}

/**
 * Checks the rows of one symbol and puts them in order of time.
 *
 * A bar needs a time, open and close; prices finite and > 0; high ≥ max(open, close), low ≤ min(open, close); volume
 * ≥ 0 or unknown. A missing high or low is filled in. A row without any price is no bar.
 *
 * @throws InvalidInputError for a bad bar under `onBadBar: error`, and for two rows of one time under either
 */
export function checkBars(rows: BarRows, options: CheckOptions): CheckedBars {
  const faults = new Map<number, string>();
  for (const { row, column, expected, found } of rows.faults) {
    if (!faults.has(row)) faults.set(row, `expected ${expected} in ${column}, found ${found}`);
  }
  const dropped: BadBar[] = [];
  const keep: number[] = [];
  let [empty, sorted] = [0, true];
  for (let row = 0; row < rows.times.length; row++) {
    const reason = faults.get(row) ?? faultOf(rows, row, options.adjust === true);
    if (reason === EMPTY) {
      empty++;
    } else if (reason !== undefined) {
      const bad = { place: placeOf(rows, row), time: rows.times[row]!, reason };
      if (options.onBadBar === 'error') throw badBarError(rows.symbol, bad);
      dropped.push(bad);
    } else {
      const last = keep[keep.length - 1];
      if (last !== undefined && rows.times[row]! < rows.times[last]!) sorted = false;
      keep.push(row);
    }
  }
  // Equal times keep their order, so that the error below names the earlier row first.
  if (!sorted) keep.sort((a, b) => rows.times[a]! - rows.times[b]! || a - b);
  checkUnique(rows, keep);
  return { ...columnsOf(rows, keep, options.adjust === true), dropped, empty, sorted };
}

const EMPTY = 'empty';

function faultOf(rows: BarRows, row: number, adjust: boolean): string | undefined {
  const [open, high, low, close] = [rows.open[row]!, rows.high[row]!, rows.low[row]!, rows.close[row]!];
  if (Number.isNaN(open) && Number.isNaN(high) && Number.isNaN(low) && Number.isNaN(close)) return EMPTY;
  const fault = barFault(open, high, low, close, rows.volume[row]!);
  const adjClose = rows.adjClose[row]!;
  if (fault === undefined && adjust && !(adjClose > 0 && adjClose < Number.POSITIVE_INFINITY)) {
    return `expected a finite adj_close > 0, found ${Number.isNaN(adjClose) ? 'none' : adjClose}`;
  }
  return fault;
}

/** Why the five numbers are no bar (`expected …, found …`), or undefined; NaN high, low and volume are allowed. */
function barFault(
  open: number,
  high: number,
  low: number,
  close: number,
  volume: number,
): string | undefined {
  if (Number.isNaN(close)) return 'expected a close, found none';
  if (Number.isNaN(open)) return 'expected an open beside the close, found none';
  const [top, bottom] = [Math.max(open, close), Math.min(open, close)];
  // NaN fails every comparison, so that a missing high or low passes.
  const worst = Math.min(bottom, Number.isNaN(low) ? bottom : low, Number.isNaN(high) ? bottom : high);
  if (worst <= 0) return `expected prices > 0, found ${worst}`;
  if (top === Number.POSITIVE_INFINITY || high === Number.POSITIVE_INFINITY) {
    return 'expected finite prices, found Infinity';
  }
  if (high < top) return `expected high >= max(open, close) = ${top}, found ${high}`;
  if (low > bottom) return `expected low <= min(open, close) = ${bottom}, found ${low}`;
  if (volume < 0 || volume === Number.POSITIVE_INFINITY) {
    return `expected a finite volume >= 0, found ${volume}`;
  }
  return undefined;
}

/**
 * Checks columns that claim to be checked, before they are joined: whoever wrote a manifest may not be us.
 *
 * @param place names the object, for the error
 * @throws InvalidInputError for a bar that cannot be, or times that do not strictly ascend
 */
export function checkColumns(columns: BarColumns, place: string): void {
  const { times, open, high, low, close, volume } = columns;
  for (let i = 0; i < times.length; i++) {
    const fault =
      Number.isFinite(times[i]) && (i === 0 || times[i]! > times[i - 1]!)
        ? barFault(open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!)
        : `expected strictly ascending times, found ${formatTimestamp(times[i]!)}`;
    if (fault !== undefined) {
      throw new InvalidInputError(`${place} row ${i + 1}: ${fault}; import the bars again`);
    }
  }
}

function badBarError(symbol: string, { place, time, reason }: BadBar): InvalidInputError {
  return new InvalidInputError(
    `${place}, symbol ${symbol}, ${formatTimestamp(time)}: ${reason}; correct it, or leave such bars out with \`backsweep bars import --on-bad-bar drop\``,
  );
}

function checkUnique(rows: BarRows, keep: readonly number[]): void {
  for (let i = 1; i < keep.length; i++) {
    const [before, row] = [keep[i - 1]!, keep[i]!];
    if (rows.times[before] === rows.times[row]) {
      throw new InvalidInputError(
        `${placeOf(rows, row)}, symbol ${rows.symbol}: expected one bar at ${formatTimestamp(rows.times[row]!)}, ` +
          `found a second one (the first is at ${placeOf(rows, before)}); remove one of them`,
      );
    }
  }
}

function columnsOf(rows: BarRows, keep: readonly number[], adjust: boolean) {
  const columns: BarColumns = {
    times: new Float64Array(keep.length),
    open: new Float64Array(keep.length),
    high: new Float64Array(keep.length),
    low: new Float64Array(keep.length),
    close: new Float64Array(keep.length),
    volume: new Float64Array(keep.length),
  };
  let filled = 0;
  for (const [i, row] of keep.entries()) {
    const [open, close] = [rows.open[row]!, rows.close[row]!];
    let [high, low] = [rows.high[row]!, rows.low[row]!];
    if (Number.isNaN(high) || Number.isNaN(low)) {
      filled++;
      if (Number.isNaN(high)) high = Math.max(open, close);
      if (Number.isNaN(low)) low = Math.min(open, close);
    }
    // One factor for all four: rounding is monotonic, so that high >= max(open, close) stays true.
    const factor = adjust ? rows.adjClose[row]! / close : 1;
    columns.times[i] = rows.times[row]!;
    columns.open[i] = open * factor;
    columns.high[i] = high * factor;
    columns.low[i] = low * factor;
    columns.close[i] = close * factor;
    columns.volume[i] = rows.volume[row]!;
  }
  return { columns, filled };
}
