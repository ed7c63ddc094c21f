import {
  assets,
  codeStart,
  codes,
  highColumn,
  LONGEST,
  laneMasks,
  length,
  lowColumn,
  openColumn,
  rows,
  SHORTEST,
} from './layout';
import { mayShort, rangeAt, rangeEnd, rangeStart } from './schedule';

/**
 * What the bars of a window come to for stops, in a byte each, so that all that tells where a stop may act lies in two
 * cache lines for 32 bars: low and high between the lowest low and the highest high of the window, fall (low relative to
 * the highest high up to that bar) and rise (high relative to the lowest low) between 1 and the steepest one.
 *
 * A level gets its code in the same way. The steps are monotone, so a price at or beyond a level has a code at or beyond
 * that of the level: bars are passed over safely, and the others are looked at themselves.
 */

/** Bars of a block, blocks of a group. */
export const BLOCK_BITS = 5;
export const GROUP_BITS = 4;
/** Within a block: 32 bytes of each kind, of rises only where a weight may be below 0. */
const HIGH: usize = 32;
const FALL: usize = 64;
export const RISE: usize = 96;
const BLOCK_BYTES: usize = 128;
const RECORD_BYTES: usize = 32;
export let blockBytes: usize = 0;
/** Of a group: 16 bytes of each kind, the extremes of the blocks; then highest high and lowest low before each of them. */
export const GROUP_BYTES: usize = 320;

/** Codes of what is there are 1 to 254; a level that nothing reaches is 0 or 255. */
export const STEPS: f64 = 253;
const MOST: i32 = 254;

/** Rounding of a level is far below it: in doubt the bars are looked at. */
export const SLACK: f64 = 1e-12;

/** Are there codes of the present matrix, and records of its bars? */
export let hasCodes: bool = false;
export let hasRecords: bool = false;

/** Begins with a matrix. */
export function openCodes(): void {
  hasCodes = false;
}

/** Most bytes that codes and records may take: without codes the bars are looked at one by one. */
const MOST_BYTES: f64 = 134217728;

/** Room for the codes of a matrix; 0 = none are made. */
export function codeBytes(assets: i32, length: i32, rows: i32): usize {
  const bars = length / (rows + 1);
  if (bars < SHORTEST) return 0;
  const windows = <f64>rows + 1;
  const blocks = <f64>(length >> BLOCK_BITS) + 2 * windows;
  const coded = blocks * (<f64>BLOCK_BYTES + <f64>GROUP_BYTES / 2) * <f64>assets;
  const recorded = coded + (<f64>length + 3 * windows) * <f64>assets * <f64>RECORD_BYTES;
  hasRecords = bars <= LONGEST && recorded <= MOST_BYTES;
  if (hasRecords) return <usize>recorded;
  return coded <= MOST_BYTES ? <usize>coded : 0;
}

@inline
export function blocksOf(bars: i32): i32 {
  return (bars + 31) >> BLOCK_BITS;
}

/** Groups stand before the blocks where there is more than one block. */
@inline
export function groupsOf(blocks: i32): i32 {
  return blocks > 1 ? (blocks + 15) >> GROUP_BITS : 0;
}

/** Bytes of one asset in a window of so many bars: groups, blocks, records. */
@inline
export function bytesOf(bars: i32): usize {
  const blocks = blocksOf(bars);
  const coded = <usize>groupsOf(blocks) * GROUP_BYTES + <usize>blocks * blockBytes;
  return hasRecords ? (coded + <usize>bars * RECORD_BYTES + 63) & ~63 : coded;
}

/** Encodes all windows, whose ranges are measured. */
export function buildCodes(): void {
  if (codes === 0) return;
  hasCodes = true;
  blockBytes = mayShort ? BLOCK_BYTES : RISE;
  let start: usize = 0;
  for (let r = 0; r <= rows; r++) {
    store<i32>(codeStart + <usize>r * 4, <i32>start);
    const bars = max(0, rangeEnd(r) - rangeStart(r));
    for (let a: usize = 0; a < <usize>assets; a++) {
      encode(codes + start, (a * <usize>length + <usize>rangeStart(r)) * 8, bars, rangeAt(r, a));
      start += bytesOf(bars);
    }
  }
}

