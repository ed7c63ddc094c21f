import {
  AVERAGE,
  baseIsClose,
  OVERRIDE,
  onIncrease,
  rearm,
  runStopLoss,
  runTakeProfit,
  runTrailingStop,
} from './config';
import {
  base,
  cellStopLoss,
  cellTakeProfit,
  cellTrailingStop,
  openedNow,
  peak,
  position,
  stopLoss,
  takeProfit,
  trailingStop,
} from './layout';
import { liftStop } from './ledger';
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
