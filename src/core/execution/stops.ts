import type { FillModel } from '../fill-model.ts';
import { slippedPrice } from './costs.ts';

/** Why a fill happened; the index into it is what logs keep. */
export const REASONS = ['rebalance', 'flatten', 'stop_loss', 'trailing_stop', 'take_profit', 'ruin'] as const;
export type Reason = (typeof REASONS)[number];
export const REBALANCE = 0;
export const FLATTEN = 1;
export const STOP_LOSS = 2;
export const TRAILING_STOP = 3;
export const TAKE_PROFIT = 4;
export const RUIN = 5;

/** The levels of one position; NaN = not armed. A comparison with NaN is false, so absent levels never trigger. */
export interface StopLevels {
  long: boolean;
  /** Distances of stop-loss, trailing stop and take-profit, as fractions. */
  stopLoss: number;
  trailingStop: number;
  takeProfit: number;
  /** Price that stop-loss and take-profit are measured from. */
  base: number;
  /** Best price since entry, that the trailing stop is measured from. */
  peak: number;
}

/** An exit that was found: where and why. One object is reused for all of them. */
export interface StopExit {
  reason: number;
  /** Before slippage. */
  price: number;
}

export function stopLossLevel(s: StopLevels): number {
  return s.long ? s.base * (1 - s.stopLoss) : s.base * (1 + s.stopLoss);
}

/** Level of the trailing stop for a given peak. */
export function trailingLevel(s: StopLevels, peak: number): number {
  return s.long ? peak * (1 - s.trailingStop) : peak * (1 + s.trailingStop);
}

export function takeProfitLevel(s: StopLevels): number {
  return s.long ? s.base * (1 + s.takeProfit) : s.base * (1 - s.takeProfit);
}

/** The peak once the bar is over: the highest high of a long, the lowest low of a short. */
export function nextPeak(long: boolean, peak: number, high: number, low: number): number {
  return long ? Math.max(high, peak) : Math.min(low, peak);
}

/** Is `price` at or beyond the stop level on its losing side? */
function reachesStop(long: boolean, price: number, level: number): boolean {
  return long ? price <= level : price >= level;
}

/** Is `price` at or beyond the take-profit level on its winning side? */
function reachesProfit(long: boolean, price: number, level: number): boolean {
  return long ? price >= level : price <= level;
}

/**
 * Tests stop-loss and trailing stop against one price: the tighter of the two acts, the stop-loss if they are tied.
 *
 * @param at the price to fill at; NaN = at the level itself
 */
function stopAt(s: StopLevels, peak: number, price: number, at: number, exit: StopExit): boolean {
  const fixed = stopLossLevel(s);
  const trailing = trailingLevel(s, peak);
  const trails = Number.isNaN(fixed) || (s.long ? trailing > fixed : trailing < fixed);
  const level = trails ? trailing : fixed;
  if (!reachesStop(s.long, price, level)) return false;
  exit.reason = trails ? TRAILING_STOP : STOP_LOSS;
  exit.price = Number.isNaN(at) ? level : at;
  return true;
}

/** Tests the take-profit against the best price reached; an open beyond the level fills as `tpGap` says. */
function profitAt(fill: FillModel, s: StopLevels, open: number, best: number, exit: StopExit): boolean {
  const level = takeProfitLevel(s);
  if (!reachesProfit(s.long, best, level)) return false;
  exit.reason = TAKE_PROFIT;
  exit.price = fill.tpGap === 'open' && reachesProfit(s.long, open, level) ? open : level;
  return true;
}

/**
 * Step 1: does the open gap to or beyond an armed level?
 *
 * Under `sl_first_even_after_tp_gap` a gap through the take-profit waits for the bar's range, which is asked for stops first.
 */
export function gapExit(fill: FillModel, s: StopLevels, open: number, exit: StopExit): boolean {
  if (stopAt(s, s.peak, open, open, exit)) return true;
  return fill.intrabar !== 'sl_first_even_after_tp_gap' && profitAt(fill, s, open, open, exit);
}

/** Step 2: does the bar's range reach an armed level? In the order that `intrabar` assumes within the bar. */
export function barExit(
  fill: FillModel,
  s: StopLevels,
  open: number,
  high: number,
  low: number,
  close: number,
  exit: StopExit,
): boolean {
  const best = s.long ? high : low;
  const worst = s.long ? low : high;
  const peak = fill.trailingPeak === 'this_bar' ? nextPeak(s.long, s.peak, high, low) : s.peak;
  // A level changed by an instruction at this open may stand beyond it already.
  if (stopAt(s, s.peak, open, open, exit)) return true;
  if (fill.intrabar !== 'path') {
    return stopAt(s, peak, worst, Number.NaN, exit) || profitAt(fill, s, open, best, exit);
  }
  // O→H→L→C: a long sees its best price first, a short its worst, for which the open may have moved the peak.
  if (s.long) return profitAt(fill, s, open, best, exit) || stopAt(s, peak, worst, Number.NaN, exit);
  const peakAtOpen = fill.trailingPeak === 'this_bar' ? nextPeak(false, s.peak, open, open) : s.peak;
  return (
    profitAt(fill, s, open, open, exit) ||
    stopAt(s, peakAtOpen, worst, Number.NaN, exit) ||
    profitAt(fill, s, open, best, exit) ||
    stopAt(s, peak, close, Number.NaN, exit)
  );
}

/** Does any armed level stand at or beyond `price`, so that an instruction filled there would leave it triggered? */
export function isTriggered(s: StopLevels, price: number): boolean {
  return (
    reachesStop(s.long, price, stopLossLevel(s)) ||
    reachesStop(s.long, price, trailingLevel(s, s.peak)) ||
    reachesProfit(s.long, price, takeProfitLevel(s))
  );
}

/** Fill price of an exit found at `price`: slippage on market exits only. */
export function exitFillPrice(
  fill: FillModel,
  reason: number,
  price: number,
  long: boolean,
  slippage: number,
): number {
  const how = reason === TAKE_PROFIT ? fill.tpFill : fill.stopFill;
  return how === 'market' ? slippedPrice(price, !long, slippage) : price;
}
