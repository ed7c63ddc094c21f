import { atClose, defers, INSTRUCTION, onConflict, STOP_ONLY, usesStops } from './config';
import {
  assets,
  cellAsset,
  cellCarried,
  cellStopLoss,
  cellWeight,
  closeColumn,
  dueCell,
  isDue,
  length,
  ownDue,
  ownWeight,
  rowComplete,
  rowStart,
  stoppedNow,
  waitingCell,
} from './layout';
import { countUnexecuted } from './ledger';

/** Cells of the present batch, and cells that wait for a bar of their asset. */
export let dueCount: i32 = 0;
export let waitingCount: i32 = 0;
/** Assets and weights of the batch: where they were gathered, or where they stand in the matrix. */
export let due: usize = 0;
export let weight: usize = 0;
/** The first cell of the batch where all its cells stand one after the other, else −1. */
export let firstCell: i32 = -1;

export function openWaiting(): void {
  waitingCount = 0;
  dueCount = 0;
  memory.fill(waitingCell, 0xff, <usize>assets * 4);
  memory.fill(isDue, 0, assets);
  memory.fill(stoppedNow, 0, assets); // of a run without stops nothing else clears it
}

/** Nothing is due yet on this bar. */
export function clearDue(): void {
  dueCount = 0;
}

export function hasBar(asset: usize, t: i32): bool {
  return !isNaN(load<f64>(closeColumn + (asset * <usize>length + <usize>t) * 8));
}

/** The first bar in [t, end) on which an asset that an instruction waits for has a bar; `end` if none. */
export function nextBarOfWaiting(t: i32, end: i32): i32 {
  let next = end;
  for (let a: usize = 0; a < <usize>assets; a++) {
    if (load<i32>(waitingCell + a * 4) === -1) continue;
    let bar = t;
    while (bar < next && !hasBar(a, bar)) bar++;
    next = bar;
  }
  return next;
}

/** Collects the cells that can execute on bar t: those of `row` (−1 = none) and those that waited, in index order. */
export function gatherBatch(t: i32, row: i32): void {
  dueCount = 0;
  firstCell = -1;
  due = ownDue;
  weight = ownWeight;
  if (row >= 0) {
    const first = load<i32>(rowStart + <usize>row * 4);
    const end = load<i32>(rowStart + <usize>row * 4, 4);
    if (waitingCount === 0 && load<u8>(rowComplete + <usize>row) === 1) gatherRow(first, end - first);
    else for (let cell = first; cell < end; cell++) gatherCell(cell, t);
  }
  if (waitingCount > 0) gatherWaiting(t);
  if (onConflict === STOP_ONLY && usesStops) dropStopped();
  if (onConflict === INSTRUCTION && usesStops) markDue(1);
}

/** All cells of a row whose assets have their bars, while nothing waits. */
function gatherRow(first: i32, count: i32): void {
  const assetsOfRow = cellAsset + <usize>first * 4;
  const weightsOfRow = cellWeight + <usize>first * 8;
  if ((count & 1) !== 0 || onConflict === STOP_ONLY) {
    memory.copy(due, assetsOfRow, <usize>count * 4);
    memory.copy(weight, weightsOfRow, <usize>count * 8);
  } else {
    // Neither is a cell dropped nor one added that trades nothing.
    due = assetsOfRow;
    weight = weightsOfRow;
  }
  if (cellStopLoss !== 0 || cellCarried !== 0) {
    for (let k = 0; k < count; k++) store<i32>(dueCell + <usize>k * 4, first + k);
  }
  dueCount = count;
  firstCell = first;
}

function gatherCell(cell: i32, t: i32): void {
  const asset = load<i32>(cellAsset + <usize>cell * 4);
  const waiting = waitingCell + <usize>asset * 4;
  if (load<i32>(waiting) !== -1) {
    store<i32>(waiting, -1);
    waitingCount--;
    countUnexecuted(1);
  }
  if (hasBar(asset, t)) addDue(asset, cell);
  else if (defers) {
    store<i32>(waiting, cell);
    waitingCount++;
  } else countUnexecuted(1);
}

/** Adds a cell where its asset belongs. */
function addDue(asset: i32, cell: i32): void {
  let k = <usize>dueCount;
  dueCount++;
  for (; k > 0 && load<i32>(due + (k - 1) * 4) > asset; k--) moveDue(k - 1, k);
  store<i32>(due + k * 4, asset);
  store<i32>(dueCell + k * 4, cell);
  store<f64>(weight + k * 8, load<f64>(cellWeight + <usize>cell * 8));
}

function moveDue(from: usize, to: usize): void {
  store<i32>(due + to * 4, load<i32>(due + from * 4));
  store<i32>(dueCell + to * 4, load<i32>(dueCell + from * 4));
  store<f64>(weight + to * 8, load<f64>(weight + from * 8));
}

/** Adds cells whose asset has its bar now; under `close` one that waited is dropped if a stop acted before. */
function gatherWaiting(t: i32): void {
  for (let asset = 0; asset < assets; asset++) {
    const waiting = waitingCell + <usize>asset * 4;
    const cell = load<i32>(waiting);
    if (cell === -1 || !hasBar(asset, t)) continue;
    store<i32>(waiting, -1);
    waitingCount--;
    if (atClose && load<u8>(stoppedNow + <usize>asset) === 1) countUnexecuted(1);
    else addDue(asset, cell);
  }
}

/** `stop_only`: drops the cells of assets that a stop sold on this bar. */
export function dropStopped(): void {
  let kept: usize = 0;
  for (let k: usize = 0; k < <usize>dueCount; k++) {
    if (load<u8>(stoppedNow + <usize>load<i32>(due + k * 4)) === 1) countUnexecuted(1);
    else moveDue(k, kept++);
  }
  if (<i32>kept < dueCount) firstCell = -1;
  dueCount = <i32>kept;
}

/**
 * Marks the assets of the batch as due, or no longer: then an instruction replaces their exit at the open. Where all are due
 * nothing is marked, since nobody asks.
 */
export function markDue(flag: u8): void {
  if (dueCount === assets) return;
  for (let k: usize = 0; k < <usize>dueCount; k++) {
    store<u8>(isDue + <usize>load<i32>(due + k * 4), flag);
  }
}
