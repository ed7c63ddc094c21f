/** Runs by column, as tables of cells are made from: in Node while a report is written, and in its page. */
export interface RunColumns<Metric extends Float32Array | Float64Array = Float32Array> {
  readonly rows: number;
  /** Position on each axis; [axes][rows]. */
  readonly positions: readonly Uint8Array[];
  /** NaN = undefined; single precision where runs are drawn, double where they are read, as leaders are; [metrics][rows]. */
  readonly metrics: readonly Metric[];
}

/** Room for runs. */
export function runColumns(axes: number, metrics: number, rows: number): RunColumns {
  return {
    rows,
    positions: Array.from({ length: axes }, () => new Uint8Array(rows)),
    metrics: Array.from({ length: metrics }, () => new Float32Array(rows).fill(Number.NaN)),
  };
}

/** Some of the rows, in the order given. */
export function pickRows({ positions, metrics }: RunColumns, rows: ArrayLike<number>): RunColumns {
  const picked = runColumns(positions.length, metrics.length, rows.length);
  for (let i = 0; i < rows.length; i++) {
    for (const [k, column] of positions.entries()) picked.positions[k]![i] = column[rows[i]!]!;
    for (const [k, column] of metrics.entries()) picked.metrics[k]![i] = column[rows[i]!]!;
  }
  return picked;
}
