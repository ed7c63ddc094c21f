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
  const held = new Uint8Array(assets);
  const events: StrategyEvent[] = [];
  for (const bar of decisions) {
    let weights: Float64Array | null = null;
    for (let a = 0, i = bar; a < assets; a++, i += length) {
      if (Number.isNaN(close[i])) continue;
      const next = hold(i, held[a] === 1) ? 1 : 0;
      if (next === held[a]) continue;
      held[a] = next;
      weights ??= new Float64Array(assets).fill(Number.NaN);
      weights[a] = next === 1 ? share : 0;
    }
    if (weights) events.push({ bar, weights });
  }
  return events;
}
