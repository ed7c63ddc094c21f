import { allocate, assets, awaitsEvent, BEFORE, cellCarried, dueCell, QUANTITY, slotOf } from './layout';

/** Entry fills after a stop exit and before the next event; only in matrices with rows that the dense mode repeats. */
export let reentries: f64 = 0;

/** Bar and asset of the first of them; 0 = no memory, or no run that could have any yet. */
export let reentryPlaces: usize = 0;
export const MOST_PLACES: i32 = 1000;

export function openReentries(): void {
  reentries = 0;
  if (cellCarried !== 0 && reentryPlaces === 0) reentryPlaces = allocate(<usize>MOST_PLACES * 8);
  memory.fill(awaitsEvent, 0, assets);
}

/** A stop sold the asset: it waits for an event that names it. */
@inline
export function awaitEvent(asset: usize): void {
  store<u8>(awaitsEvent + asset, 1);
}

/** After a batch is booked: a cell of an event ends the wait of its asset, a repeated one may enter it again. */
export function countReentries(due: usize, batch: usize, count: i32, bar: i32): void {
  for (let k: usize = 0; k < <usize>count; k++) {
    const asset = <usize>load<i32>(due + k * 4);
    if (load<u8>(awaitsEvent + asset) === 0) continue;
    if (load<u8>(cellCarried + <usize>load<i32>(dueCell + k * 4)) === 0) store<u8>(awaitsEvent + asset, 0);
    else if (load<f64>(slotOf(batch, k), QUANTITY) !== 0 && load<f64>(slotOf(batch, k), BEFORE) === 0) {
      if (reentryPlaces !== 0 && reentries < <f64>MOST_PLACES) {
        const at = reentryPlaces + <usize>reentries * 8;
        store<i32>(at, bar);
        store<i32>(at, <i32>asset, 4);
      }
      reentries += 1;
    }
  }
}
