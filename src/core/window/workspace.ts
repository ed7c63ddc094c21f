import type { Bars } from '../bars.ts';
import { createLedger, type Ledger } from '../execution/ledger.ts';
import type { RejectionCause, RunLog } from '../execution/run-log.ts';
import type { StopExit, StopLevels } from '../execution/stops.ts';
import type { Schedule } from './schedule.ts';

/**
 * All scratch of the window engine, allocated once a thread: a run allocates nothing.
 *
 * Columns named by asset have N entries; those of a batch hold its cells in index order.
 */
export interface Workspace {
  readonly bars: Bars;
  /** At each close; [T]. The result of the latest run. */
  readonly equity: Float64Array;
  /** Σ position · close over the shorts; [T], used while there are any. */
  readonly shorts: Float64Array;
  readonly ledger: Ledger;
  /** Of the latest instruction matrix. */
  schedule: Schedule | null;
  /** Does any cell or the run's default arm a stop? */
  usesStops: boolean;

  /** Assets held, ascending, and how many of them are armed with a stop. */
  readonly held: Int32Array;
  heldCount: number;
  shortCount: number;
  stoppedCount: number;

  /** Cell that waits for the asset's next bar, and its row; -1 = none. */
  readonly waitingCell: Int32Array;
  readonly waitingRow: Int32Array;
  waitingCount: number;

  /** The present batch: cell and row by asset (-1 = none), and the assets in index order. */
  readonly dueCell: Int32Array;
  readonly dueRow: Int32Array;
  readonly due: Int32Array;
  dueCount: number;
  /** The assets in the order in which their orders take cash and are told of. */
  readonly sequence: Int32Array;
  /** Weights, parallel to `due`. */
  readonly weight: Float64Array;
  /** λ of the present batch. */
  scale: number;
  /** The words of `ledger.quantity`: its signs are read from them. */
  readonly quantityWords: Int32Array;
  /** What slippage makes of a price of 1: bought, sold. */
  readonly slipped: Float64Array;
  /** Range of the sort keys of the present batch. */
  lowestKey: number;
  highestKey: number;
  /** Parallel to `due`. */
  readonly sortKey: Float64Array;
  readonly bucket: Int32Array;
  readonly scratchAsset: Int32Array;
  readonly scratchKey: Float64Array;

  /** The present bar of each asset, where stops are tested on it; a NaN close = none. */
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** 1 = a stop sold it on the present bar; 1 = its position was opened at the present bar's open. */
  readonly stoppedNow: Uint8Array;
  readonly openedNow: Uint8Array;

  /** Exits found in the present window, sorted: 2·bar (+ 1 inside the bar), asset, reason and price. */
  readonly exitAt: Float64Array;
  readonly exitAsset: Int32Array;
  readonly exitReason: Uint8Array;
  readonly exitPrice: Float64Array;

  readonly levels: StopLevels;
  readonly exit: StopExit;
}

/** Scratch for runs over these bars. */
export function createWorkspace(bars: Bars): Workspace {
  const N = bars.symbols.length;
  const ledger = createLedger(N);
  return {
    bars,
    equity: new Float64Array(bars.length),
    shorts: new Float64Array(bars.length),
    ledger,
    schedule: null,
    usesStops: false,
    held: new Int32Array(N),
    heldCount: 0,
    shortCount: 0,
    stoppedCount: 0,
    waitingCell: new Int32Array(N),
    waitingRow: new Int32Array(N),
    waitingCount: 0,
    dueCell: new Int32Array(N).fill(-1),
    dueRow: new Int32Array(N),
    due: new Int32Array(N),
    dueCount: 0,
    sequence: new Int32Array(N),
    weight: new Float64Array(N),
    scale: 0.5,
    lowestKey: 0.5,
    highestKey: 0.5,
    quantityWords: new Int32Array(ledger.quantity.buffer),
    slipped: new Float64Array(2),
    sortKey: new Float64Array(N),
    bucket: new Int32Array(N + 1),
    scratchAsset: new Int32Array(N),
    scratchKey: new Float64Array(N),
    open: new Float64Array(N),
    high: new Float64Array(N),
    low: new Float64Array(N),
    close: new Float64Array(N),
    stoppedNow: new Uint8Array(N),
    openedNow: new Uint8Array(N),
    exitAt: new Float64Array(N),
    exitAsset: new Int32Array(N),
    exitReason: new Uint8Array(N),
    exitPrice: new Float64Array(N),
    levels: { long: true, stopLoss: 0.5, trailingStop: 0.5, takeProfit: 0.5, base: 0.5, peak: 0.5 },
    exit: { reason: 0, price: 0.5 },
  };
}

/** Is there a bar of the asset on t? */
export function hasBar(bars: Bars, asset: number, t: number): boolean {
  return !Number.isNaN(bars.close[asset * bars.length + t]!);
}

/** Copies bar t of all assets side by side: that of a row is already collected. */
export function takeBar(ws: Workspace, t: number, row: number): void {
  const { bars, open, high, low, close } = ws;
  const rows = ws.schedule!.rowBar;
  if (row >= 0 && rows !== null) {
    for (let a = 0, at = 4 * row * open.length; a < open.length; a++, at += 4) {
      open[a] = rows[at]!;
      high[a] = rows[at + 1]!;
      low[a] = rows[at + 2]!;
      close[a] = rows[at + 3]!;
    }
    return;
  }
  for (let a = 0, i = t; a < open.length; a++, i += bars.length) {
    open[a] = bars.open[i]!;
    high[a] = bars.high[i]!;
    low[a] = bars.low[i]!;
    close[a] = bars.close[i]!;
  }
}

/** Lists the assets held anew, after fills. */
export function listHeld(ws: Workspace): void {
  const { position, stopped } = ws.ledger;
  let count = 0;
  let shorts = 0;
  let out = 0;
  for (let a = 0; a < position.length; a++) {
    const held = position[a]!;
    if (held !== 0) {
      ws.held[count++] = a;
      if (held < 0) shorts++;
    }
    out += stopped[a]!;
  }
  ws.heldCount = count;
  ws.shortCount = shorts;
  ws.stoppedCount = out;
}

/** Counts and notes that an order or a cell was refused. */
export function reject(
  ws: Workspace,
  bar: number,
  asset: number,
  cause: RejectionCause,
  log: RunLog | null,
): void {
  ws.ledger.totals.rejected++;
  if (log !== null) log.rejections.push({ bar, asset, cause });
}
