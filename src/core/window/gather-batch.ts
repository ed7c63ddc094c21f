import type { InstructionMatrix } from '../instructions.ts';
import type { RunConfig } from '../run-config.ts';
import { hasBar, type Workspace } from './workspace.ts';

/** Collects the cells that can execute on bar t: those of `row` (-1 = none) and those that waited, in index order. */
export function gatherBatch(
  ws: Workspace,
  matrix: InstructionMatrix,
  config: RunConfig,
  t: number,
  row: number,
): void {
  const { bars, ledger, waitingCell } = ws;
  const { totals } = ledger;
  ws.dueCount = 0;
  if (row >= 0 && ws.waitingCount === 0 && ws.schedule!.rowComplete[row] === 1) {
    gatherRow(ws, matrix, row);
  } else if (row >= 0) {
    for (let c = matrix.rowStart[row]!; c < matrix.rowStart[row + 1]!; c++) {
      const asset = matrix.cellAsset[c]!;
      if (waitingCell[asset] !== -1) {
        stopWaiting(ws, asset);
        totals.unexecuted++;
      }
      if (hasBar(bars, asset, t)) addDue(ws, asset, c, row);
      else if (config.fill.missingBar === 'defer') {
        waitingCell[asset] = c;
        ws.waitingRow[asset] = row;
        ws.waitingCount++;
      } else totals.unexecuted++;
    }
  }
  if (ws.waitingCount > 0) gatherWaiting(ws, config, t);
  if (config.fill.onConflict === 'stop_only' && ws.usesStops) dropStopped(ws);
}

/** All cells of a row whose assets have their bars, while nothing waits. */
function gatherRow(ws: Workspace, matrix: InstructionMatrix, row: number): void {
  const { due, dueCell, dueRow } = ws;
  const { cellAsset } = matrix;
  const first = matrix.rowStart[row]!;
  const count = matrix.rowStart[row + 1]! - first;
  for (let k = 0; k < count; k++) {
    const asset = cellAsset[first + k]!;
    due[k] = asset;
    dueCell[asset] = first + k;
    dueRow[asset] = row;
  }
  ws.dueCount = count;
}

function addDue(ws: Workspace, asset: number, cell: number, row: number): void {
  ws.dueCell[asset] = cell;
  ws.dueRow[asset] = row;
  ws.due[ws.dueCount++] = asset;
}

function stopWaiting(ws: Workspace, asset: number): void {
  ws.waitingCell[asset] = -1;
  ws.waitingCount--;
}

/** Adds cells whose asset has its bar now; under `close` one that waited is dropped if a stop acted before. */
function gatherWaiting(ws: Workspace, config: RunConfig, t: number): void {
  const { bars, waitingCell } = ws;
  for (let asset = 0; asset < waitingCell.length; asset++) {
    const cell = waitingCell[asset]!;
    if (cell === -1 || !hasBar(bars, asset, t)) continue;
    stopWaiting(ws, asset);
    if (config.fill.execution === 'close' && ws.stoppedNow[asset] === 1) ws.ledger.totals.unexecuted++;
    else addDue(ws, asset, cell, ws.waitingRow[asset]!);
  }
  ws.due.subarray(0, ws.dueCount).sort();
}

/** `stop_only`: drops the cells of assets that a stop sold on this bar. */
export function dropStopped(ws: Workspace): void {
  let kept = 0;
  for (let k = 0; k < ws.dueCount; k++) {
    const asset = ws.due[k]!;
    if (ws.stoppedNow[asset] === 1) {
      ws.dueCell[asset] = -1;
      ws.ledger.totals.unexecuted++;
    } else ws.due[kept++] = asset;
  }
  ws.dueCount = kept;
}