/** Encodes the bars of one asset in a window, two at a time; `first` = where they begin in the columns. */
function encode(to: usize, first: usize, bars: i32, range: usize): void {
  const from = v128.load64_splat(range);
  const deepest = v128.load64_splat(range, 32);
  const scale = scaleOf(from, v128.load64_splat(range, 16));
  const fallScale = scaleOf(deepest, f64x2.splat(1));
  const riseScale = scaleOf(f64x2.splat(1), v128.load64_splat(range, 48));
  const none = f64x2.splat(-Infinity);
  const all = f64x2.splat(Infinity);
  const blocks = blocksOf(bars);
  const groups = groupsOf(blocks);
  let top = none;
  let bottom = all;
  for (let b = 0; b < blocks; b++) {
    const block = to + <usize>groups * GROUP_BYTES + <usize>b * blockBytes;
    const group = to + <usize>(b >> GROUP_BITS) * GROUP_BYTES;
    if ((b & 15) === 0 && groups > 0) clearCodes(group, 16, 16);
    clearCodes(block, 32, mayShort ? 32 : 0);
    clearCodes(block + 16, 32, mayShort ? 32 : 0);
    const head = group + <usize>(b & 15);
    if (groups > 0) {
      store<f64>(group + <usize>(b & 15) * 8, f64x2.extract_lane(top, 0), 64);
      store<f64>(group + <usize>(b & 15) * 8, f64x2.extract_lane(bottom, 0), 192);
    }
    const bar = b << BLOCK_BITS;
    const count = min(32, bars - bar);
    for (let k = 0; k < count; k += 2) {
      const at = block + <usize>k;
      const i = first + <usize>(bar + k) * 8;
      let low = v128.load(lowColumn + i);
      let high = v128.load(highColumn + i);
      if (k + 1 === count) {
        low = f64x2.replace_lane(low, 1, NaN);
        high = f64x2.replace_lane(high, 1, NaN);
      }
      const present = f64x2.eq(low, low);
      const best = f64x2.pmax(none, high); // a missing bar (NaN) moves no peak
      const prior = f64x2.pmax(top, v128.shuffle<f64>(none, best, 0, 2));
      // The second record of a last odd bar lies beyond: the next asset writes over it, and behind the last one there is room.
      if (hasRecords) record(recordAt(to, blocks, b, k), v128.load(openColumn + i), high, low, prior);
      storeCodes(at, low, from, scale, present, 255);
      storeCodes(at + HIGH, high, from, scale, present, 0);
      storeCodes(at + FALL, f64x2.div(low, f64x2.pmax(prior, best)), deepest, fallScale, present, 255);
      top = f64x2.pmax(top, f64x2.pmax(best, v128.shuffle<f64>(best, best, 1, 0)));
      if (!mayShort) continue;
      const worst = f64x2.pmin(all, low);
      const least = f64x2.pmin(bottom, f64x2.pmin(worst, v128.shuffle<f64>(all, worst, 0, 2)));
      const rises = codesOfPrices(f64x2.div(high, least), f64x2.splat(1), riseScale);
      storeBytes(
        at + RISE,
        v128.bitselect(i32x4.sub(i32x4.splat(255), rises), i32x4.splat(255), inWords(present)),
      );
      bottom = f64x2.pmin(bottom, f64x2.pmin(worst, v128.shuffle<f64>(worst, worst, 1, 0)));
    }
    if (groups === 0) continue;
    store<u8>(head, <u8>leastByte(block));
    store<u8>(
      head,
      <u8>(255 - leastByteOf(v128.not(v128.load(block + HIGH)), v128.not(v128.load(block + HIGH, 16)))),
      16,
    );
    store<u8>(head, <u8>leastByte(block + FALL), 32);
    if (mayShort) store<u8>(head, <u8>leastByte(block + RISE), 48);
  }
}

/** Two records, those of neighbouring bars. */
@inline
function record(to: usize, open: v128, high: v128, low: v128, prior: v128): void {
  v128.store(to, v128.shuffle<f64>(open, high, 0, 2));
  v128.store(to, v128.shuffle<f64>(low, prior, 0, 2), 16);
  v128.store(to, v128.shuffle<f64>(open, high, 1, 3), 32);
  v128.store(to, v128.shuffle<f64>(low, prior, 1, 3), 48);
}

/** 16 codes of each kind that no level comes near: no low and fall is so low, no high so high; rises are kept as what is left of 255. */
@inline
function clearCodes(at: usize, each: usize, rise: usize): void {
  const most = i8x16.splat(-1);
  v128.store(at, most);
  v128.store(at + each, i8x16.splat(0));
  v128.store(at + each * 2, most);
  if (rise > 0) v128.store(at + each * 3, most);
}

