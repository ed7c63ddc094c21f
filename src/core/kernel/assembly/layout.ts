/**
 * Where everything stands in memory. The bars are shared by all threads; the scratch of an instance and the region of
 * its latest matrix are its own: both come from `memory.grow`, which hands each page to one caller only.
 *
 * Columns that are read two at a time have room for one more entry (`stride` assets), so that no loop has a remainder.
 */

/** N, N rounded up to an even number, and T. */
export let assets: i32 = 0;
export let stride: i32 = 0;
export let length: i32 = 0;

/** Columns of the bars, asset after asset. */
export let openColumn: usize = 0;
export let highColumn: usize = 0;
export let lowColumn: usize = 0;
export let closeColumn: usize = 0;
export let lastCloseColumn: usize = 0;

/** What passes between the host and a run; offsets as in kernel.ts. */
export let control: usize = 0;
/** Totals of the run in it, in the order of RunTotals. */
export let totals: usize = 0;

/** At each close, [T]; the initial cash stands before the first. Marking may write up to 16 bars too far. */
export let equity: usize = 0;
export let returns: usize = 0;
/** Σ position · close over the shorts, while there are any. */
export let shorts: usize = 0;
/** Cash at each close, where it changes within what is marked at once. */
export let cashAt: usize = 0;

/**
 * The ledger and the orders of a batch that names all assets: two assets side by side, one field after the other, so that one
 * pointer serves for all fields. `dueSlots` has position, flow and orders of any other batch, by place.
 */
export let slots: usize = 0;
export let dueSlots: usize = 0;
export const SLOT_BYTES: usize = 192;
export const POSITION: usize = 0;
export const BASE: usize = 16;
export const PEAK: usize = 32;
/** Level of the stop-loss, 1 − tsl (1 + tsl for shorts), level of the take-profit; NaN = not armed. */
export const FIXED_LEVEL: usize = 48;
export const TRAIL_FACTOR: usize = 64;
export const PROFIT_LEVEL: usize = 80;
/** Flow of the open round trip. */
export const TRIP_FLOW: usize = 96;
/** Of the order: quantity, price of the fill, position before it. */
export const QUANTITY: usize = 112;
export const FILL_PRICE: usize = 128;
export const BEFORE: usize = 144;

/** Positions after the run, by asset. */
export let positions: usize = 0;
export let stopped: usize = 0;
/** 1 = a stop sold it, and no event named it since; see reentries.ts. */
export let awaitsEvent: usize = 0;

/** By asset on the present bar: was it sold by a stop, opened at the open, is a cell due on it? */
export let stoppedNow: usize = 0;
export let openedNow: usize = 0;
export let isDue: usize = 0;
/** Cell that waits for a bar of the asset; −1 = none. */
export let waitingCell: usize = 0;
/** Open, high, low and close of the present bar, and prices at this instant, where no table of a row has them. */
export let presentBar: usize = 0;
export let presentPrice: usize = 0;

/** The present batch, in index order: asset, cell, weight, then what is computed of it. */
export let ownDue: usize = 0;
export let dueCell: usize = 0;
export let ownWeight: usize = 0;
export let duePrice: usize = 0;
export let sortKey: usize = 0;
export let orderFlow: usize = 0;
/** Places of a batch that is no row's, keys in the order of execution, and scratch of the sort. */
export let places: usize = 0;
export let orderKey: usize = 0;
export let bucket: usize = 0;
export let bucketOf: usize = 0;

/** Assets held, ascending: where their column of closes is from `closeAt`, position. */
export let heldOffset: usize = 0;
export let heldPosition: usize = 0;
/** Place of an asset in that list. */
export let heldPlace: usize = 0;
/** Those that are no longer held from a bar on: place, that bar, where their column of closes was. */
export let droppedPlace: usize = 0;
export let droppedEnd: usize = 0;
export let droppedOffset: usize = 0;
/** Twelve closes for each of them. */
export let endingCloses: usize = 0;
/** Before it 16 lanes of ones, from it on 32 of zeros, then 32 of ones. */
export let laneMasks: usize = 0;
/** Room for what `pinned` keeps. */
export let pins: usize = 0;

/** Exits found in the present window, by time: 2·bar (+ 1 inside the bar) above, asset below; by asset why and at which price. */
export let exitKey: usize = 0;
export let foundKey: usize = 0;
export let exitReason: usize = 0;
export let exitPrice: usize = 0;
/** The peak before each bar of those looked at together. */
export let peaks: usize = 0;

