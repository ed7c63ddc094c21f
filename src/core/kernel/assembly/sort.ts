import { bucket, order, orderKey, sortKey } from './layout';

/** Places of a batch in the order of its cells. */
export function keepOrder(count: i32): void {
  for (let k = 0; k < count; k++) store<i32>(order + <usize>k * 4, k);
}

/**
 * Places of a batch by ascending key, ties in index order.
 *
 * Keys are spread over as many buckets as there are cells, which leaves them nearly sorted; a stable insertion sort
 * does the rest, whose branches are then mostly foreseen.
 */
export function sortOrder(count: i32, low: f64, high: f64): void {
  const perKey = <f64>min(count - 1, 255) / (high - low);
  if (count > 12 && abs(perKey) < Infinity) spread(count, low, perKey);
  else {
    keepOrder(count);
    memory.copy(orderKey, sortKey, <usize>count * 8);
  }
  insertionSort(count);
}

function spread(count: i32, low: f64, perKey: f64): void {
  const buckets = <usize>min(count, 256);
  memory.fill(bucket, 0, (buckets + 1) * 4);
  for (let k: usize = 0; k < <usize>count; k++) {
    const b = bucket + <usize>(<i32>((load<f64>(sortKey + 8 * k) - low) * perKey)) * 4;
    store<i32>(b, load<i32>(b, 4) + 1, 4);
  }
  let sum = 0;
  for (let b = bucket; b < bucket + buckets * 4; b += 4) {
    sum += load<i32>(b);
    store<i32>(b, sum);
  }
  for (let k: usize = 0; k < <usize>count; k++) {
    const key = load<f64>(sortKey + k * 8);
    const b = bucket + <usize>(<i32>((key - low) * perKey)) * 4;
    const at = <usize>load<i32>(b);
    store<i32>(b, <i32>at + 1);
    store<f64>(orderKey + at * 8, key);
    store<i32>(order + at * 4, <i32>k);
  }
}

function insertionSort(count: i32): void {
  for (let k: usize = 1; k < <usize>count; k++) {
    const key = load<f64>(orderKey + k * 8);
    if (load<f64>(orderKey + (k - 1) * 8) <= key) continue;
    const place = load<i32>(order + k * 4);
    let j = k;
    while (j > 0 && load<f64>(orderKey + (j - 1) * 8) > key) {
      store<f64>(orderKey + j * 8, load<f64>(orderKey + (j - 1) * 8));
      store<i32>(order + j * 4, load<i32>(order + (j - 1) * 4));
      j--;
    }
    store<f64>(orderKey + j * 8, key);
    store<i32>(order + j * 4, place);
  }
}
