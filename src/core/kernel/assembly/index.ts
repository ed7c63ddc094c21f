/**
 * The window engine once more, for the runs of a sweep: one call a run, SIMD, no garbage.
 *
 * The TypeScript engine beside it is the oracle: every operation stands in the same order there, and the random runs
 * of the parity test compare the bits. Compiled by scripts/build-kernel.mjs.
 */

import { codeBytes, openCodes } from './codes';
import { readConfig } from './config';
import {
  assets,
  cellAsset,
  cellCarried,
  cellStopLoss,
  cellTakeProfit,
  cellTrailingStop,
  cellWeight,
  equity,
  open as layOut,
  length,
  positions,
  reserve,
  returns,
  rowBar,
  rowStart,
} from './layout';
import { writeTotals } from './ledger';
import { reentryPlaces } from './reentries';
import { simulate } from './run';
import { prepareRows } from './schedule';
import { measureReturns } from './statistics';
import { openTiles } from './tiles';

/** Makes an instance ready for the bars that begin at `bars`; returns the control block, 0 = no memory. */
export function open(bars: usize, N: i32, T: i32): usize {
  return layOut(bars, N, T);
}

/** Room for a matrix; false = no memory. The host then fills the columns named below and calls `prepare`. */
export function reserveMatrix(rows: i32, cells: i32, withStops: bool, withCarried: bool): bool {
  return reserve(rows, cells, withStops, withCarried, codeBytes(assets, length, rows));
}

/** Builds what all runs of the present matrix share; the configuration says when its rows execute. */
export function prepare(): void {
  readConfig(cellStopLoss !== 0);
  prepareRows();
  openTiles();
  openCodes();
}

/** One run of the present matrix under the configuration in the control block, and its statistics. */
export function run(): void {
  simulate();
  writeTotals();
  measureReturns();
}

export function equityPointer(): usize {
  return equity;
}
export function returnsPointer(): usize {
  return returns;
}
export function positionPointer(): usize {
  return positions;
}
export function reentriesPointer(): usize {
  return reentryPlaces;
}
export function rowBarPointer(): usize {
  return rowBar;
}
export function rowStartPointer(): usize {
  return rowStart;
}
export function cellAssetPointer(): usize {
  return cellAsset;
}
export function cellWeightPointer(): usize {
  return cellWeight;
}
export function cellCarriedPointer(): usize {
  return cellCarried;
}
export function cellStopsPointer(kind: i32): usize {
  return kind === 0 ? cellStopLoss : kind === 1 ? cellTrailingStop : cellTakeProfit;
}
