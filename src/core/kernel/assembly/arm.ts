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
import {
  assets,
  base,
  before,
  cellStopLoss,
  cellTakeProfit,
  cellTrailingStop,
  fillPrice,
  openedNow,
  peak,
  position,
  quantity,
  stopLoss,
  takeProfit,
  trailingStop,
  weight,
} from './layout';
import { liftAllStops, liftStop } from './ledger';
import { fixedLevels, flipOf, flipped, heldLanes, profitLevels, trailingLevels } from './levels';
import { isArmed, isTriggered, takeLevels } from './stops';

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
  const at = asset * 8;
  const own = cellStopLoss !== 0;
  store<f64>(stopLoss + at, own ? resolved(load<f64>(cellStopLoss + cell * 8), runStopLoss) : runStopLoss);
  store<f64>(
    trailingStop + at,
    own ? resolved(load<f64>(cellTrailingStop + cell * 8), runTrailingStop) : runTrailingStop,
  );
  store<f64>(
    takeProfit + at,
    own ? resolved(load<f64>(cellTakeProfit + cell * 8), runTakeProfit) : runTakeProfit,
  );
  if (!rearm || !isArmed(asset)) return;
  takeLevels(asset);
  if (isTriggered(price)) {
    store<f64>(base + at, price);
    store<f64>(peak + at, price);
  }
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
 */
export function armAll(firstCell: usize, prices: usize, closes: usize): void {
  const zero = f64x2.splat(0);
  const own = cellStopLoss !== 0;
  liftAllStops();
  for (let i: usize = 0; i < <usize>assets * 8; i += 16) {
    const q = v128.load(quantity + i);
    const old = v128.load(before + i);
    const now = v128.load(position + i);
    const size = f64x2.abs(q);
    const entry = v128.load((baseIsClose ? closes : fillPrice) + i);
    const trades = f64x2.ne(q, zero);
    const hadLong = f64x2.gt(old, zero);
    const opened = f64x2.eq(old, zero);
    const flips = v128.xor(hadLong, f64x2.gt(now, zero));
    const enters = v128.and(v128.and(trades, f64x2.ne(now, zero)), v128.or(opened, flips));
    const increases = v128.andnot(v128.andnot(trades, opened), v128.xor(hadLong, f64x2.gt(q, zero)));
    let from = v128.load(base + i);
    let best = v128.load(peak + i);
    let anew = enters;
    if (onIncrease === OVERRIDE) anew = v128.or(enters, increases);
    else if (onIncrease === AVERAGE && v128.any_true(increases)) {
      const had = f64x2.abs(old);
      const sum = f64x2.add(f64x2.mul(from, had), f64x2.mul(entry, size));
      from = v128.bitselect(f64x2.div(sum, f64x2.add(had, size)), from, increases);
    }
    from = v128.bitselect(entry, from, anew);
    best = v128.bitselect(entry, best, anew);
    v128.store(base + i, from);
    v128.store(peak + i, best);
    const arms = f64x2.ne(v128.load(weight + i), zero);
    const cell = firstCell * 8 + i;
    armLanes(
      stopLoss + i,
      own ? resolvedLanes(cellStopLoss + cell, runStopLoss) : f64x2.splat(runStopLoss),
      arms,
    );
    armLanes(
      trailingStop + i,
      own ? resolvedLanes(cellTrailingStop + cell, runTrailingStop) : f64x2.splat(runTrailingStop),
      arms,
    );
    armLanes(
      takeProfit + i,
      own ? resolvedLanes(cellTakeProfit + cell, runTakeProfit) : f64x2.splat(runTakeProfit),
      arms,
    );
    if (!rearm) continue;
    const flip = flipOf(i);
    const unslipped = v128.load(prices + i);
    const price = flipped(unslipped, flip);
    const reached = v128.or(
      v128.or(f64x2.le(price, fixedLevels(i, flip)), f64x2.le(price, trailingLevels(i, best, flip))),
      f64x2.ge(price, profitLevels(i, flip)),
    );
    const again = v128.and(v128.and(reached, arms), heldLanes(i));
    if (!v128.any_true(again)) continue;
    v128.store(base + i, v128.bitselect(unslipped, from, again));
    v128.store(peak + i, v128.bitselect(unslipped, best, again));
  }
  if (!entryBarNever) return;
  for (let a: usize = 0; a < <usize>assets; a++) {
    const now = load<f64>(position + a * 8);
    const old = load<f64>(before + a * 8);
    const trades = load<f64>(quantity + a * 8) !== 0;
    if (trades && now !== 0 && (old === 0 || old > 0 !== now > 0)) store<u8>(openedNow + a, 1);
  }
}

@inline
function armLanes(at: usize, distances: v128, lanes: v128): void {
  v128.store(at, v128.bitselect(distances, v128.load(at), lanes));
}

@inline
function resolvedLanes(at: usize, byDefault: f64): v128 {
  const own = v128.load(at);
  const set = v128.bitselect(f64x2.splat(NaN), own, f64x2.eq(own, f64x2.splat(Infinity)));
  return v128.bitselect(set, f64x2.splat(byDefault), f64x2.eq(own, own));
}

/** Base and peak after a fill, as `moveBase` in execution/ledger.ts. */
function moveBase(asset: usize, q: f64, old: f64, entry: f64): void {
  const at = asset * 8;
  const now = load<f64>(position + at);
  const enters = now !== 0 && (old === 0 || old > 0 !== now > 0);
  const increases = old !== 0 && old > 0 === q > 0;
  if (enters) store<u8>(openedNow + asset, 1);
  if (enters || (increases && onIncrease === OVERRIDE)) {
    store<f64>(base + at, entry);
    store<f64>(peak + at, entry);
  } else if (increases && onIncrease === AVERAGE) {
    const had = abs(old);
    const added = abs(q);
    store<f64>(base + at, (load<f64>(base + at) * had + entry * added) / (had + added));
  }
}
