import { SLACK } from './codes';
import { assets, doubted, PEAK, pinned, SLOT_BYTES, slots, TRAIL_FACTOR } from './layout';
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
import { rangeAt } from './schedule';

/** Assets that the ranges of a window cannot clear, and that window; −1 = none is listed yet. */
export let doubtfulCount: i32 = 0;
export let listedWindow: i32 = -1;

/** Begins with a run. */
export function openWindows(): void {
  listedWindow = -1;
}

/** Takes what was listed in passing. */
export function noteDoubtful(window: i32, count: i32): void {
  listedWindow = window;
  doubtfulCount = count;
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
  const ranges = rangeAt(window, 0);
  const above = pinned(0, 1 + SLACK);
  const below = pinned(1, 1 - SLACK);
  for (let a: usize = 0, slot = slots; a < <usize>assets; a += 2, slot += SLOT_BYTES) {
    const at = ranges + a * 32;
    const flip = flipOf(slot, shorts);
    const low = v128.load(at);
    const high = v128.load(at, 16);
    const worst = worstOf(low, high, flip, shorts);
    const best = bestOf(low, high, flip, shorts);
    const trail = v128.load(slot, TRAIL_FACTOR);
    let fall = v128.load(at, 32);
    let limit = f64x2.mul(trail, above);
    if (shorts) {
      const short = i64x2.shr_s(flip, 63);
      fall = v128.xor(v128.bitselect(v128.load(at, 48), fall, short), flip);
      limit = v128.xor(v128.bitselect(f64x2.mul(trail, below), limit, short), flip);
    }
    const stops = v128.or(
      f64x2.le(worst, fixedLevels(slot, flip, shorts)),
      f64x2.le(worst, trailingLevels(slot, v128.load(slot, PEAK), flip, shorts)),
    );
    const others = v128.or(f64x2.ge(best, profitLevels(slot, flip, shorts)), f64x2.le(fall, limit));
    const held = heldLanes(slot);
    const lanes = v128.and(v128.or(stops, others), held);
    movePeaks(slot, best, v128.andnot(held, lanes), flip, shorts);
    const bits = i64x2.bitmask(lanes);
    if (bits === 0) continue;
    store<i32>(doubted + count * 4, <i32>a);
    count += bits & 1;
    store<i32>(doubted + count * 4, <i32>a + 1);
    count += bits >> 1;
  }
  return <i32>count;
}
