import { sellsFirst } from './config';
import { firstCell } from './gather';
import { bucket, bucketOf, orderKey, places, rowOrder, sortKey } from './layout';
import { highestKey, lowestKey } from './plan';

/** Places of the present batch in the order of execution, 4 bytes each. */
export let order: usize = 0;

/**
 * Puts a batch in the order of execution: by ascending key, ties by place, or under `column` as it stands.
 *
 * Runs of a matrix differ little in how they order a row, so the order of the run before is mended. Else keys are spread
 * over 256 buckets, which leaves them nearly sorted; a stable insertion sort does the rest, whose branches are then
 * mostly foreseen.
 */
export function orderBatch(count: i32): void {
  order = places;
  if (!sellsFirst) return keepOrder(count);
  if (firstCell >= 0) {
    order = rowOrder + <usize>firstCell * 4;
    if (load<i32>(order) !== -1 && mendOrder(count)) return;
  }
  const perKey = 255 / (highestKey - lowestKey);
  if (count > 8 && count < 65536 && perKey < Infinity) spread(count, lowestKey, perKey);
  else {
    keepOrder(count);
    memory.copy(orderKey, sortKey, <usize>count * 8);
  }
  insertionSort(count);
}

function keepOrder(count: i32): void {
  for (let k = 0; k < count; k++) store<i32>(order + <usize>k * 4, k);
}

/** Added to a number below 2^51 it leaves the integer next to it in the low bits. */
const TO_INTEGER: f64 = 4503599627370496;

function spread(count: i32, low: f64, perKey: f64): void {
  const keys = sortKey;
  const buckets = bucketOf;
  const starts = bucket;
  const sortedKeys = orderKey;
  const sorted = order;
  const end = <usize>count * 8;
  const from = f64x2.splat(low);
  const factor = f64x2.splat(perKey);
  const toInteger = f64x2.splat(TO_INTEGER);
  for (let b = starts; b < starts + 512; b += 16) v128.store(b, i64x2.splat(0));
  for (let i: usize = 0; i < end; i += 16) {
    const above = f64x2.mul(f64x2.sub(v128.load(keys + i), from), factor);
    v128.store(buckets + i, f64x2.add(above, toInteger));
  }
  for (let i: usize = 0; i < end; i += 8) {
    const b = starts + <usize>load<u8>(buckets + i) * 2;
    store<u16>(b, load<u16>(b) + 1);
  }
  startsOfBuckets(starts);
  for (let i: usize = 0, k = 0; i < end; i += 8, k++) {
    const b = starts + <usize>load<u8>(buckets + i) * 2;
    const at = <usize>load<u16>(b);
    store<u16>(b, <u16>(at + 1));
    store<f64>(sortedKeys + at * 8, load<f64>(keys + i));
    store<i32>(sorted + at * 4, k);
  }
}

/** Turns how many keys each bucket has into where it starts, eight buckets at a time. */
function startsOfBuckets(starts: usize): void {
  const zero = i64x2.splat(0);
  let before = zero;
  for (let b = starts; b < starts + 512; b += 16) {
    const counts = v128.load(b);
    let sum = i16x8.add(counts, v128.shuffle<u16>(zero, counts, 7, 8, 9, 10, 11, 12, 13, 14));
    sum = i16x8.add(sum, v128.shuffle<u16>(zero, sum, 6, 7, 8, 9, 10, 11, 12, 13));
    sum = i16x8.add(sum, v128.shuffle<u16>(zero, sum, 4, 5, 6, 7, 8, 9, 10, 11));
    v128.store(b, i16x8.add(i16x8.sub(sum, counts), before));
    before = i16x8.add(before, v128.shuffle<u16>(sum, sum, 7, 7, 7, 7, 7, 7, 7, 7));
  }
}

/** Sorts keys that ascend by place where they are equal. */
function insertionSort(count: i32): void {
  const keys = orderKey;
  const sorted = order;
  let prior = load<f64>(keys);
  for (let k: usize = 1; k < <usize>count; k++) {
    const key = load<f64>(keys + k * 8);
    if (prior <= key) {
      prior = key;
      continue;
    }
    const place = load<i32>(sorted + k * 4);
    let j = k;
    while (j > 0 && load<f64>(keys + (j - 1) * 8) > key) {
      store<f64>(keys + j * 8, load<f64>(keys + (j - 1) * 8));
      store<i32>(sorted + j * 4, load<i32>(sorted + (j - 1) * 4));
      j--;
    }
    store<f64>(keys + j * 8, key);
    store<i32>(sorted + j * 4, place);
  }
}

/** Sorts the places in the order of another run by key and place; false = too far from it, still all places. */
function mendOrder(count: i32): bool {
  const keys = orderKey;
  const sorted = order;
  let prior: f64 = -Infinity;
  let priorPlace = -1;
  let moves = 4 * count;
  for (let k: usize = 0; k < <usize>count; k++) {
    const place = load<i32>(sorted + k * 4);
    const key = load<f64>(sortKey + <usize>place * 8);
    if (prior < key || (prior === key && priorPlace < place)) {
      store<f64>(keys + k * 8, key);
      prior = key;
      priorPlace = place;
      continue;
    }
    let j = k;
    for (; j > 0; j--, moves--) {
      const before = load<f64>(keys + (j - 1) * 8);
      const beforePlace = load<i32>(sorted + (j - 1) * 4);
      if (before < key || (before === key && beforePlace < place)) break;
      store<f64>(keys + j * 8, before);
      store<i32>(sorted + j * 4, beforePlace);
    }
    store<f64>(keys + j * 8, key);
    store<i32>(sorted + j * 4, place);
    if (moves < 0) return false;
  }
  return true;
}