/** Assets that the ranges of the present window cannot clear. */
export let doubted: usize = 0;
/** Of each: the codes of its levels, the block and the bars in it that may reach one, the exit; see codes.ts. */
export let levelCodes: usize = 0;
export let nearBlock: usize = 0;
export let nearBars: usize = 0;
export let nearPrices: usize = 0;

/** The instruction matrix and what its runs share. */
export let rows: i32 = 0;
export let rowBar: usize = 0;
export let rowStart: usize = 0;
export let cellAsset: usize = 0;
export let cellWeight: usize = 0;
/** Stops of the cells; 0 = there are none. */
export let cellStopLoss: usize = 0;
export let cellTrailingStop: usize = 0;
export let cellTakeProfit: usize = 0;
/** By cell: 1 = of a row that the dense mode repeats; 0 = all rows are events. */
export let cellCarried: usize = 0;
/** By cell: the places of its row in the order in which a run executed them last; −1 = none did. */
export let rowOrder: usize = 0;
/** Price at which row r executes, at `r · stride + asset`; 1 = all assets have a bar then. */
export let rowPrice: usize = 0;
export let rowComplete: usize = 0;
/** Open, high, low and close of that bar, `stride` entries each, one after the other. */
export let rowBars: usize = 0;
/**
 * Per window and two assets: lowest low, highest high, deepest low relative to the highest high up to that bar, steepest
 * the other way; see `rangeAt`.
 */
export let ranges: usize = 0;
/** Copies of the closes, and the bars with filling before each tile; see tiles.ts. 0 = none. */
export let closeTiles: usize = 0;
export let tileStart: usize = 0;
/** Codes of the bars, and where those of a window begin; see codes.ts. 0 = none. */
export let codes: usize = 0;
export let codeStart: usize = 0;

/** All bits of a number but its sign. */
export const SIZE_BITS: i64 = 0x7fffffffffffffff;

const PAGE: usize = 65536;
export const CONTROL_BYTES: usize = 1024;
const BUCKETS: usize = 256;
const PINS: usize = 16;

let next: usize = 0;
let regionStart: usize = 0;
let regionEnd: usize = 0;

function take(bytes: usize): usize {
  const at = next;
  next += (bytes + 15) & ~15;
  return at;
}

/**
 * A number in both lanes, read back from memory: what a loop reads from memory stays in a register, where the compiler
 * would make a constant or a global anew on every turn.
 *
 * @param slot of those that are used at once each has its own
 */
@inline
export function pinned(slot: usize, x: f64): v128 {
  return pinnedLanes(slot, f64x2.splat(x));
}

@inline
export function pinnedLanes(slot: usize, lanes: v128): v128 {
  v128.store(pins + slot * 16, lanes);
  return v128.load(pins + slot * 16);
}

/** Sets a flag of all assets to 0: of few bytes, which `memory.fill` would leave the module for. */
@inline
export function clearFlags(flags: usize): void {
  for (let i: usize = 0; i < <usize>assets; i += 16) v128.store(flags + i, i64x2.splat(0));
}

/** Slot of one asset, or of one place in a batch. */
@inline
export function slotOf(all: usize, k: usize): usize {
  return all + (k >> 1) * SLOT_BYTES + (k & 1) * 8;
}

/** Fresh pages for at least so many bytes; 0 where memory has no more. */
function grow(bytes: usize): usize {
  const pages = <i32>((bytes + PAGE - 1) / PAGE);
  const at = memory.grow(pages);
  return at < 0 ? 0 : <usize>at * PAGE;
}

/** Memory for what lasts as long as the instance; 0 where there is none. */
export function allocate(bytes: usize): usize {
  return grow(bytes);
}

