import { accumulate2, accumulate8, accumulate16 } from './accumulate';
import { closesRuined, slippage } from './config';
import {
  assets,
  equity,
  heldAsset,
  heldOffset,
  heldPlace,
  heldPosition,
  lastCloseColumn,
  length,
  position,
  shorts,
} from './layout';
import { bookFill, cash, countBars, liftAllStops, maxGrossLeverage, RUIN, raiseLeverage } from './ledger';

/** Entries of the list of assets held, how many of them still are, and how many of those are short. */
export let heldCount: i32 = 0;
let liveCount: i32 = 0;
export let shortCount: i32 = 0;

/** Lists the assets held anew, after a batch. */
export function listHeld(): void {
  let count: usize = 0;
  let short = 0;
  const step = <u32>length * 8;
  for (let a: usize = 0, offset: u32 = 0; a < <usize>assets; a++, offset += step) {
    const held = load<f64>(position + a * 8);
    store<i32>(heldAsset + count * 4, <i32>a);
    store<u32>(heldOffset + count * 4, offset);
    store<f64>(heldPosition + count * 8, held);
    store<i32>(heldPlace + a * 4, <i32>count);
    count += <usize>(held !== 0);
    short += <i32>(held < 0);
  }
  heldCount = liveCount = <i32>count;
  shortCount = short;
}

/** Takes an asset that was sold off the list: it stays there with a position of 0. */
export function dropHeld(asset: usize): void {
  const at = heldPosition + <usize>load<i32>(heldPlace + 4 * asset) * 8;
  if (load<f64>(at) < 0) shortCount--;
  store<f64>(at, 0);
  liveCount--;
}

/** Nothing is held. */
export function clearHeld(): void {
  heldCount = liveCount = shortCount = 0;
}

/**
 * Step 5 for the bars of [from, to), on which positions and cash do not change: equity, exposure, leverage, ruin.
 *
 * Whole vectors are written, so up to 15 bars too far: those are marked after it, in the next segment.
 *
 * @returns `to`, or the bar of ruin, whose equity is then that after closing all positions
 */
export function markSegment(from: i32, to: i32): i32 {
  if (to <= from) return to;
  let left = to - from;
  let at = <usize>from * 8;
  for (; left > 12; left -= 16, at += 128) accumulate16(equity, at, cash, heldCount);
  for (; left > 2; left -= 8, at += 64) accumulate8(equity, at, cash, heldCount);
  if (left > 0) accumulate2(equity, at, cash, heldCount);
  // Longs bought with money at hand are worth more than nothing.
  const cannotRuin = cash >= 0 && shortCount === 0 && (liveCount > 0 || cash > 0);
  const end = closesRuined && !cannotRuin ? firstRuin(from, to) : to;
  countBars(liveCount > 0, end - from);
  if (liveCount > 0) measureLeverage(from, end);
  if (end < to) ruin(end);
  return end;
}

function firstRuin(from: i32, to: i32): i32 {
  let t = from;
  while (t < to && load<f64>(equity + <usize>t * 8) > 0) t++;
  return t;
}

function measureLeverage(from: i32, to: i32): void {
  if (shortCount > 0) return measureWithShorts(from, to);
  const money = f64x2.splat(cash);
  for (let t = from; t < to; t += 2) {
    // Without loans and shorts the positions are worth no more than the equity: beyond 1 there is nothing to find.
    if (maxGrossLeverage >= 1 && cash >= 0) return;
    const value = v128.load(equity + <usize>t * 8);
    const limit = f64x2.mul(f64x2.splat(maxGrossLeverage), value);
    if (!v128.any_true(f64x2.gt(f64x2.sub(value, money), limit))) continue;
    for (let u = t; u < min(t + 2, to); u++) {
      const e = load<f64>(equity + <usize>u * 8);
      raiseLeverage(e - cash, e);
    }
  }
}

function measureWithShorts(from: i32, to: i32): void {
  memory.fill(shorts + <usize>from * 8, 0, <usize>(to - from) * 8);
  for (let k: usize = 0; k < <usize>heldCount; k++) {
    const held = load<f64>(heldPosition + k * 8);
    if (!(held < 0)) continue;
    const column = lastCloseColumn + load<u32>(heldOffset + k * 4);
    for (let i = <usize>from * 8; i < <usize>to * 8; i += 8) {
      store<f64>(shorts + i, load<f64>(shorts + i) + held * load<f64>(column + i));
    }
  }
  for (let i = <usize>from * 8; i < <usize>to * 8; i += 8) {
    const e = load<f64>(equity + i);
    raiseLeverage(e - cash - load<f64>(shorts + i) * 2, e);
  }
}

/** Closes all positions at their last close on the bar of ruin; nothing trades again. */
function ruin(t: i32): void {
  for (let asset: usize = 0; asset < <usize>assets; asset++) {
    const held = load<f64>(position + asset * 8);
    if (held === 0) continue;
    const price = load<f64>(lastCloseColumn + (asset * <usize>length + <usize>t) * 8);
    const filledAt = held < 0 ? price * (1 + slippage) : price * (1 - slippage);
    bookFill(asset, -held, price, filledAt, RUIN);
  }
  liftAllStops();
  clearHeld();
  store<f64>(equity + <usize>t * 8, cash);
}
