import type { Bars } from '../core/bars.ts';
import type { StrategyEvent } from './strategy.ts';

/**
 * Events of a strategy that is in or out of each asset, with cells only where that *changes*: `share` on entering,
 * 0 on leaving.
 *
 * A cell that repeated the weight would be a new instruction and buy back an asset that a stop had sold. An asset
 * starts outside; on a bar that it lacks it stays as it is.
 *
 * @param decisions the bars to decide on, ascending
 * @param hold whether to be in the asset after this decision; `i` is the place of the bar in a column, `held` the state
 */
export function holdEvents(
  bars: Bars,
  decisions: readonly number[],
  share: number,
  hold: (i: number, held: boolean) => boolean,
): StrategyEvent[] {
  const { length, close } = bars;
  const assets = bars.symbols.length;
  const rows = new Array<Float64Array | undefined>(decisions.length);
  // Asset after asset, as the columns lie in memory.
  for (let a = 0; a < assets; a++) {
    let held = false;
    for (let k = 0; k < decisions.length; k++) {
      const i = a * length + decisions[k]!;
      if (Number.isNaN(close[i])) continue;
      const next = hold(i, held);
      if (next === held) continue;
      held = next;
      rows[k] ??= new Float64Array(assets).fill(Number.NaN);
      rows[k]![a] = held ? share : 0;
    }
  }
  return rows.flatMap((weights, k) => (weights ? [{ bar: decisions[k]!, weights }] : []));
}
