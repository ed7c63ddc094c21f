import {
  intrabar,
  PATH,
  peakOfThisBar,
  SL_FIRST_AFTER_TP_GAP,
  slippage,
  stopAtMarket,
  tpAtMarket,
  tpGapAtOpen,
} from './config';
import { base, peak, position, stopLoss, takeProfit, trailingStop } from './layout';
import { STOP_LOSS, TAKE_PROFIT, TRAILING_STOP } from './ledger';

/** The exit that was found last: why, and at which price before slippage. */
export let foundReason: i32 = 0;
export let foundPrice: f64 = 0;

/** The levels of the position looked at, by `takeLevels`; NaN = not armed, which no comparison reaches. */
export let long: bool = true;
export let fixed: f64 = 0;
export let profit: f64 = 0;
export let trail: f64 = 0;
export let bestPrice: f64 = 0;

export function isArmed(asset: usize): bool {
  const at = asset * 8;
  return (
    load<f64>(position + at) !== 0 &&
    !(
      isNaN(load<f64>(stopLoss + at)) &&
      isNaN(load<f64>(trailingStop + at)) &&
      isNaN(load<f64>(takeProfit + at))
    )
  );
}

export function takeLevels(asset: usize): void {
  const at = asset * 8;
  const from = load<f64>(base + at);
  const sl = load<f64>(stopLoss + at);
  const tp = load<f64>(takeProfit + at);
  long = load<f64>(position + at) > 0;
  fixed = long ? from * (1 - sl) : from * (1 + sl);
  profit = long ? from * (1 + tp) : from * (1 - tp);
  trail = load<f64>(trailingStop + at);
  bestPrice = load<f64>(peak + at);
}

@inline
export function trailingLevel(from: f64): f64 {
  return long ? from * (1 - trail) : from * (1 + trail);
}

@inline
function reachesStop(price: f64, level: f64): bool {
  return long ? price <= level : price >= level;
}

@inline
function reachesProfit(price: f64, level: f64): bool {
  return long ? price >= level : price <= level;
}

/** The tighter of stop-loss and trailing stop against one price; `at` = price to fill at, NaN = at the level. */
function stopAt(from: f64, price: f64, at: f64): bool {
  const trailing = trailingLevel(from);
  const trails = isNaN(fixed) || (long ? trailing > fixed : trailing < fixed);
  const level = trails ? trailing : fixed;
  if (!reachesStop(price, level)) return false;
  foundReason = trails ? TRAILING_STOP : STOP_LOSS;
  foundPrice = isNaN(at) ? level : at;
  return true;
}

function profitAt(open: f64, best: f64): bool {
  if (!reachesProfit(best, profit)) return false;
  foundReason = TAKE_PROFIT;
  foundPrice = tpGapAtOpen && reachesProfit(open, profit) ? open : profit;
  return true;
}

/** Step 1: does the open gap to or beyond an armed level? */
export function gapExit(open: f64): bool {
  if (stopAt(bestPrice, open, open)) return true;
  return intrabar !== SL_FIRST_AFTER_TP_GAP && profitAt(open, open);
}

/** Step 2: does the bar's range reach an armed level? In the order that `intrabar` assumes within the bar. */
export function barExit(open: f64, high: f64, low: f64, close: f64): bool {
  const best = long ? high : low;
  const worst = long ? low : high;
  const from = peakOfThisBar ? nextPeak(bestPrice, high, low) : bestPrice;
  if (stopAt(bestPrice, open, open)) return true;
  if (intrabar !== PATH) return stopAt(from, worst, NaN) || profitAt(open, best);
  if (long) return profitAt(open, best) || stopAt(from, worst, NaN);
  return (
    profitAt(open, open) || stopAt(bestPrice, worst, NaN) || profitAt(open, best) || stopAt(from, close, NaN)
  );
}

/** The peak of the position looked at once the bar is over. */

@inline
export function nextPeak(from: f64, high: f64, low: f64): f64 {
  return long ? max(high, from) : min(low, from);
}

/** Does any armed level stand at or beyond `price`? */
export function isTriggered(price: f64): bool {
  return (
    reachesStop(price, fixed) || reachesStop(price, trailingLevel(bestPrice)) || reachesProfit(price, profit)
  );
}

/** Fill price of the exit that was found: slippage on market exits only. */
export function exitFillPrice(reason: i32, price: f64, ofLong: bool): f64 {
  const market = reason === TAKE_PROFIT ? tpAtMarket : stopAtMarket;
  if (!market) return price;
  return ofLong ? price * (1 - slippage) : price * (1 + slippage);
}
