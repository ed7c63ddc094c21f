import type { BarColumns } from '../../src/formats/bar-rows.ts';

/** Bars whose four prices are the close, for tests: closes by time, volume 1. */
export function flatBars(bars: readonly (readonly [time: number, close: number])[]): BarColumns {
  const close = Float64Array.from(bars, ([, price]) => price);
  return {
    times: Float64Array.from(bars, ([time]) => time),
    open: close,
    high: close,
    low: close,
    close,
    volume: new Float64Array(bars.length).fill(1),
  };
}
