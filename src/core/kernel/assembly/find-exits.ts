import { hasCodes } from './codes';
import { findByCodes } from './find-by-codes';
import { findExit } from './find-exit';
import { assets, cellStopLoss, doubted, POSITION, slotOf, slots } from './layout';
import { doubtfulCount, listedWindow } from './list-doubtful';
import { noteExit, sortExits } from './sort-exits';
import { isArmed } from './stops';

/** Lists the exits of all held assets in [from, to), in the order in which they happen; returns their number. */
export function findExits(from: i32, to: i32): i32 {
  let noted: usize = 0;
  let count = 0;
  for (let a: usize = 0; a < <usize>assets; a++) {
    if (load<f64>(slotOf(slots, a), POSITION) === 0) continue;
    // An instruction to come may arm the asset: then its peak must be known.
    if (isArmed(a) || cellStopLoss !== 0) count += noteExit(noted++, a, findExit(a, from, to, false));
  }
  sortExits(noted);
  return count;
}

/**
 * As `findExits`, over the window that `listDoubtful` was asked about.
 *
 * @param executed an execution stands at the open of `from`
 */
export function findExitsOfDoubtful(from: i32, to: i32, executed: bool): i32 {
  let count = 0;
  if (!hasCodes) {
    for (let k: usize = 0; k < <usize>doubtfulCount; k++) {
      const asset = <usize>load<i32>(doubted + k * 4);
      count += noteExit(k, asset, findExit(asset, from, to, executed));
    }
  } else count = findByCodes(listedWindow, from, executed);
  sortExits(doubtfulCount);
  return count;
}
