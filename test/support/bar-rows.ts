import { type BarRows, rowsOf } from '../../src/formats/bar-rows.ts';

/** Rows of symbol A for tests: `[time, open, high, low, close, volume?, adjClose?]`, line 2 onwards of a.csv. */
export function barRows(...cells: number[][]): BarRows {
  const rows = rowsOf(new Map(), 'A', 'test');
  const source = { name: 'a.csv', unit: 'line' as const };
  for (const [
    i,
    [time, open, high, low, close, volume = Number.NaN, adjClose = Number.NaN],
  ] of cells.entries()) {
    rows.source.push(source);
    rows.line.push(i + 2);
    rows.times.push(time!);
    rows.open.push(open!);
    rows.high.push(high!);
    rows.low.push(low!);
    rows.close.push(close!);
    rows.volume.push(volume);
    rows.adjClose.push(adjClose);
  }
  return rows;
}
