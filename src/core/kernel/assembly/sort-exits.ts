import { onConflict, STOP_ONLY } from './config';
import { exitKey, exitPrice, exitReason, foundKey } from './layout';
import { foundPrice, foundReason } from './stops';

/** Stands for no exit, behind all of them. */
const NONE = i64.MAX_VALUE;

/** Notes what was found for one asset, the k-th that was looked at; −1 = no exit. Returns 1 if it is one. */
@inline
export function noteExit(k: usize, asset: usize, found: i32): i32 {
  store<i32>(exitReason + asset * 4, foundReason);
  store<f64>(exitPrice + asset * 8, foundPrice);
  // `stop_only` tests the whole bar in one step: there an exit at the open comes no earlier.
  const at = onConflict === STOP_ONLY ? found & ~1 : found;
  store<i64>(foundKey + k * 8, select(((<i64>at) << 32) | <i64>asset, NONE, found >= 0));
  return <i32>(found >= 0);
}

/**
 * Sorts what was noted by time, ties by asset: each goes behind as many as come before it, which is counted without a
 * branch that nobody could foresee.
 */
export function sortExits(noted: usize): void {
  const keys = foundKey;
  const sorted = exitKey;
  const end = keys + noted * 8;
  store<i64>(end, NONE);
  for (let k = keys; k < end; k += 8) {
    const key = v128.load64_splat(k);
    let before = i64x2.splat(0);
    for (let j = keys; j < end; j += 16) before = i64x2.sub(before, i64x2.gt_s(key, v128.load(j)));
    const place = i64x2.extract_lane(before, 0) + i64x2.extract_lane(before, 1);
    store<i64>(sorted + <usize>place * 8, load<i64>(k));
  }
}
