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
import { BASE, FIXED_LEVEL, PEAK, POSITION, PROFIT_LEVEL, slotOf, slots, TRAIL_FACTOR } from './layout';
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
  const at = slotOf(slots, asset);
  return (
    load<f64>(at, POSITION) !== 0 &&
    !(
      isNaN(load<f64>(at, FIXED_LEVEL)) &&
      isNaN(load<f64>(at, TRAIL_FACTOR)) &&
      isNaN(load<f64>(at, PROFIT_LEVEL))
    )
  );
}

export function takeLevels(asset: usize): void {
  const at = slotOf(slots, asset);
  long = load<f64>(at, POSITION) > 0;
  fixed = load<f64>(at, FIXED_LEVEL);
  profit = load<f64>(at, PROFIT_LEVEL);
  factor = load<f64>(at, TRAIL_FACTOR);
  bestPrice = load<f64>(at, PEAK);
}

export function setPeak(price: f64): void {
  bestPrice = price;
}

/** Levels of a position from its base and the distances of its stops; NaN = none. */
export function setLevels(asset: usize, stopLoss: f64, trailingStop: f64, takeProfit: f64): void {
  const at = slotOf(slots, asset);
  const from = load<f64>(at, BASE);
  const isLong = load<f64>(at, POSITION) >= 0; // the factor of what is flat is that of a long, see openLedger
  store<f64>(at, isLong ? from * (1 - stopLoss) : from * (1 + stopLoss), FIXED_LEVEL);
  store<f64>(at, isLong ? 1 - trailingStop : 1 + trailingStop, TRAIL_FACTOR);
  store<f64>(at, isLong ? from * (1 + takeProfit) : from * (1 - takeProfit), PROFIT_LEVEL);
}

@inline
function reachesStop(price: f64, level: f64): bool {
  return long ? price <= level : price >= level;
}

@inline
function reachesProfit(price: f64, level: f64): bool {
  return long ? price >= level : price <= level;
}

/**
 * Does a stop of the position looked at act on this bar (steps 1 and 2)? `foundReason` and `foundPrice` say how.
 *
 * @param executed an execution stands at the open: what gapped to it was settled before
 * @returns 0 = no, AT_OPEN or INSIDE
 */
export function exitOf(open: f64, high: f64, low: f64, close: f64, executed: bool): i32 {
  if (intrabar === PATH) return exitOnPath(open, high, low, close, executed);
  const flip = i64x2.splat(long ? 0 : <i64>0x8000000000000000);
  const atOpen = v128.xor(f64x2.splat(open), flip);
  const worst = v128.xor(f64x2.splat(long ? low : high), flip);
  const best = v128.xor(f64x2.splat(long ? high : low), flip);
  const loss = v128.xor(f64x2.splat(fixed), flip);
  const win = v128.xor(f64x2.splat(profit), flip);
  const prior = v128.xor(f64x2.splat(bestPrice), flip);
  const exit = exitInLanes(atOpen, worst, best, loss, win, prior, f64x2.splat(factor), executed);
  foundPrice = long ? foundPrice : -foundPrice;
  return exit;
}

export const AT_OPEN = 1;
export const INSIDE = 2;

/**
 * The stops come first within the bar, of them the tighter one; only a take-profit that the open gaps to may precede them.
 *
 * Which of them acts nobody can foresee, so all of it is computed in lanes (one of which is used) without a branch. Prices of
 * shorts are negated, see levels.ts, and so is then the price that is found.
 */
@inline
export function exitInLanes(
  atOpen: v128,
  worst: v128,
  best: v128,
  loss: v128,
  win: v128,
  prior: v128,
  trail: v128,
  executed: bool,
): i32 {
  const trailing = f64x2.mul(prior, trail);
  const trails = v128.or(f64x2.ne(loss, loss), f64x2.gt(trailing, loss));
  const level = v128.bitselect(trailing, loss, trails);
  let trailsInside = trails;
  let levelInside = level;
  if (peakOfThisBar) {
    const moved = f64x2.mul(f64x2.pmax(prior, best), trail);
    trailsInside = v128.or(f64x2.ne(loss, loss), f64x2.gt(moved, loss));
    levelInside = v128.bitselect(moved, loss, trailsInside);
  }
  const gaps = f64x2.le(atOpen, level);
  const gains = f64x2.ge(atOpen, win);
  const gainsFirst = v128.and(gains, i64x2.splat(executed || intrabar === SL_FIRST_AFTER_TP_GAP ? 0 : -1));
  const stops = v128.or(gaps, v128.andnot(f64x2.le(worst, levelInside), gainsFirst));
  const wins = v128.or(gainsFirst, f64x2.ge(best, win));
  const stopPrice = v128.bitselect(atOpen, levelInside, gaps);
  const winPrice = v128.bitselect(atOpen, win, v128.and(gains, i64x2.splat(tpGapAtOpen ? -1 : 0)));
  foundPrice = f64x2.extract_lane(v128.bitselect(stopPrice, winPrice, stops), 0);
  const byTrail = <i32>i64x2.extract_lane(v128.bitselect(trails, trailsInside, gaps), 0);
  foundReason = select(STOP_LOSS - byTrail, TAKE_PROFIT, i64x2.extract_lane(stops, 0) !== 0);
  const first = <i32>i64x2.extract_lane(v128.or(gaps, gainsFirst), 0);
  const any = <i32>i64x2.extract_lane(v128.or(stops, wins), 0);
  return select(AT_OPEN, any & INSIDE, first !== 0);
}

/** Within the bar prices go to the best first, of shorts from the open on, then to the worst, then to the close. */
function exitOnPath(open: f64, high: f64, low: f64, close: f64, executed: bool): i32 {
  if (stopAt(bestPrice, open, open)) return AT_OPEN;
  if (!executed && profitAt(open, open)) return AT_OPEN;
  const best = long ? high : low;
  const worst = long ? low : high;
  const from = peakOfThisBar ? nextPeak(bestPrice, high, low) : bestPrice;
  if (long) return profitAt(open, best) || stopAt(from, worst, NaN) ? INSIDE : 0;
  const fromOpen = peakOfThisBar ? nextPeak(bestPrice, open, open) : bestPrice;
  const inside =
    profitAt(open, open) || stopAt(fromOpen, worst, NaN) || profitAt(open, best) || stopAt(from, close, NaN);
  return inside ? INSIDE : 0;
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

/** The peak of the position looked at once the bar is over. */

@inline
export function nextPeak(from: f64, high: f64, low: f64): f64 {
  return long ? max(high, from) : min(low, from);
}

/** Does any armed level stand at or beyond `price`? */
export function isTriggered(price: f64): bool {
  return reachesStop(price, fixed) || reachesStop(price, bestPrice * factor) || reachesProfit(price, profit);
}

/** Fill price of the exit that was found: slippage on market exits only. */
@inline
export function exitFillPrice(reason: i32, price: f64, ofLong: bool): f64 {
  const market = select(tpAtMarket, stopAtMarket, reason === TAKE_PROFIT);
  return price * (1 + select<f64>(ofLong ? -slippage : slippage, 0, market));
}
