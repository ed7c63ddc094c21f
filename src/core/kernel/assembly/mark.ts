import { accumulate2, accumulate8, accumulate12, accumulateNoted8, accumulateNoted12 } from './accumulate';
import { allStay } from './book';
import { closesRuined, slippage } from './config';
import {
  assets,
  cashAt,
  droppedEnd,
  droppedOffset,
  droppedPlace,
  endingCloses,
  equity,
  heldOffset,
  heldPlace,
  heldPosition,
  laneMasks,
  lastCloseColumn,
  length,
  POSITION,
  shorts,
  slotOf,
  slots,
} from './layout';
import { bookExit, cash, countBars, liftAllStops, maxGrossLeverage, RUIN, raiseLeverage } from './ledger';
import { closeAt, closeStep } from './tiles';

/** Entries of the list of assets held, how many of them still are, and how many of those are short. */
export let heldCount: i32 = 0;
let liveCount: i32 = 0;
export let shortCount: i32 = 0;
/** Is the list that of all assets? Then only positions change. */
let listsAll: bool = false;
/** `closeStep` when they were listed. */
let listedStep: usize = 0;

/** Bars before it are marked; bars before the other need but be accumulated, their cash and ends are noted. */
export let markedTo: i32 = 0;
let notedTo: i32 = 0;
let droppedCount: i32 = 0;

/** Bars from which on a stretch before an exit is marked by itself, and one after the last exit: shorter ones are marked with others. */
const LONG_STRETCH = 24;
const LONG_REST = 48;

/** Lists the assets held anew, after a batch; where all are and were, booking it has listed their positions. */
export function listHeld(): void {
  if (!(allStay && listsAll)) return listEach();
  if (listedStep !== closeStep) placeAll();
  heldCount = liveCount = assets;
  shortCount = 0;
}

/** Of a list of all assets, where their closes are in a tile of another width; four at a time. */
function placeAll(): void {
  listedStep = closeStep;
  const step = <i32>closeStep;
  let offsets = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(step));
  for (let at = heldOffset; at < heldOffset + <usize>assets * 4; at += 16) {
    v128.store(at, offsets);
    offsets = i32x4.add(offsets, i32x4.splat(4 * step));
  }
}

function listEach(): void {
  let count: usize = 0;
  let short = 0;
  for (let a: usize = 0; a < <usize>assets; a++) {
    const held = load<f64>(slotOf(slots, a), POSITION);
    store<i32>(heldOffset + count * 4, <i32>(a * closeStep));
    store<f64>(heldPosition + count * 8, held);
    store<i32>(heldPlace + a * 4, <i32>count);
    count += <usize>(held !== 0);
    short += <i32>(held < 0);
  }
  heldCount = liveCount = <i32>count;
  shortCount = short;
  listsAll = heldCount === assets;
  listedStep = closeStep;
}

/**
 * Takes an asset that a stop sold on bar t off the list: it stays there with a position of 0, or where the bars before t
 * are still to be marked, with an end.
 */
export function dropHeld(asset: usize, t: i32): void {
  const place = load<i32>(heldPlace + asset * 4);
  const at = heldPosition + <usize>place * 8;
  if (load<f64>(at) < 0) shortCount--;
  liveCount--;
  if (markedTo === t) store<f64>(at, 0);
  else {
    const k = <usize>droppedCount * 4;
    store<i32>(droppedPlace + k, place);
    store<i32>(droppedEnd + k, t);
    store<i32>(droppedOffset + k, load<i32>(heldOffset + <usize>place * 4));
    droppedCount++;
  }
}

/** Nothing is held and nothing marked. */
export function openMarks(): void {
  heldCount = liveCount = shortCount = 0;
  listsAll = false;
  markedTo = notedTo = 0;
}

/** Can the bars to come not ruin the run? Longs bought with money at hand are worth more than nothing. */
function cannotRuin(): bool {
  return !closesRuined || (cash >= 0 && shortCount === 0 && (liveCount > 0 || cash > 0));
}

