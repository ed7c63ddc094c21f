import { BLOCK_BITS, blocksOf, bytesOf, codesOf, hasRecords, peakBefore, recordAt } from './codes';
import { intrabar, PATH } from './config';
import {
  closeColumn,
  doubted,
  FIXED_LEVEL,
  highColumn,
  length,
  levelCodes,
  lowColumn,
  nearBars,
  nearBlock,
  nearPrices,
  openColumn,
  PEAK,
  POSITION,
  PROFIT_LEVEL,
  slotOf,
  slots,
  TRAIL_FACTOR,
} from './layout';
import { hasShorts } from './levels';
import { doubtfulCount, listedWindow } from './list-doubtful';
import { encodeLevels, nearBarsOf, nextBlock } from './near-bars';
import { mayShort, rangeAt, rangeEnd, rangeStart } from './schedule';
import { noteExit } from './sort-exits';
import { AT_OPEN, exitInLanes, exitOf, setPeak, takeLevels } from './stops';

/**
 * Finds the exits of the doubtful assets of a window from its codes; returns their number, `noteExit` has each.
 *
 * Each step is taken for all of them before the next one: where a level is reached nobody foresees, and behind a wrong
 * guess the loads of the next asset would wait for those of this one.
 *
 * @param from first bar that is asked about, that of the window or the one after it
 * @param executed an execution stands at the open of `from`
 */
export function findByCodes(window: i32, from: i32, executed: bool): i32 {
  return mayShort && hasShorts()
    ? findInSteps(window, from, executed, true)
    : findInSteps(window, from, executed, false);
}

@inline
function findInSteps(window: i32, from: i32, executed: bool, shorts: bool): i32 {
  const start = rangeStart(window);
  const count = <usize>doubtfulCount;
  const bars = rangeEnd(window) - start;
  const blocks = blocksOf(bars);
  const first = codesOf(window);
  const bytes = bytesOf(bars);
  const skipped = -1 << (from - start);
  for (let k: usize = 0; k < count; k++) {
    const asset = <usize>load<i32>(doubted + k * 4);
    const levels = encodeLevels(asset, rangeAt(window, asset), shorts);
    v128.store(levelCodes + k * 16, levels);
    if (blocks > 1) continue;
    store<i32>(nearBlock + k * 4, 0);
    store<i32>(nearBars + k * 4, nearBarsOf(levels, first + asset * bytes, 1, 0, shorts) & skipped);
  }
  if (blocks > 1) noteBlocks(first, bytes, blocks, skipped, shorts);
  for (let k: usize = 0; k < count; k++) {
    const at = first + <usize>load<i32>(doubted + k * 4) * bytes;
    noteBar(
      k,
      at,
      start,
      blocks,
      max(0, load<i32>(nearBlock + k * 4)),
      ctz(load<i32>(nearBars + k * 4)) & 31,
      shorts,
    );
  }
  let exits = 0;
  for (let k: usize = 0; k < count; k++) {
    const asset = <usize>load<i32>(doubted + k * 4);
    let found = exitOnNoted(k, asset, from, executed, shorts);
    if (found < 0 || load<i32>(nearBars + k * 4) === 0) {
      found = findFurther(k, asset, first + asset * bytes, start, blocks, from, executed, shorts);
    }
    exits += noteExit(k, asset, found);
  }
  return exits;
}

/** Notes the first block that may reach a level of each doubtful asset, then which bars of it may. */
@inline
function noteBlocks(first: usize, bytes: usize, blocks: i32, skipped: i32, shorts: bool): void {
  for (let k: usize = 0; k < <usize>doubtfulCount; k++) {
    const at = first + <usize>load<i32>(doubted + k * 4) * bytes;
    store<i32>(nearBlock + k * 4, nextBlock(v128.load(levelCodes + k * 16), at, blocks, 0, shorts));
  }
  for (let k: usize = 0; k < <usize>doubtfulCount; k++) {
    const at = first + <usize>load<i32>(doubted + k * 4) * bytes;
    const block = load<i32>(nearBlock + k * 4);
    const asked = block > 0 ? -1 : block < 0 ? 0 : skipped;
    const near = nearBarsOf(v128.load(levelCodes + k * 16), at, blocks, max(block, 0), shorts);
    store<i32>(nearBars + k * 4, near & asked);
  }
}

