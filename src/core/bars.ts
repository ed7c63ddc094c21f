import { type SharedMemory, sharedMemory } from './kernel/web-assembly.ts';

/**
 * Bars of N assets on one shared, strictly ascending time index of T bars.
 *
 * Every price column is one array of N·T numbers, asset after asset: the bar t of asset a stands at `a * length + t`.
 * A `NaN` close means that the asset has no bar then. All columns are views of one SharedArrayBuffer, so that
 * threads read the same memory; where the runtime can, it is that of a WebAssembly memory, which the kernel reads in place.
 */
export interface Bars {
  readonly symbols: readonly string[];
  /** T, the number of bars of the shared time index. */
  readonly length: number;
  /** Epoch milliseconds, UTC, strictly ascending; [T]. */
  readonly times: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** NaN where unknown. */
  readonly volume: Float64Array;
  /** Close carried forward over missing bars; NaN before the first bar of the asset. */
  readonly lastClose: Float64Array;
  readonly buffer: SharedArrayBuffer;
  /** What `buffer` belongs to; posted to a thread it is the same memory there. */
  readonly memory: BarsMemory;
}

/** Memory that the kernel can read in place, or where the runtime has none, a buffer for the other engines. */
export type BarsMemory = SharedMemory | SharedArrayBuffer;

const PRICE_COLUMNS = 6;
/** Bars begin after it: what a compiler puts into memory stands at its beginning. */
export const BARS_START = 1024;
/** Vectors may read so many bytes beyond the last bar. */
const READ_BEYOND = 128;

/** The bytes that the bars of N assets and T bars take in memory. */
export function barsBytes(assets: number, length: number): number {
  return 8 * length * (1 + PRICE_COLUMNS * assets);
}

/**
 * Bars with every price missing (NaN), over fresh shared memory: fill times and columns, then call `finishBars`.
 *
 * @param symbols names of the N assets, unique
 * @param length T, at least 1
 */
export function allocateBars(symbols: readonly string[], length: number): Bars {
  const bytes = BARS_START + barsBytes(symbols.length, length) + READ_BEYOND;
  const bars = barsOver(sharedMemory(bytes) ?? new SharedArrayBuffer(bytes), symbols, length);
  for (const column of [bars.open, bars.high, bars.low, bars.close, bars.volume, bars.lastClose]) {
    column.fill(Number.NaN);
  }
  return bars;
}

/** The bars that stand in `memory`, as `allocateBars` laid them out: how a worker thread sees those of another. */
export function barsOver(memory: BarsMemory, symbols: readonly string[], length: number): Bars {
  const cells = symbols.length * length;
  const buffer = memory instanceof SharedArrayBuffer ? memory : memory.buffer;
  const column = (k: number) => new Float64Array(buffer, BARS_START + 8 * (length + k * cells), cells);
  return {
    symbols,
    length,
    times: new Float64Array(buffer, BARS_START, length),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(4),
    lastClose: column(5),
    buffer,
    memory,
  };
}

/**
 * Completes bars whose times and columns are filled: a missing high or low becomes max or min of open and close,
 * and the close is carried forward into `lastClose`.
 */
export function finishBars(bars: Bars): Bars {
  const { length, open, high, low, close, lastClose } = bars;
  for (let a = 0; a < bars.symbols.length; a++) {
    let last = Number.NaN;
    for (let i = a * length; i < (a + 1) * length; i++) {
      const c = close[i]!;
      if (!Number.isNaN(c)) {
        const o = open[i]!;
        if (Number.isNaN(high[i])) high[i] = Math.max(o, c);
        if (Number.isNaN(low[i])) low[i] = Math.min(o, c);
        last = c;
      }
      lastClose[i] = last;
    }
  }
  return bars;
}