@inline
function scaleOf(from: v128, to: v128): v128 {
  const width = f64x2.sub(to, from);
  return v128.and(f64x2.div(f64x2.splat(STEPS), width), f64x2.gt(width, f64x2.splat(0)));
}

/** Codes 1 to 254 of two prices within a range, in the first two of four lanes. */
@inline
function codesOfPrices(prices: v128, from: v128, scale: v128): v128 {
  const steps = f64x2.add(f64x2.mul(f64x2.sub(prices, from), scale), f64x2.splat(1));
  return i32x4.max_s(i32x4.min_s(i32x4.trunc_sat_f64x2_s_zero(steps), i32x4.splat(MOST)), i32x4.splat(1));
}

/** Stores two codes, `absent` where there is no bar. */
@inline
function storeCodes(at: usize, prices: v128, from: v128, scale: v128, present: v128, absent: i32): void {
  storeBytes(at, v128.bitselect(codesOfPrices(prices, from, scale), i32x4.splat(absent), inWords(present)));
}

@inline
function storeBytes(at: usize, words: v128): void {
  v128.store16_lane(at, v128.shuffle<u8>(words, words, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
}

/** What holds for two numbers, in the first two of four lanes. */
@inline
function inWords(lanes: v128): v128 {
  return v128.shuffle<u32>(lanes, lanes, 0, 2, 0, 2);
}

/** The least of 32 codes. */
@inline
function leastByte(at: usize): i32 {
  return leastByteOf(v128.load(at), v128.load(at, 16));
}

@inline
function leastByteOf(first: v128, second: v128): i32 {
  let least = i8x16.min_u(first, second);
  least = i8x16.min_u(least, v128.shuffle<u64>(least, least, 1, 0));
  least = i8x16.min_u(least, v128.shuffle<u32>(least, least, 1, 0, 3, 2));
  least = i8x16.min_u(least, v128.shuffle<u16>(least, least, 1, 0, 3, 2, 5, 4, 7, 6));
  least = i8x16.min_u(
    least,
    v128.shuffle<u8>(least, least, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14),
  );
  return <i32>i8x16.extract_lane_u(least, 0);
}

/** Where the codes of the first asset in a window stand. */
@inline
export function codesOf(window: i32): usize {
  return codes + <usize>load<i32>(codeStart + <usize>window * 4);
}

/** Open, high and low of a bar, and the highest high of the window before it. */
@inline
export function recordAt(at: usize, blocks: i32, block: i32, bar: i32): usize {
  const coded = <usize>groupsOf(blocks) * GROUP_BYTES + <usize>blocks * blockBytes;
  return at + coded + <usize>((block << BLOCK_BITS) + bar) * RECORD_BYTES;
}

/**
 * The peak of a position before bar number `bar` of a block, whose highs (of a short its lows) begin at `prices`.
 *
 * All of the block are read, which nobody need foresee; those from the bar on are made NaN, which moves no peak.
 *
 * @param at codes of the asset; `prior` is the peak before the window
 */
@inline
export function peakBefore(
  at: usize,
  blocks: i32,
  block: i32,
  bar: i32,
  prices: usize,
  prior: f64,
  long: bool,
): f64 {
  let best = f64x2.splat(prior);
  const mask = laneMasks + <usize>(32 - bar) * 8;
  for (let k: usize = 0; k < 256; k += 32) {
    const first = v128.or(v128.load(prices + k), v128.load(mask + k));
    const second = v128.or(v128.load(prices + k, 16), v128.load(mask + k, 16));
    best = long ? f64x2.pmax(f64x2.pmax(best, first), second) : f64x2.pmin(f64x2.pmin(best, first), second);
  }
  const other = v128.shuffle<f64>(best, best, 1, 0);
  best = long ? f64x2.pmax(best, other) : f64x2.pmin(best, other);
  if (blocks > 1) {
    const head = at + <usize>(block >> GROUP_BITS) * GROUP_BYTES + <usize>(block & 15) * 8;
    if (long) best = f64x2.pmax(best, v128.load64_splat(head, 64));
    else best = f64x2.pmin(best, v128.load64_splat(head, 192));
  }
  return f64x2.extract_lane(best, 0);
}
