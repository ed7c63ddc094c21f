import { allocateBars, type Bars, finishBars } from '../../src/core/bars.ts';

/** The first bars of others, as if no more had been loaded. */
export function cutBars(all: Bars, length: number): Bars {
  const bars = allocateBars(all.symbols, length);
  for (let t = 0; t < length; t++) bars.times[t] = all.times[t]!;
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    for (let a = 0; a < all.symbols.length; a++) {
      for (let t = 0; t < length; t++) bars[name][a * length + t] = all[name][a * all.length + t]!;
    }
  }
  return finishBars(bars);
}
