import { describe, expect, it } from 'vitest';
import type { BarTable } from '../../src/formats/bar-rows.ts';
import { readBarsCsv } from '../../src/formats/bars-csv.ts';

const DAY = Date.UTC(2015, 0, 5);

async function read(text: string, options: { closeOnly?: boolean; adjust?: boolean; symbol?: string } = {}) {
  const table: BarTable = new Map();
  const found = await readBarsCsv([Buffer.from(text)], 'x.csv', table, { symbol: 'FILE', ...options });
  return { table, ...found };
}

describe('readBarsCsv', () => {
  it('reads a long file into the rows of each symbol, with their lines', async () => {
    const { table, rows, hasSymbols } = await read(
      'symbol,ts,open,high,low,close,volume\nB,2015-01-05,1,2,0.5,1.5,10\nA,2015-01-05,3,4,2,3,\n\nB,2015-01-06,2,2,2,2,0\n',
    );
    expect([...table.keys()]).toEqual(['B', 'A']);
    expect(table.get('B')).toMatchObject({
      times: [DAY, DAY + 86_400_000],
      open: [1, 2],
      high: [2, 2],
      low: [0.5, 2],
      close: [1.5, 2],
      volume: [10, 0],
      line: [2, 5],
      faults: [],
    });
    expect(table.get('A')?.volume).toEqual([Number.NaN]);
    expect({ rows, hasSymbols }).toEqual({ rows: 3, hasSymbols: true });
  });

  it.each([
    ['yahoo', 'Date,Open,High,Low,Close,Adj Close,Volume\n2015-01-05,1,2,0.5,1.5,1.4,10\n'],
    ['semicolons and a byte order mark', '\ufeffTime;O;H;L;C;V\r\n20150105;1;2;0.5;1.5;10\r\n'],
    [
      'tabs and MetaTrader brackets',
      '<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<VOL>\n2015.01.05\t1\t2\t0.5\t1.5\t10\n',
    ],
    [
      'numbered names and quotes',
      '"timestamp","1. open","2. high","3. low","4. close","5. volume"\n1/5/2015,1,2,"0.5",1.5,10\n',
    ],
    ['an epoch and blanks', ' t , open, high, low, close, volume\n 1420416000, 1, 2, .5, 1.5e0, +10\n'],
  ])('reads a file of one symbol: %s', async (_, text) => {
    const { table } = await read(text);
    expect(table.get('FILE')).toMatchObject({
      times: [DAY],
      open: [1],
      high: [2],
      low: [0.5],
      close: [1.5],
      volume: [10],
      faults: [],
    });
  });

  it('does not depend on how the text is cut into pieces', async () => {
    const text = Buffer.from('symbol,ts,open,close\nMÜ,2015-01-05,1,2\nMÜ,2015-01-06,"3",4\n');
    const table: BarTable = new Map();
    await readBarsCsv(
      [...text].map((byte) => Buffer.from([byte])),
      'x.csv',
      table,
      { symbol: 'FILE' },
    );
    expect(table.get('MÜ')).toMatchObject({ open: [1, 3], close: [2, 4], line: [2, 3] });
  });

  it('counts lines of Windows files as an editor does', async () => {
    const { table } = await read('ts,open,close\r\n2015-01-05,1,1\r\n\r\n2015-01-06,1,1\r\n');
    expect(table.get('FILE')?.line).toEqual([2, 4]);
    await expect(read('ts,open,close\r\n1,1,1\r\n2,1\r\n')).rejects.toThrow('x.csv line 3: expected');
  });

  it('takes empty cells and the usual words for nothing as NaN, other text as a fault of its row', async () => {
    const { table } = await read(
      'ts,open,high,low,close\n2015-01-05,1,,NaN,2\n2015-01-06,1,null,N/A,2\n2015-01-07,0x10,"1,5",12.5 USD,2\nlater,1,1,1,1\n',
    );
    const rows = table.get('FILE')!;
    expect(rows.high).toEqual([Number.NaN, Number.NaN, Number.NaN, 1]);
    expect(rows.faults).toEqual([
      { row: 2, column: 'open', expected: 'a number', found: '"0x10"' },
      { row: 2, column: 'high', expected: 'a number', found: '"1,5"' },
      { row: 2, column: 'low', expected: 'a number', found: '"12.5 USD"' },
      { row: 3, column: 'time', expected: 'a date or time', found: '"later"' },
    ]);
  });

  it('uses a close for all four prices only when asked to, and an adjusted close where there is no other', async () => {
    const text = 'symbol,ts,adj_close\nA,2015-01-05,7\n';
    await expect(read(text)).rejects.toThrow(
      /expected a column close, found "symbol", "ts", "adj_close"; --close-only/,
    );
    const { table } = await read(text, { closeOnly: true });
    expect(table.get('A')).toMatchObject({ open: [7], high: [7], low: [7], close: [7] });
  });

  it('names the columns that it does not use', async () => {
    const { unused } = await read('ts,open,close,ask_open,Adj Close\n2015-01-05,1,1,1,1\n');
    expect(unused).toEqual(['ask_open', 'Adj Close']);
    const adjusted = await read('ts,open,close,ask_open,Adj Close\n2015-01-05,1,1,1,1\n', { adjust: true });
    expect(adjusted.unused).toEqual(['ask_open']);
  });

  it.each([
    [
      'no time',
      'symbol,open,close\nA,1,1\n',
      /x\.csv: expected a column for the time \(ts, time.*found "symbol", "open"/,
    ],
    ['no open', 'ts,close\n1,1\n', /x\.csv: expected a column open, found "ts", "close"; --close-only/],
    ['no close', 'ts,open\n1,1\n', /x\.csv: expected a column close/],
    ['two times', 'date,time,open,close\n1,1,1,1\n', /expected one column for time, found "date" and "time"/],
    ['a short line', 'ts,open,close\n1,1,1\n2,1\n', /x\.csv line 3: expected comma-separated text/],
    ['a long line', 'ts,open,close\n1,1,1,1\n', /x\.csv line 2: expected comma-separated text/],
    ['an open quote', 'ts,open,close\n"1,1,1\n', /x\.csv line 2: .*Quote Not Closed/],
    ['nothing', '', /x\.csv: expected a header line and bars, found an empty file/],
    ['no symbol', 'symbol,ts,open,close\n,1,1,1\n', /x\.csv line 2: expected a symbol of 1 to 64/],
    [
      'a symbol that is reserved',
      'symbol,ts,open,close\n__proto__,1,1,1\n',
      /x\.csv line 2: expected a symbol/,
    ],
    ['a symbol with a control character', 'symbol,ts,open,close\nA\u001b[2J,1,1,1\n', /found "A\\u001b\[2J"/],
  ])('refuses a file with %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.toMatchObject({ name: 'InvalidInputError' });
  });

  it('needs the adjusted close when it is to be used', async () => {
    await expect(read('ts,open,close\n1,1,1\n', { adjust: true })).rejects.toThrow(
      /expected a column adj_close/,
    );
  });
});
