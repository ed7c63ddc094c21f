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
import { base, fixedLevel, peak, position, profitLevel, trailFactor } from './layout';
import { STOP_LOSS, TAKE_PROFIT, TRAILING_STOP } from './ledger';

/** The exit that was found last: why, and at which price before slippage. */
export let foundReason: i32 = 0;
export let foundPrice: f64 = 0;

/** The levels of the position looked at, by `takeLevels`; NaN = not armed, which no comparison reaches. */
export let long: bool = true;
export let fixed: f64 = 0;
export let profit: f64 = 0;
export let factor: f64 = 0;
export let bestPrice: f64 = 0;

export function isArmed(asset: usize): bool {
  const at = asset * 8;
  return (
    load<f64>(position + at) !== 0 &&
    !(
      isNaN(load<f64>(fixedLevel + at)) &&
      isNaN(load<f64>(trailFactor + at)) &&
      isNaN(load<f64>(profitLevel + at))
    )
  );
}

export function takeLevels(asset: usize): void {
  const at = asset * 8;
  long = load<f64>(position + at) > 0;
  fixed = load<f64>(fixedLevel + at);
  profit = load<f64>(profitLevel + at);
  factor = load<f64>(trailFactor + at);
  bestPrice = load<f64>(peak + at);
}

/** Levels of a position from its base and the distances of its stops; NaN = none. */
export function setLevels(asset: usize, stopLoss: f64, trailingStop: f64, takeProfit: f64): void {
  const at = asset * 8;
  const from = load<f64>(base + at);
  const isLong = load<f64>(position + at) > 0;
  store<f64>(fixedLevel + at, isLong ? from * (1 - stopLoss) : from * (1 + stopLoss));
  store<f64>(trailFactor + at, isLong ? 1 - trailingStop : 1 + trailingStop);
  store<f64>(profitLevel + at, isLong ? from * (1 + takeProfit) : from * (1 - takeProfit));
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
  const trailing = from * factor;
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
  const fromOpen = peakOfThisBar ? nextPeak(bestPrice, open, open) : bestPrice;
  return (
    profitAt(open, open) || stopAt(fromOpen, worst, NaN) || profitAt(open, best) || stopAt(from, close, NaN)
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
    reachesStop(price, fixed) || reachesStop(price, bestPrice * factor) || reachesProfit(price, profit)
  );
}

/** Fill price of the exit that was found: slippage on market exits only. */
export function exitFillPrice(reason: i32, price: f64, ofLong: bool): f64 {
  const market = select(tpAtMarket, stopAtMarket, reason === TAKE_PROFIT);
  const slipped = select<f64>(1 - slippage, 1 + slippage, ofLong);
  return price * select<f64>(slipped, 1, market);
}