/** Marks the bar of an execution, or leaves it to be marked with those after it; true where it is one of ruin. */
export function markExecution(t: i32): bool {
  return !cannotRuin() && markUpTo(t + 1) === t;
}

/**
 * Notes that positions and cash do not change up to `to`, where an exit comes: the bars are marked with those after it,
 * which costs a pass over all assets for the whole of them instead of one for each exit.
 *
 * @returns `to`, or the bar of ruin
 */
export function noteUpTo(to: i32): i32 {
  if (!cannotRuin() || shortCount > 0 || to - markedTo >= LONG_STRETCH) return markUpTo(to);
  note(to);
  return to;
}

function note(to: i32): void {
  const money = f64x2.splat(cash);
  const end = cashAt + <usize>to * 8;
  for (let at = cashAt + <usize>notedTo * 8; at < end; at += 192) {
    v128.store(at, money);
    v128.store(at, money, 16);
    v128.store(at, money, 32);
    v128.store(at, money, 48);
    v128.store(at, money, 64);
    v128.store(at, money, 80);
    v128.store(at, money, 96);
    v128.store(at, money, 112);
    v128.store(at, money, 128);
    v128.store(at, money, 144);
    v128.store(at, money, 160);
    v128.store(at, money, 176);
  }
  countBars(liveCount > 0, to - notedTo);
  notedTo = to;
}

/** Marks what was noted, twelve bars at a time. */
function markNoted(): void {
  let at = <usize>markedTo * 8;
  let ended = 0;
  for (let left = notedTo - markedTo; left > 0; left -= 12, at += 96) {
    const ending = endCloses(at, ended);
    if (left > 8) accumulateNoted12(equity, at, heldCount);
    else accumulateNoted8(equity, at, heldCount);
    dropEnded(ended, ending);
    ended = ending;
  }
  dropEnded(ended, droppedCount);
  droppedCount = 0;
  measureNoted();
  markedTo = notedTo;
}

/**
 * Lends those that end within the twelve bars from `at` on, the first of them number `ended`, closes that are 0 from
 * their end on, so that the sum needs no question for each asset.
 *
 * @returns the number of the first that ends later
 */
function endCloses(at: usize, ended: i32): i32 {
  const first = <i32>(at >> 3);
  let to = endingCloses;
  let k = ended;
  for (; k < droppedCount; k++, to += 96) {
    const bars = load<i32>(droppedEnd + <usize>k * 4) - first;
    if (bars >= 12) break;
    const from = closeAt + at + <usize>load<i32>(droppedOffset + <usize>k * 4);
    const mask = laneMasks - <usize>bars * 8;
    v128.store(to, v128.and(v128.load(from), v128.load(mask)));
    v128.store(to, v128.and(v128.load(from, 16), v128.load(mask, 16)), 16);
    v128.store(to, v128.and(v128.load(from, 32), v128.load(mask, 32)), 32);
    v128.store(to, v128.and(v128.load(from, 48), v128.load(mask, 48)), 48);
    v128.store(to, v128.and(v128.load(from, 64), v128.load(mask, 64)), 64);
    v128.store(to, v128.and(v128.load(from, 80), v128.load(mask, 80)), 80);
    store<i32>(heldOffset + <usize>load<i32>(droppedPlace + <usize>k * 4) * 4, <i32>(to - closeAt - at));
  }
  return k;
}

/** Those from number `ended` up to `ending` stay on the list with a position of 0. */
function dropEnded(ended: i32, ending: i32): void {
  for (let k = <usize>ended * 4; k < <usize>ending * 4; k += 4) {
    const place = <usize>load<i32>(droppedPlace + k);
    store<f64>(heldPosition + place * 8, 0);
    store<i32>(heldOffset + place * 4, load<i32>(droppedOffset + k));
  }
}

