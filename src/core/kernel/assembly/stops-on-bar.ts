import { entryBarNever, INSTRUCTION, intrabar, onConflict, PATH, peakOfThisBar, STOP_ONLY } from './config';
import { dueCount } from './gather';
import { assets, isDue, openedNow, PEAK, POSITION, slotOf, slots, stoppedNow, stride } from './layout';
import { bookExit, markStopped } from './ledger';
import {
  bestOf,
  fixedLevels,
  flipOf,
  flipped,
  hasShorts,
  heldLanes,
  movePeaks,
  profitLevels,
  trailingLevels,
  worstOf,
} from './levels';
import { exitFillPrice, exitOf, foundPrice, foundReason, gapExit, isArmed, takeLevels } from './stops';

/** The bar that stops are tested on: open, high, low and close of all assets, `stride` entries each. */
export let bar: usize = 0;

export function setBar(at: usize): void {
  bar = at;
}

/** Closes of the present bar, by asset. */
export function closes(): usize {
  return bar + <usize>stride * 24;
}

/**
 * Lanes of two positions that a stop may sell on this bar: where even its extremes stay off the levels none can.
 *
 * @param gaps look at the opens only
 */
@inline
function endangered(asset: usize, gaps: bool, shorts: bool): v128 {
  const slot = slotOf(slots, asset);
  const i = asset * 8;
  const flip = flipOf(slot, shorts);
  const part = <usize>stride * 8;
  const open = v128.load(bar + i);
  let low = open;
  let high = open;
  let peaks = v128.load(slot, PEAK);
  if (!gaps) {
    low = f64x2.pmin(low, v128.load(bar + i + part * 2));
    high = f64x2.pmax(high, v128.load(bar + i + part));
    if (intrabar === PATH) {
      const close = v128.load(bar + i + part * 3);
      low = f64x2.pmin(low, close);
      high = f64x2.pmax(high, close);
    }
    if (peakOfThisBar) {
      const best = bestOf(low, high, flip, shorts);
      peaks = flipped(f64x2.pmax(flipped(peaks, flip, shorts), best), flip, shorts);
    }
  }
  const worst = worstOf(low, high, flip, shorts);
  return v128.and(
    v128.or(
      v128.or(
        f64x2.le(worst, fixedLevels(slot, flip, shorts)),
        f64x2.le(worst, trailingLevels(slot, peaks, flip, shorts)),
      ),
      f64x2.ge(bestOf(low, high, flip, shorts), profitLevels(slot, flip, shorts)),
    ),
    heldLanes(slot),
  );
}

@inline
function priceOf(asset: usize, part: usize): f64 {
  return load<f64>(bar + (part * <usize>stride + asset) * 8);
}

/** Step 1 (a): gaps of stops armed before this bar; under `stop_only` its whole range. */
export function stopsAtOpen(): void {
  if (onConflict === INSTRUCTION && dueCount === assets) return;
  const whole = onConflict === STOP_ONLY;
  for (let a: usize = 0; a < <usize>assets; a += 2) {
    const lanes = whole ? endangered(a, false, true) : endangered(a, true, true);
    if (!v128.any_true(lanes)) continue;
    if (i64x2.extract_lane(lanes, 0) !== 0) stopAtOpen(a);
    if (i64x2.extract_lane(lanes, 1) !== 0) stopAtOpen(a + 1);
  }
}

function stopAtOpen(asset: usize): void {
  const close = priceOf(asset, 3);
  if (!isArmed(asset) || isNaN(close)) return;
  if (onConflict === INSTRUCTION && load<u8>(isDue + asset) !== 0) return;
  const open = priceOf(asset, 0);
  takeLevels(asset);
  const acts =
    onConflict === STOP_ONLY
      ? exitOf(open, priceOf(asset, 1), priceOf(asset, 2), close, false) !== 0
      : gapExit(open);
  if (acts) takeExit(asset, foundReason, foundPrice);
}

/** Steps 2 and 4: every armed position against the range of this bar, then the peaks of those that are left. */
export function stopsIntrabar(): void {
  if (hasShorts()) testLanes(true);
  else testLanes(false);
  if (entryBarNever) trailPeaks();
}

@inline
function testLanes(shorts: bool): void {
  const part = <usize>stride * 8;
  for (let a: usize = 0; a < <usize>assets; a += 2) {
    const i = a * 8;
    const lanes = endangered(a, false, shorts);
    if (v128.any_true(lanes)) {
      if (i64x2.extract_lane(lanes, 0) !== 0) stopIntrabar(a);
      if (i64x2.extract_lane(lanes, 1) !== 0) stopIntrabar(a + 1);
    }
    if (entryBarNever) continue;
    const close = v128.load(bar + i + part * 3);
    const flip = flipOf(slotOf(slots, a), shorts);
    const best = bestOf(v128.load(bar + i + part * 2), v128.load(bar + i + part), flip, shorts);
    movePeaks(slotOf(slots, a), best, f64x2.eq(close, close), flip, shorts);
  }
}

function stopIntrabar(asset: usize): void {
  const close = priceOf(asset, 3);
  if (!isArmed(asset) || isNaN(close)) return;
  if (entryBarNever && load<u8>(openedNow + asset) !== 0) return;
  takeLevels(asset);
  if (exitOf(priceOf(asset, 0), priceOf(asset, 1), priceOf(asset, 2), close, true) !== 0) {
    takeExit(asset, foundReason, foundPrice);
  }
}

/** Step 4 where positions opened on this bar do not see it. */
function trailPeaks(): void {
  for (let asset: usize = 0; asset < <usize>assets; asset++) {
    if (load<u8>(openedNow + asset) === 0) trailPeak(asset);
  }
}

/** Step 4 for one asset. */
function trailPeak(asset: usize): void {
  const slot = slotOf(slots, asset);
  const held = load<f64>(slot, POSITION);
  if (held === 0 || isNaN(priceOf(asset, 3))) return;
  const from = load<f64>(slot, PEAK);
  store<f64>(slot, held > 0 ? max(priceOf(asset, 1), from) : min(priceOf(asset, 2), from), PEAK);
}

/** Sells a position because a stop acted: STOPPED until an instruction names the asset. */
@inline
export function takeExit(asset: usize, reason: i32, price: f64): void {
  const held = load<f64>(slotOf(slots, asset), POSITION);
  bookExit(asset, price, exitFillPrice(reason, price, held > 0), reason);
  markStopped(asset);
  store<u8>(stoppedNow + asset, 1);
}
