/** Stops that cells bring along, one number a cell: NaN = the run's default, Infinity = none. */
export interface CellStops {
  readonly stopLoss: Float64Array;
  readonly trailingStop: Float64Array;
  readonly takeProfit: Float64Array;
}

/**
 * The sparse instruction matrix: the explicit cells of a T×N matrix of target weights, row after row.
 *
 * A cell that is absent means *maintain*. Row r stands at the bar `rowBar[r]` on whose close it is decided; its cells
 * are those from `rowStart[r]` to `rowStart[r + 1]`, by ascending asset. Weight 0 = flatten.
 */
export interface InstructionMatrix {
  /** [R], strictly ascending. */
  readonly rowBar: Int32Array;
  /** [R + 1] */
  readonly rowStart: Int32Array;
  /** [C] */
  readonly cellAsset: Int32Array;
  /** [C], finite, never -0. */
  readonly cellWeight: Float64Array;
  readonly cellStops: CellStops | null;
  /** [R], 1 = a row that the legacy dense mode repeats, no event of its own; null = every row is an event. */
  readonly carried: Uint8Array | null;
}

/** One row to build a matrix from: weight of each asset by index, NaN = maintain. */
export interface InstructionRow {
  readonly bar: number;
  /** [N] */
  readonly weights: ArrayLike<number>;
  /** [N] each; NaN = the run's default, Infinity = none. */
  readonly stops?: { readonly [K in keyof CellStops]: ArrayLike<number> };
}

/** Compresses rows, given by strictly ascending bar; a row of NaN only stays as a row without cells. */
export function instructionMatrix(rows: readonly InstructionRow[]): InstructionMatrix {
  let cells = 0;
  for (const { weights } of rows) {
    for (let a = 0; a < weights.length; a++) if (!Number.isNaN(weights[a])) cells++;
  }
  const withStops = rows.some((row) => row.stops !== undefined);
  const stopColumn = () => new Float64Array(cells).fill(Number.NaN);
  const cellStops: CellStops | null = withStops
    ? { stopLoss: stopColumn(), trailingStop: stopColumn(), takeProfit: stopColumn() }
    : null;
  const rowBar = new Int32Array(rows.length);
  const rowStart = new Int32Array(rows.length + 1);
  const cellAsset = new Int32Array(cells);
  const cellWeight = new Float64Array(cells);
  let c = 0;
  rows.forEach(({ bar, weights, stops }, r) => {
    rowBar[r] = bar;
    rowStart[r] = c;
    for (let a = 0; a < weights.length; a++) {
      const weight = weights[a]!;
      if (Number.isNaN(weight)) continue;
      cellAsset[c] = a;
      cellWeight[c] = weight + 0; // -0 + 0 is 0
      if (cellStops && stops) {
        cellStops.stopLoss[c] = stops.stopLoss[a]!;
        cellStops.trailingStop[c] = stops.trailingStop[a]!;
        cellStops.takeProfit[c] = stops.takeProfit[a]!;
      }
      c++;
    }
  });
  rowStart[rows.length] = c;
  return { rowBar, rowStart, cellAsset, cellWeight, cellStops, carried: null };
}

/** Bytes of the sparse matrix: 8 + 4 a cell (24 more where cells bring stops) and 8 a row. */
export function sparseBytes(matrix: InstructionMatrix): number {
  const perCell = matrix.cellStops ? 36 : 12;
  return perCell * matrix.cellAsset.length + matrix.rowBar.byteLength + matrix.rowStart.byteLength;
}

/** Bytes of the dense hold form of the same schedule: T·N weights and a mask of one byte a bar. */
export function denseBytes(length: number, assets: number): number {
  return 8 * length * assets + length;
}