/** Lays out the scratch of this instance over bars that begin at `bars`; returns the control block, 0 = no memory. */
export function open(bars: usize, N: i32, T: i32): usize {
  assets = N;
  stride = (N + 1) & ~1;
  length = T;
  const column = <usize>N * 8 * T;
  openColumn = bars + <usize>T * 8;
  highColumn = openColumn + column;
  lowColumn = highColumn + column;
  closeColumn = lowColumn + column;
  lastCloseColumn = closeColumn + column * 2;

  const n = <usize>stride + 2;
  next = grow(CONTROL_BYTES + 4 * (<usize>T + 32) * 8 + n * 700 + BUCKETS * 4 + 12288);
  if (next === 0) return 0;
  control = take(CONTROL_BYTES);
  totals = control + 256;
  equity = take((<usize>T + 24) * 8) + 16;
  returns = take((<usize>T + 24) * 8);
  shorts = take((<usize>T + 24) * 8);
  cashAt = take((<usize>T + 32) * 8);
  next = (next + 63) & ~63;
  slots = take((n / 2 + 1) * SLOT_BYTES);
  dueSlots = take((n / 2 + 1) * SLOT_BYTES);
  positions = take(n * 8);
  stopped = take(n);
  awaitsEvent = take(n);
  stoppedNow = take(n);
  openedNow = take(n);
  isDue = take(n);
  waitingCell = take(n * 4);
  presentBar = take(4 * n * 8);
  presentPrice = take(n * 8);
  ownDue = take(n * 4);
  dueCell = take(n * 4);
  ownWeight = take(n * 8);
  duePrice = take(n * 8);
  sortKey = take(n * 8);
  orderFlow = take(n * 8);
  places = take(n * 4);
  orderKey = take(n * 8);
  bucket = take(BUCKETS * 2);
  bucketOf = take(n * 8);
  heldOffset = take(n * 4);
  heldPosition = take(n * 8);
  heldPlace = take(n * 4);
  droppedPlace = take(n * 4);
  droppedEnd = take(n * 4);
  droppedOffset = take(n * 4);
  endingCloses = take(n * 96);
  pins = take(PINS * 16);
  laneMasks = take(640) + 128;
  memory.fill(laneMasks - 128, 0xff, 128);
  memory.fill(laneMasks, 0, 256);
  memory.fill(laneMasks + 256, 0xff, 256);
  doubted = take(n * 4);
  levelCodes = take(n * 16);
  nearBlock = take(n * 4);
  nearBars = take(n * 4);
  nearPrices = take(n * 48);
  exitKey = take(n * 8);
  foundKey = take(n * 8);
  exitReason = take(n * 4);
  exitPrice = take(n * 8);
  peaks = take(66 * 8);
  return control;
}

/** Most bytes that copies of the closes may take, and bars of a window between which copying them is worth it. */
const MOST_TILES: f64 = 16777216;
export const SHORTEST: i32 = 8;
export const LONGEST: i32 = 64;

/** Bytes of one column copied window by window, each filled up to an even number of bars; 0 = it stays where it is. */
function tileBytes(R: i32): usize {
  const bars = length / (R + 1);
  if (bars < SHORTEST || bars > LONGEST) return 0;
  const bytes = <f64>(length + 3 * (R + 1)) * <f64>assets * 8;
  return bytes > MOST_TILES ? 0 : <usize>bytes;
}

/**
 * Room for a matrix of R rows and C cells and for the tables of its runs, codes of so many bytes among them; false where
 * memory has no more.
 *
 * A region that is too small is left behind for one of at least twice its size: what is left adds up to less than it.
 */
export function reserve(R: i32, C: i32, withStops: bool, withCarried: bool, coded: usize): bool {
  const cells = <usize>C;
  const n = <usize>stride * 8;
  const windows = <usize>R + 1;
  const tile = tileBytes(R);
  const bytes: usize = 1280 + tile + coded + windows * 17 + cells * (withStops ? 41 : 17) + windows * n * 9;
  if (regionStart + bytes > regionEnd) {
    const had = regionEnd - regionStart;
    const wanted = bytes > had * 2 ? bytes : had * 2;
    const at = grow(wanted);
    if (at === 0) return false;
    regionStart = at;
    regionEnd = at + wanted;
  }
  next = regionStart;
  rows = R;
  rowBar = take(<usize>R * 4);
  rowStart = take(windows * 4);
  rowComplete = take(<usize>R);
  cellAsset = take(cells * 4);
  cellWeight = take(cells * 8);
  cellStopLoss = withStops ? take(cells * 8) : 0;
  cellTrailingStop = withStops ? take(cells * 8) : 0;
  cellTakeProfit = withStops ? take(cells * 8) : 0;
  cellCarried = withCarried ? take(cells) : 0;
  rowOrder = take(cells * 4);
  rowPrice = take(<usize>R * n);
  rowBars = take(<usize>R * 4 * n);
  next = (next + 63) & ~63;
  ranges = take(windows * n * 4);
  tileStart = take(windows * 4 + 4);
  closeTiles = tile === 0 ? 0 : take(tile + 128);
  codeStart = take(windows * 4);
  next = (next + 63) & ~63;
  codes = coded === 0 ? 0 : take(coded);
  return true;
}