/** Leverage of the bars that were noted: of longs, at no debt where a run may be ruined, so beyond 1 there is nothing to find. */
function measureNoted(): void {
  if (maxGrossLeverage >= 1 && closesRuined) return;
  for (let t = markedTo; t < notedTo; t += 2) {
    const value = v128.load(equity + <usize>t * 8);
    const gross = f64x2.sub(value, v128.load(cashAt + <usize>t * 8));
    if (!v128.any_true(f64x2.gt(gross, f64x2.mul(f64x2.splat(maxGrossLeverage), value)))) continue;
    for (let u = t; u < min(t + 2, notedTo); u++) {
      const e = load<f64>(equity + <usize>u * 8);
      raiseLeverage(e - load<f64>(cashAt + <usize>u * 8), e);
    }
  }
}

/**
 * Step 5 for the bars up to `to`, on which positions and cash do not change: equity, exposure, leverage, ruin.
 *
 * Whole vectors are written, so up to 15 bars too far: those are marked after it, with the next segment.
 *
 * @returns `to`, or the bar of ruin, whose equity is then that after closing all positions
 */
export function markUpTo(to: i32): i32 {
  if (notedTo > markedTo) {
    if (to > notedTo && to - notedTo < LONG_REST && cannotRuin()) note(to);
    markNoted();
  }
  const from = markedTo;
  if (to <= from) return to;
  let left = to - from;
  let at = <usize>from * 8;
  for (; left > 8; left -= 12, at += 96) accumulate12(equity, at, cash, heldCount);
  for (; left > 2; left -= 8, at += 64) accumulate8(equity, at, cash, heldCount);
  if (left > 0) accumulate2(equity, at, cash, heldCount);
  const end = cannotRuin() ? to : firstRuin(from, to);
  countBars(liveCount > 0, end - from);
  if (liveCount > 0) measureLeverage(from, end);
  if (end < to) ruin(end);
  markedTo = notedTo = end < to ? end + 1 : to;
  return end;
}

function firstRuin(from: i32, to: i32): i32 {
  let t = from;
  while (t < to && load<f64>(equity + <usize>t * 8) > 0) t++;
  return t;
}

function measureLeverage(from: i32, to: i32): void {
  if (shortCount > 0) return measureWithShorts(from, to);
  const money = f64x2.splat(cash);
  for (let t = from; t < to; t += 2) {
    // Without loans and shorts the positions are worth no more than the equity: beyond 1 there is nothing to find.
    if (maxGrossLeverage >= 1 && cash >= 0) return;
    const value = v128.load(equity + <usize>t * 8);
    const limit = f64x2.mul(f64x2.splat(maxGrossLeverage), value);
    if (!v128.any_true(f64x2.gt(f64x2.sub(value, money), limit))) continue;
    for (let u = t; u < min(t + 2, to); u++) {
      const e = load<f64>(equity + <usize>u * 8);
      raiseLeverage(e - cash, e);
    }
  }
}

function measureWithShorts(from: i32, to: i32): void {
  memory.fill(shorts + <usize>from * 8, 0, <usize>(to - from) * 8);
  for (let k: usize = 0; k < <usize>heldCount; k++) {
    const held = load<f64>(heldPosition + k * 8);
    if (!(held < 0)) continue;
    const column = closeAt + <usize>load<i32>(heldOffset + k * 4);
    for (let i = <usize>from * 8; i < <usize>to * 8; i += 8) {
      store<f64>(shorts + i, load<f64>(shorts + i) + held * load<f64>(column + i));
    }
  }
  for (let i = <usize>from * 8; i < <usize>to * 8; i += 8) {
    const e = load<f64>(equity + i);
    raiseLeverage(e - cash - load<f64>(shorts + i) * 2, e);
  }
}

/** Closes all positions at their last close on the bar of ruin; nothing trades again. */
function ruin(t: i32): void {
  for (let asset: usize = 0; asset < <usize>assets; asset++) {
    const held = load<f64>(slotOf(slots, asset), POSITION);
    if (held === 0) continue;
    const price = load<f64>(lastCloseColumn + (asset * <usize>length + <usize>t) * 8);
    const filledAt = held < 0 ? price * (1 + slippage) : price * (1 - slippage);
    bookExit(asset, price, filledAt, RUIN);
  }
  liftAllStops();
  heldCount = liveCount = shortCount = 0;
  listsAll = false;
  store<f64>(equity + <usize>t * 8, cash);
}
