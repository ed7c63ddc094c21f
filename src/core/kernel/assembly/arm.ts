import { allStay } from './book';
import { SLACK } from './codes';
import {
  AVERAGE,
  baseIsClose,
  entryBarNever,
  OVERRIDE,
  onIncrease,
  rearm,
  runStopLoss,
  runTakeProfit,
  runTrailingStop,
} from './config';
import { weight } from './gather';
import {
  assets,
  BASE,
  BEFORE,
  cellStopLoss,
  cellTakeProfit,
  cellTrailingStop,
  doubted,
  FILL_PRICE,
  FIXED_LEVEL,
  openedNow,
  PEAK,
  POSITION,
  PROFIT_LEVEL,
  pinned,
  pinnedLanes,
  QUANTITY,
  SLOT_BYTES,
  slotOf,
  slots,
  TRAIL_FACTOR,
} from './layout';
import { liftAllStops, liftStop } from './ledger';
import { SIGN } from './levels';
import { noteDoubtful } from './list-doubtful';
import { mayShort, rangeAt } from './schedule';
import { isArmed, isTriggered, setLevels, takeLevels } from './stops';

/**
 * What a cell means for stops once its order is booked: the asset is no longer STOPPED, its base, peak and levels are set.
 *
 * @param q quantity filled, 0 = none; `old` the position before it; `price` before slippage
 */
export function armCell(
  asset: usize,
  cell: usize,
  w: f64,
  q: f64,
  old: f64,
  filledAt: f64,
  price: f64,
  close: f64,
): void {
  liftStop(asset);
  if (q !== 0) moveBase(asset, q, old, baseIsClose ? close : filledAt);
  if (w === 0) return;
  const own = cellStopLoss !== 0;
  const stopLoss = own ? resolved(load<f64>(cellStopLoss + cell * 8), runStopLoss) : runStopLoss;
  const trailing = own ? resolved(load<f64>(cellTrailingStop + cell * 8), runTrailingStop) : runTrailingStop;
  const takeProfit = own ? resolved(load<f64>(cellTakeProfit + cell * 8), runTakeProfit) : runTakeProfit;
  setLevels(asset, stopLoss, trailing, takeProfit);
  if (!rearm || !isArmed(asset)) return;
  takeLevels(asset);
  if (!isTriggered(price)) return;
  const slot = slotOf(slots, asset);
  store<f64>(slot, price, BASE);
  store<f64>(slot, price, PEAK);
  setLevels(asset, stopLoss, trailing, takeProfit);
}

/** A cell's own stop (Infinity = none), else the run's. */
function resolved(own: f64, byDefault: f64): f64 {
  if (isNaN(own)) return byDefault;
  return own === Infinity ? NaN : own;
}

/**
 * `armCell` for all assets at once, two at a time, where a row names them all and none of its cells waited.
 *
 * @param firstCell cell of the first asset; quantities, weights and positions stand by asset
 * @param prices before slippage; `closes` of the bar
 * @param window whose doubtful assets may be listed in passing, or −1
 */
