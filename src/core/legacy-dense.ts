import {
  type CellStops,
  type InstructionMatrix,
  type InstructionRow,
  instructionMatrix,
} from './instructions.ts';

/**
 * The dense form of a schedule of instructions, as legacy engines hold it: a full T×N matrix of target weights.
 *
 * The cell of bar t and asset a stands at `t * assets + a`; NaN = maintain.
 */
export interface DenseTargets {
  readonly length: number;
  readonly assets: number;
  readonly weights: Float64Array;
  readonly stops: CellStops | null;
  /** [T], 1 = a row of an event of its own, not one carried forward. */
  readonly isEvent: Uint8Array;
}

/**
 * Writes out a sparse matrix as T×N numbers.
 *
 * @param carry repeat each row until the next event (the legacy form), or leave the bars between as NaN (class P1)
 */
export function denseTargets(
  matrix: InstructionMatrix,
  length: number,
  assets: number,
  carry: boolean,
): DenseTargets {
  const plane = () => new Float64Array(length * assets).fill(Number.NaN);
  const weights = plane();
  const stops = matrix.cellStops && { stopLoss: plane(), trailingStop: plane(), takeProfit: plane() };
  const isEvent = new Uint8Array(length);
  matrix.rowBar.forEach((bar, r) => {
    isEvent[bar] = 1;
    for (let c = matrix.rowStart[r]!; c < matrix.rowStart[r + 1]!; c++) {
      const at = bar * assets + matrix.cellAsset[c]!;
      weights[at] = matrix.cellWeight[c]!;
      if (stops === null || matrix.cellStops === null) continue;
      stops.stopLoss[at] = matrix.cellStops.stopLoss[c]!;
      stops.trailingStop[at] = matrix.cellStops.trailingStop[c]!;
      stops.takeProfit[at] = matrix.cellStops.takeProfit[c]!;
    }
    if (!carry) return;
    const end = r + 1 < matrix.rowBar.length ? matrix.rowBar[r + 1]! : length;
    for (const column of stops ? [weights, ...Object.values(stops)] : [weights]) {
      for (let t = bar + 1; t < end; t++) {
        column.copyWithin(t * assets, bar * assets, (bar + 1) * assets);
      }
    }
  });
  return { length, assets, weights, stops, isEvent };
}

/** *Dense hold*: only the event rows of a dense matrix act. Always the same run as the sparse matrix (class P4). */
export function holdInstructions(dense: DenseTargets): InstructionMatrix {
  return instructionMatrix(rowsOf(dense, (t) => dense.isEvent[t] === 1));
}

/** *Dense daily*: every row acts, so that drift is traded and a stopped-out asset is bought again on every bar. */
export function dailyInstructions(dense: DenseTargets): InstructionMatrix {
  const first = Math.max(0, dense.isEvent.indexOf(1));
  const rows = rowsOf(dense, (t) => t >= first);
  return { ...instructionMatrix(rows), carried: Uint8Array.from(rows, ({ bar }) => 1 - dense.isEvent[bar]!) };
}

function rowsOf(dense: DenseTargets, acts: (bar: number) => boolean): InstructionRow[] {
  const { length, assets, weights, stops } = dense;
  const rows: InstructionRow[] = [];
  for (let t = 0; t < length; t++) {
    if (!acts(t)) continue;
    const row = (column: Float64Array) => column.subarray(t * assets, (t + 1) * assets);
    rows.push({
      bar: t,
      weights: row(weights),
      ...(stops && {
        stops: {
          stopLoss: row(stops.stopLoss),
          trailingStop: row(stops.trailingStop),
          takeProfit: row(stops.takeProfit),
        },
      }),
    });
  }
  return rows;
}
