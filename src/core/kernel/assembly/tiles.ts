import { assets, closeTiles, lastCloseColumn, length, rows, tileStart } from './layout';
import { rangeEnd, windowEnd } from './schedule';

/**
 * Where the closes of the present window stand: the last close of bar t of an asset at `closeAt + asset · closeStep + 8t`.
 *
 * In the columns a short window is 20 bars here and 20 there. The runs of a matrix have the same windows, so their closes
 * are copied window after window, asset after asset: whole cache lines, in the order in which they are read.
 */
export let closeAt: usize = 0;
export let closeStep: usize = 0;

let hasCloses: bool = false;
let uses: i32 = 0;

/** Begins with a matrix. */
export function openTiles(): void {
  hasCloses = false;
  uses = 0;
}

/** Copies what runs of this matrix read, on the second use: for a single one copying costs more than it saves. */
export function prepareTiles(): void {
  if (closeTiles !== 0 && uses++ === 1) copyCloses();
  closeAt = lastCloseColumn;
  closeStep = <usize>length * 8;
  enterTile(0);
}

/** Tile r holds the bars from the execution of row r − 1 up to that of row r, the last one those to the end. */
export function enterTile(r: i32): void {
  if (!hasCloses) return;
  const first = <usize>firstBar(r) * 8;
  const start = load<i32>(tileStart + <usize>r * 4);
  const before = <usize>start * <usize>assets * 8;
  const width = <usize>(load<i32>(tileStart + <usize>r * 4, 4) - start) * 8;
  closeAt = closeTiles + before - first;
  closeStep = width;
}

function firstBar(r: i32): i32 {
  return r === 0 ? 0 : windowEnd(r - 1);
}

function copyCloses(): void {
  hasCloses = true;
  let start = 0;
  let to = closeTiles;
  for (let r = 0; r <= rows; r++) {
    store<i32>(tileStart + <usize>r * 4, start);
    const bars = rangeEnd(r) - firstBar(r);
    const width = <usize>((bars + 1) & ~1) * 8;
    for (let a = 0; a < assets; a++, to += width) copyBars(to, a, firstBar(r), bars);
    start += (bars + 1) & ~1;
  }
  store<i32>(tileStart + <usize>rows * 4, start, 4);
}

function copyBars(to: usize, asset: i32, from: i32, bars: i32): void {
  memory.copy(to, lastCloseColumn + (<usize>asset * <usize>length + <usize>from) * 8, <usize>bars * 8);
}
