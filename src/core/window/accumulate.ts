/**
 * equity[t] += Σ position · close over the held assets, for t in [from, to), in the order of `held`.
 *
 * Eight assets a pass: each bar of equity is loaded and stored once for eight, and every addition keeps its place,
 * so that the sum has the same bits as one asset after the other.
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
  for (; k + 8 <= count; k += 8) addEight(equity, from, to, close, length, position, held, k);
  for (; k + 2 <= count; k += 2) addTwo(equity, from, to, close, length, position, held, k);
  if (k < count) addOne(equity, from, to, close, held[k]! * length, position[held[k]!]!);
}

function addEight(
  equity: Float64Array,
  from: number,
  to: number,
  close: Float64Array,
  length: number,
  position: Float64Array,
  held: Int32Array,
  k: number,
): void {
  const a0 = held[k]!;
  const a1 = held[k + 1]!;
  const a2 = held[k + 2]!;
  const a3 = held[k + 3]!;
  const a4 = held[k + 4]!;
  const a5 = held[k + 5]!;
  const a6 = held[k + 6]!;
  const a7 = held[k + 7]!;
  const p0 = position[a0]!;
  const p1 = position[a1]!;
  const p2 = position[a2]!;
  const p3 = position[a3]!;
  const p4 = position[a4]!;
  const p5 = position[a5]!;
  const p6 = position[a6]!;
  const p7 = position[a7]!;
  const o0 = a0 * length;
  const o1 = a1 * length;
  const o2 = a2 * length;
  const o3 = a3 * length;
  const o4 = a4 * length;
  const o5 = a5 * length;
  const o6 = a6 * length;
  const o7 = a7 * length;
  for (let t = from; t < to; t++) {
    let e = equity[t]! + p0 * close[o0 + t]!;
    e += p1 * close[o1 + t]!;
    e += p2 * close[o2 + t]!;
    e += p3 * close[o3 + t]!;
    e += p4 * close[o4 + t]!;
    e += p5 * close[o5 + t]!;
    e += p6 * close[o6 + t]!;
    equity[t] = e + p7 * close[o7 + t]!;
  }
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
