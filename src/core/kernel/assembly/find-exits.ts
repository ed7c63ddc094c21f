import { SLACK } from './blocks';
import { onConflict, STOP_ONLY } from './config';
import { findExit } from './find-exit';
import {
  assets,
  cellStopLoss,
  deepest,
  doubted,
  exitKey,
  exitPrice,
  exitReason,
  highest,
  lowest,
  peak,
  pinned,
  position,
  steepest,
  stride,
  trailFactor,
} from './layout';
import {
  bestOf,
  fixedLevels,
  flipOf,
  hasShorts,
  heldLanes,
  movePeaks,
  profitLevels,
  trailingLevels,
  worstOf,
} from './levels';
import { foundPrice, foundReason, isArmed } from './stops';

/** Assets that the ranges of a window cannot clear, and that window; −1 = none is listed yet. */
export let doubtfulCount: i32 = 0;
let listedWindow: i32 = -1;

/** Begins with a run. */
export function openWindows(): void {
  listedWindow = -1;
}

/** Takes what was listed in passing. */
export function noteDoubtful(window: i32, count: i32): void {
  listedWindow = window;
  doubtfulCount = count;
}

/** Lists the exits of all held assets in [from, to), in the order in which they happen; returns their number. */
export function findExits(from: i32, to: i32): i32 {
  let count = 0;
  for (let a: usize = 0; a < <usize>assets; a++) {
    if (load<f64>(position + a * 8) === 0) continue;
    // An instruction to come may arm the asset: then its peak must be known.
    if (isArmed(a) || cellStopLoss !== 0) count = addExit(a, findExit(a, from, to, false), count);
  }
  return count;
}

/**
 * As `findExits`, over the window that `listDoubtful` was asked about.
 *
 * @param executed an execution stands at the open of `from`
 */
export function findExitsOfDoubtful(from: i32, to: i32, executed: bool): i32 {
  let count = 0;
  for (let k: usize = 0; k < <usize>doubtfulCount; k++) {
    const asset = <usize>load<i32>(doubted + k * 4);
    count = addExit(asset, findExit(asset, from, to, executed), count);
  }
  return count;
}

/** Adds what `findExit` found, if anything; exits are kept sorted by time, ties by asset. Returns their number then. */
function addExit(asset: usize, found: i32, count: i32): i32 {
  if (found < 0) return count;
  store<i32>(exitReason + asset * 4, foundReason);
  store<f64>(exitPrice + asset * 8, foundPrice);
  // `stop_only` tests the whole bar in one step: there an exit at the open comes no earlier.
  const at = onConflict === STOP_ONLY ? found & ~1 : found;
  const key = (<i64>at << 32) | <i64>asset;
  let j = exitKey + <usize>count * 8;
  for (; j > exitKey && load<i64>(j - 8) > key; j -= 8) store<i64>(j, load<i64>(j - 8));
  store<i64>(j, key);
  return count + 1;
}

/**
 * Lists the assets whose bars must be looked at, if they are not yet, told by the ranges of a window alone, two at a time; the peaks of the
 * others are moved to the end of the window.
 */
export function listDoubtful(window: i32): void {
  if (listedWindow === window) return;
  noteDoubtful(window, hasShorts() ? listLanes(window, true) : listLanes(window, false));
}

@inline
function listLanes(window: i32, shorts: bool): i32 {
  let count: usize = 0;
  const ranges = <usize>window * <usize>stride * 8;
  const above = pinned(0, 1 + SLACK);
  const below = pinned(1, 1 - SLACK);
  for (let a: usize = 0; a < <usize>assets; a += 2) {
    const i = a * 8;
    const at = ranges + i;
    const flip = flipOf(i, shorts);
    const low = v128.load(lowest + at);
    const high = v128.load(highest + at);
    const worst = worstOf(low, high, flip, shorts);
    const best = bestOf(low, high, flip, shorts);
    const trail = v128.load(trailFactor + i);
    let fall = v128.load(deepest + at);
    let limit = f64x2.mul(trail, above);
    if (shorts) {
      const short = i64x2.shr_s(flip, 63);
      fall = v128.xor(v128.bitselect(v128.load(steepest + at), fall, short), flip);
      limit = v128.xor(v128.bitselect(f64x2.mul(trail, below), limit, short), flip);
    }
    const stops = v128.or(
      f64x2.le(worst, fixedLevels(i, flip, shorts)),
      f64x2.le(worst, trailingLevels(i, v128.load(peak + i), flip, shorts)),
    );
    const others = v128.or(f64x2.ge(best, profitLevels(i, flip, shorts)), f64x2.le(fall, limit));
    const held = heldLanes(i);
    const lanes = v128.and(v128.or(stops, others), held);
    movePeaks(i, best, v128.andnot(held, lanes), flip, shorts);
    const bits = i64x2.bitmask(lanes);
    if (bits === 0) continue;
    store<i32>(doubted + count * 4, <i32>a);
    count += bits & 1;
    store<i32>(doubted + count * 4, <i32>a + 1);
    count += bits >> 1;
  }
  return <i32>count;
}
