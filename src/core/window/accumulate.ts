/**
 * equity[t] += Σ position · close over the held assets, for t in [from, to), in the order of `held`.
 *
 * Two assets a pass: each bar of equity is loaded and stored once for both, and every addition keeps its place, so that
 * the sum has the same bits as one asset after the other.
 *
 * @param close column of all assets, asset after asset
 * @param length T, the bars of one asset in `close`
 * @param held indices of the assets held, ascending
 * @param count how many of `held` count
 */
export function addPositions(
  equity: Float64Array,
  from: number,
  to: number,
  close: Float64Array,
  length: number,
  position: Float64Array,
  held: Int32Array,
  count: number,
): void {
  let k = 0;
  for (; k + 2 <= count; k += 2) addTwo(equity, from, to, close, length, position, held, k);
  if (k < count) addOne(equity, from, to, close, held[k]! * length, position[held[k]!]!);
}

function addTwo(
  equity: Float64Array,
  from: number,
  to: number,
  close: Float64Array,
  length: number,
  position: Float64Array,
  held: Int32Array,
  k: number,
): void {
  const p0 = position[held[k]!]!;
  const p1 = position[held[k + 1]!]!;
  const o0 = held[k]! * length;
  const o1 = held[k + 1]! * length;
  for (let t = from; t < to; t++) {
    const e = equity[t]! + p0 * close[o0 + t]!;
    equity[t] = e + p1 * close[o1 + t]!;
  }
}

/** sum[t] += position · close[first + t] for t in [from, to). */
export function addOne(
  sum: Float64Array,
  from: number,
  to: number,
  close: Float64Array,
  first: number,
  position: number,
): void {
  for (let t = from; t < to; t++) sum[t] = sum[t]! + position * close[first + t]!;
}
