/** Bars up to which a curve is whole, and the points that stand for a longer one. */
const WHOLE = 1_600;
const POINTS = 750;

/** Drawdown at each close from the highest equity so far, the initial cash included; ≤ 0, NaN after a peak of 0. */
export function drawdownOf(equity: ArrayLike<number>, cash: number): Float64Array {
  const drawdown = new Float64Array(equity.length);
  let peak = cash;
  for (let t = 0; t < equity.length; t++) {
    peak = Math.max(peak, equity[t]!);
    drawdown[t] = equity[t]! / peak - 1;
  }
  return drawdown;
}

/**
 * The bars of a curve that a page shows: all of them, or of each stretch the lowest, the highest and the deepest, so
 * that no spike and no drawdown is lost; first and last bar always. Ascending.
 */
export function shownBars(equity: ArrayLike<number>, drawdown: Float64Array): number[] {
  const { length } = equity;
  if (length <= WHOLE) return Array.from({ length }, (_, t) => t);
  const stretches = POINTS / 3;
  const shown = new Set([0, length - 1]);
  for (let s = 0; s < stretches; s++) {
    const first = Math.floor((s * length) / stretches);
    const end = Math.floor(((s + 1) * length) / stretches);
    let [lowest, highest, deepest] = [first, first, first];
    for (let t = first; t < end; t++) {
      if (equity[t]! < equity[lowest]!) lowest = t;
      if (equity[t]! > equity[highest]!) highest = t;
      if (drawdown[t]! < drawdown[deepest]!) deepest = t;
    }
    for (const t of [lowest, highest, deepest]) shown.add(t);
  }
  return [...shown].sort((a, b) => a - b);
}
