import { InvalidInputError } from '../contracts/errors.ts';
import { allocateBars, type Bars, barsBytes, finishBars } from '../core/bars.ts';
import type { BarColumns } from './bar-rows.ts';

/** The union of several strictly ascending time columns, strictly ascending. */
export function unionOfTimes(columns: readonly Float64Array[]): Float64Array {
  let total = 0;
  for (const times of columns) total += times.length;
  const all = new Float64Array(total);
  let end = 0;
  for (const times of columns) {
    all.set(times, end);
    end += times.length;
  }
  all.sort();
  let length = 0;
  for (let i = 0; i < total; i++) {
    if (length === 0 || all[i] !== all[length - 1]) all[length++] = all[i]!;
  }
  return all.slice(0, length);
}

/**
 * Joins the bars of several symbols on the union of their times, in shared memory; a symbol has NaN where it has no bar.
 *
 * @param symbols in the order of the result, unique, with at least one bar among them
 * @throws InvalidInputError where the memory does not suffice
 */
export function joinBars(
  symbols: readonly { readonly symbol: string; readonly columns: BarColumns }[],
): Bars {
  const index = unionOfTimes(symbols.map(({ columns }) => columns.times));
  const names = symbols.map(({ symbol }) => symbol);
  const bars = allocate(names, index.length);
  bars.times.set(index);
  for (const [a, { columns }] of symbols.entries()) {
    let t = 0;
    for (let i = 0; i < columns.times.length; i++) {
      while (index[t]! < columns.times[i]!) t++;
      const cell = a * index.length + t;
      bars.open[cell] = columns.open[i]!;
      bars.high[cell] = columns.high[i]!;
      bars.low[cell] = columns.low[i]!;
      bars.close[cell] = columns.close[i]!;
      bars.volume[cell] = columns.volume[i]!;
    }
  }
  return finishBars(bars);
}

function allocate(symbols: readonly string[], length: number): Bars {
  try {
    return allocateBars(symbols, length);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const bytes = barsBytes(symbols.length, length);
    throw new InvalidInputError(
      `expected bars that fit into memory, found ${symbols.length} symbols × ${length} bars = ${bytes} bytes; ` +
        'choose fewer symbols with `universe`, a shorter `period`, or coarser bars',
      { cause: error },
    );
  }
}