/** Notes what the k-th doubtful asset meets on bar number `bar` of a block: open, high, low, the peak before it, close; and which bar. */
@inline
function noteBar(k: usize, at: usize, start: i32, blocks: i32, block: i32, bar: i32, shorts: bool): void {
  const asset = <usize>load<i32>(doubted + k * 4);
  const to = nearPrices + k * 48;
  const t = start + (block << BLOCK_BITS) + bar;
  const slot = slotOf(slots, asset);
  const prior = load<f64>(slot, PEAK);
  store<i32>(to, t, 40);
  const i = (asset * <usize>length + <usize>t) * 8;
  if (intrabar === PATH) store<f64>(to, load<f64>(closeColumn + i), 32);
  if (hasRecords && !shorts) {
    const record = recordAt(at, blocks, block, bar);
    v128.store(to, v128.load(record));
    v128.store(
      to,
      f64x2.pmax(v128.shuffle<f64>(f64x2.splat(-Infinity), f64x2.splat(prior), 0, 2), v128.load(record, 16)),
      16,
    );
    return;
  }
  store<f64>(to, load<f64>(openColumn + i));
  store<f64>(to, load<f64>(highColumn + i), 8);
  store<f64>(to, load<f64>(lowColumn + i), 16);
  const short = shorts && load<f64>(slot, POSITION) < 0;
  const before = short
    ? peakBefore(at, blocks, block, bar, lowColumn + i - <usize>bar * 8, prior, false)
    : peakBefore(at, blocks, block, bar, highColumn + i - <usize>bar * 8, prior, true);
  store<f64>(to, before, 24);
}

/** The exit on the bar that was noted; −1 = none. */
@inline
function exitOnNoted(k: usize, asset: usize, from: i32, executed: bool, shorts: bool): i32 {
  const bar = nearPrices + k * 48;
  const t = load<i32>(bar, 40);
  const entered = executed && t === from;
  let exit: i32;
  if (shorts || intrabar === PATH) {
    takeLevels(asset);
    setPeak(load<f64>(bar, 24));
    exit = exitOf(load<f64>(bar), load<f64>(bar, 8), load<f64>(bar, 16), load<f64>(bar, 32), entered);
  } else {
    const slot = slotOf(slots, asset);
    exit = exitInLanes(
      v128.load64_splat(bar),
      v128.load64_splat(bar, 16),
      v128.load64_splat(bar, 8),
      v128.load64_splat(slot, FIXED_LEVEL),
      v128.load64_splat(slot, PROFIT_LEVEL),
      v128.load64_splat(bar, 24),
      v128.load64_splat(slot, TRAIL_FACTOR),
      entered,
    );
  }
  return select(t * 2 + <i32>(exit !== AT_OPEN || entered), -1, exit !== 0);
}

/** The exit on a later bar than the first whose codes come near a level; where there is none the peak is moved. */
function findFurther(
  k: usize,
  asset: usize,
  at: usize,
  start: i32,
  blocks: i32,
  from: i32,
  executed: bool,
  shorts: bool,
): i32 {
  const levels = v128.load(levelCodes + k * 16);
  let near = load<i32>(nearBars + k * 4);
  let block = load<i32>(nearBlock + k * 4);
  near &= near - 1;
  while (near !== 0 || block >= 0) {
    for (; near !== 0; near &= near - 1) {
      noteBar(k, at, start, blocks, block, ctz(near), shorts);
      const found = exitOnNoted(k, asset, from, executed, shorts);
      if (found >= 0) return found;
    }
    block = blocks > 1 ? nextBlock(levels, at, blocks, block + 1, shorts) : -1;
    if (block >= 0) near = nearBarsOf(levels, at, blocks, block, shorts);
  }
  const range = rangeAt(listedWindow, asset);
  const slot = slotOf(slots, asset);
  const prior = load<f64>(slot, PEAK);
  const isLong = load<f64>(slot, POSITION) > 0;
  store<f64>(slot, isLong ? max(prior, load<f64>(range, 16)) : min(prior, load<f64>(range)), PEAK);
  return -1;
}