export function armAll(firstCell: usize, prices: usize, closes: usize, window: i32): void {
  if (!mayShort && cellStopLoss === 0 && !entryBarNever) {
    if (window < 0) armLongs(prices, closes, window, false, false);
    else if (allStay) armLongs(prices, closes, window, true, true);
    else armLongs(prices, closes, window, true, false);
    return;
  }
  const zero = f64x2.splat(0);
  const one = pinned(0, 1);
  const stopLoss = pinned(1, runStopLoss);
  const trailing = pinned(2, runTrailingStop);
  const takeProfit = pinned(3, runTakeProfit);
  const sign = pinnedLanes(4, SIGN);
  const own = cellStopLoss !== 0;
  liftAllStops();
  for (let i: usize = 0, slot = slots; i < <usize>assets * 8; i += 16, slot += SLOT_BYTES) {
    const q = v128.load(slot, QUANTITY);
    const old = v128.load(slot, BEFORE);
    const now = v128.load(slot, POSITION);
    const size = f64x2.abs(q);
    const entry = baseIsClose ? v128.load(closes + i) : v128.load(slot, FILL_PRICE);
    const trades = f64x2.ne(q, zero);
    const hadLong = f64x2.gt(old, zero);
    const opened = f64x2.eq(old, zero);
    const flips = v128.xor(hadLong, f64x2.gt(now, zero));
    const enters = v128.and(v128.and(trades, f64x2.ne(now, zero)), v128.or(opened, flips));
    const increases = v128.andnot(v128.andnot(trades, opened), v128.xor(hadLong, f64x2.gt(q, zero)));
    let from = v128.load(slot, BASE);
    let best = v128.load(slot, PEAK);
    let anew = enters;
    if (onIncrease === OVERRIDE) anew = v128.or(enters, increases);
    else if (onIncrease === AVERAGE && v128.any_true(increases)) {
      const had = f64x2.abs(old);
      const sum = f64x2.add(f64x2.mul(from, had), f64x2.mul(entry, size));
      from = v128.bitselect(f64x2.div(sum, f64x2.add(had, size)), from, increases);
    }
    from = v128.bitselect(entry, from, anew);
    best = v128.bitselect(entry, best, anew);
    const arms = f64x2.ne(v128.load(weight + i), zero);
    const cell = <usize>firstCell * 8 + i;
    const loss = own ? resolvedLanes(cellStopLoss + cell, runStopLoss) : stopLoss;
    const trail = own ? resolvedLanes(cellTrailingStop + cell, runTrailingStop) : trailing;
    const win = own ? resolvedLanes(cellTakeProfit + cell, runTakeProfit) : takeProfit;
    // 1 − distance for longs and 1 + distance for shorts, and the other way round.
    const flip = v128.and(now, sign);
    const lower = v128.xor(flip, sign);
    const fixedFactor = f64x2.add(one, v128.xor(loss, lower));
    const factor = f64x2.add(one, v128.xor(trail, lower));
    const winFactor = f64x2.add(one, v128.xor(win, flip));
    let fixed = f64x2.mul(from, fixedFactor);
    let profit = f64x2.mul(from, winFactor);
    if (rearm) {
      const unslipped = v128.load(prices + i);
      const price = v128.xor(unslipped, flip);
      const reached = v128.or(
        v128.or(
          f64x2.le(price, v128.xor(fixed, flip)),
          f64x2.le(price, v128.xor(f64x2.mul(best, factor), flip)),
        ),
        f64x2.ge(price, v128.xor(profit, flip)),
      );
      const again = v128.and(v128.and(reached, arms), f64x2.ne(now, zero));
      if (v128.any_true(again)) {
        from = v128.bitselect(unslipped, from, again);
        best = v128.bitselect(unslipped, best, again);
        fixed = f64x2.mul(from, fixedFactor);
        profit = f64x2.mul(from, winFactor);
      }
    }
    v128.store(slot, from, BASE);
    v128.store(slot, best, PEAK);
    armLanes(slot + FIXED_LEVEL, fixed, arms);
    armLanes(slot + TRAIL_FACTOR, factor, arms);
    armLanes(slot + PROFIT_LEVEL, profit, arms);
  }
  if (!entryBarNever) return;
  for (let a: usize = 0; a < <usize>assets; a++) {
    const slot = slotOf(slots, a);
    const now = load<f64>(slot, POSITION);
    const old = load<f64>(slot, BEFORE);
    const trades = load<f64>(slot, QUANTITY) !== 0;
    if (trades && now !== 0 && (old === 0 || old > 0 !== now > 0)) store<u8>(openedNow + a, 1);
  }
}

/**
 * `armAll` for a matrix without shorts and stops of its own; the steps are those of it and of `listDoubtful`.
 *
 * The trailing stop of such a run is the same for all of its positions, all along: `openLedger` has set it.
 *
 * @param lists also the doubtful assets of the window
 * @param all assets are held, and no weight is 0
 */
