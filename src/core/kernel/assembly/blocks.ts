import {
  allocate,
  assets,
  highColumn,
  length,
  lowColumn,
  rows,
} from './layout';
import { factor, fixed, long, profit } from './stops';

/** Bars of a block, and bars of a window from which on blocks are worth it. */
export const BLOCK_BITS = 5;
const BLOCK: i32 = 1 << BLOCK_BITS;
const SHORTEST: i32 = 4 * BLOCK;

/** Rounding of a level is far below it: in doubt the bars are looked at. */
export const SLACK: f64 = 1e-12;

/**
 * Ranges of all bars, block after block, asset after asset: lowest low, highest high, deepest low relative to an earlier
 * high of the block, steepest high relative to an earlier low; 32 bytes each. They belong to the bars, so one table
 * serves all matrices. 0 = there is none.
 */
let table: usize = 0;
let perAsset: usize = 0;
/** Are the windows of the present matrix long enough, and the table there? */
export let hasBlocks: bool = false;

/** Begins with a matrix. */
export function openBlocks(): void {
  hasBlocks = false;
}

/** Builds the table, on the first use; where memory has no room for it the bars are looked at one by one. */
export function prepareBlocks(): void {
  if (length / (rows + 1) < SHORTEST) return;
  if (table === 0) buildBlocks();
  hasBlocks = table !== 0;
}

function buildBlocks(): void {
  const blocks = length >> BLOCK_BITS; // the bars after the last whole block have none
  perAsset = <usize>blocks * 32;
  table = allocate(perAsset * <usize>assets);
  if (table === 0) return;
  for (let a: usize = 0, to = table; a < <usize>assets; a++) {
    const first = a * 8 * <usize>length;
    for (let b = 0; b < blocks; b++, to += 32) {
      const from = first + (<usize>b << (BLOCK_BITS + 3));
      measureRange(from, from + BLOCK * 8);
      store<f64>(to, low);
      store<f64>(to, high, 8);
      store<f64>(to, deep, 16);
      store<f64>(to, steep, 24);
    }
  }
}

/** The range that `measureRange` found. */
export let low: f64 = 0;
export let high: f64 = 0;
export let deep: f64 = 0;
export let steep: f64 = 0;

/** Measures the bars whose lows and highs stand from `from` to `to` in their columns; missing bars are passed over. */
export function measureRange(from: usize, to: usize): void {
  low = Infinity;
  high = -Infinity;
  deep = Infinity;
  steep = -Infinity;
  for (let i = from; i < to; i += 8) {
    const l = load<f64>(lowColumn + i);
    const h = load<f64>(highColumn + i);
    if (isNaN(l)) continue;
    if (l / high < deep && high > 0) deep = l / high;
    if (h / low > steep) steep = h / low;
    if (l < low) low = l;
    if (h > high) high = h;
  }
}

/**
 * The peak of the position looked at (`takeLevels`) after a block that no stop of it can act in; NaN = its bars must be
 * looked at. Only where a trailing level comes from the bars before.
 */
@inline
export function peakAfterBlock(asset: usize, t: i32, peak: f64): f64 {
  const at = table + asset * perAsset + (<usize>(t >> BLOCK_BITS) << 5);
  const lowest = load<f64>(at);
  const highest = load<f64>(at, 8);
  if (long) {
    const stops = lowest <= fixed || lowest <= peak * factor || load<f64>(at, 16) <= factor * (1 + SLACK);
    return stops || highest >= profit ? NaN : max(peak, highest);
  }
  const stops = highest >= fixed || highest >= peak * factor || load<f64>(at, 24) >= factor * (1 - SLACK);
  return stops || lowest <= profit ? NaN : min(peak, lowest);
}