@inline
function armLongs(prices: usize, closes: usize, window: i32, lists: bool, all: bool): void {
  const zero = f64x2.splat(0);
  const lossFactor = pinned(0, 1 - runStopLoss);
  const factor = pinned(1, 1 - runTrailingStop);
  const winFactor = pinned(2, 1 + runTakeProfit);
  const limit = pinned(3, (1 - runTrailingStop) * (1 + SLACK)); // more than a level that was kept asks for
  let range = rangeAt(window, 0);
  const averages = onIncrease === AVERAGE;
  const overrides = onIncrease === OVERRIDE;
  const weights = weight;
  const list = doubted;
  const end = <usize>assets * 8;
  let count: usize = 0;
  liftAllStops();
  for (let i: usize = 0, slot = slots; i < end; i += 16, slot += SLOT_BYTES, range += 64) {
    const q = v128.load(slot, QUANTITY);
    const old = v128.load(slot, BEFORE);
    const held = all ? i64x2.splat(-1) : f64x2.gt(v128.load(slot, POSITION), zero);
    const entry = baseIsClose ? v128.load(closes + i) : v128.load(slot, FILL_PRICE);
    const opened = f64x2.eq(old, zero);
    let anew = all ? opened : v128.and(opened, held);
    let from = v128.load(slot, BASE);
    let best = v128.load(slot, PEAK);
    if (averages) {
      const sum = f64x2.add(f64x2.mul(from, old), f64x2.mul(entry, q));
      const increases = v128.andnot(f64x2.gt(q, zero), opened);
      from = v128.bitselect(f64x2.div(sum, f64x2.add(old, q)), from, increases);
    } else if (overrides) anew = v128.or(anew, v128.andnot(f64x2.gt(q, zero), opened));
    from = v128.bitselect(entry, from, anew);
    best = v128.bitselect(entry, best, anew);
    const clears = all ? zero : f64x2.eq(v128.load(weights + i), zero);
    let fixed = f64x2.mul(from, lossFactor);
    let profit = f64x2.mul(from, winFactor);
    let trailing = f64x2.mul(best, factor);
    let doubt = held;
    if (lists) doubt = isDoubtful(range, fixed, trailing, profit, limit);
    if (!all) doubt = v128.and(doubt, held);
    if (!v128.any_true(all ? doubt : v128.or(doubt, clears))) {
      if (lists) best = f64x2.pmax(best, v128.load(range, 16)); // what is not held has no peak
    } else {
      // Where the price reaches a level its bar does so too.
      const price = v128.load(prices + i);
      const below = v128.or(f64x2.le(price, fixed), f64x2.le(price, trailing));
      const again = v128.and(v128.or(below, f64x2.ge(price, profit)), v128.andnot(held, clears));
      if (rearm && v128.any_true(again)) {
        from = v128.bitselect(price, from, again);
        best = v128.bitselect(price, best, again);
        fixed = f64x2.mul(from, lossFactor);
        profit = f64x2.mul(from, winFactor);
        trailing = f64x2.mul(best, factor);
      }
      if (!all) {
        fixed = v128.bitselect(v128.load(slot, FIXED_LEVEL), fixed, clears);
        profit = v128.bitselect(v128.load(slot, PROFIT_LEVEL), profit, clears);
      }
      if (lists) {
        doubt = v128.and(isDoubtful(range, fixed, trailing, profit, limit), held);
        best = v128.bitselect(best, f64x2.pmax(best, v128.load(range, 16)), doubt);
        const bits = i64x2.bitmask(doubt);
        const a = <i32>(i >> 3);
        store<i32>(list + count * 4, a);
        count += bits & 1;
        store<i32>(list + count * 4, a + 1);
        count += bits >> 1;
      }
    }
    v128.store(slot, from, BASE);
    v128.store(slot, fixed, FIXED_LEVEL);
    v128.store(slot, profit, PROFIT_LEVEL);
    v128.store(slot, best, PEAK);
  }
  if (lists) noteDoubtful(window, <i32>count);
}

/** Lanes in which the range of a window comes near a level. */
@inline
function isDoubtful(range: usize, fixed: v128, trailing: v128, profit: v128, limit: v128): v128 {
  const low = v128.load(range);
  const stops = v128.or(f64x2.le(low, fixed), f64x2.le(low, trailing));
  const others = v128.or(f64x2.ge(v128.load(range, 16), profit), f64x2.le(v128.load(range, 32), limit));
  return v128.or(stops, others);
}

@inline
function armLanes(at: usize, levels: v128, lanes: v128): void {
  v128.store(at, v128.bitselect(levels, v128.load(at), lanes));
}

@inline
function resolvedLanes(at: usize, byDefault: f64): v128 {
  const own = v128.load(at);
  const set = v128.bitselect(f64x2.splat(NaN), own, f64x2.eq(own, f64x2.splat(Infinity)));
  return v128.bitselect(set, f64x2.splat(byDefault), f64x2.eq(own, own));
}

/** Base and peak after a fill, as `moveBase` in execution/ledger.ts. */
function moveBase(asset: usize, q: f64, old: f64, entry: f64): void {
  const slot = slotOf(slots, asset);
  const now = load<f64>(slot, POSITION);
  const enters = now !== 0 && (old === 0 || old > 0 !== now > 0);
  const increases = old !== 0 && old > 0 === q > 0;
  if (enters) store<u8>(openedNow + asset, 1);
  if (enters || (increases && onIncrease === OVERRIDE)) {
    store<f64>(slot, entry, BASE);
    store<f64>(slot, entry, PEAK);
  } else if (increases && onIncrease === AVERAGE) {
    const had = abs(old);
    const added = abs(q);
    store<f64>(slot, (load<f64>(slot, BASE) * had + entry * added) / (had + added), BASE);
  }
}
