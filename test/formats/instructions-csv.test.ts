import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../src/contracts/errors.ts';
import { parseInstructionsCsv } from '../../src/formats/instructions-csv.ts';
import { parseInstructionsJson } from '../../src/formats/instructions-json.ts';

const parse = (...lines: string[]) => parseInstructionsCsv(lines.join('\n'), 'e.csv');
const json = (events: unknown) => parseInstructionsJson(JSON.stringify(events), 'e.json');

describe('parseInstructionsCsv', () => {
  it('reads the long form: empty weight = maintain, empty stop = default, none = no stop', () => {
    const found = parse(
      '\uFEFFtimestamp,asset,weight,stop_loss,trailing_stop,take_profit',
      '2015-03-02,AAPL,0.6,0.05,none,',
      '2015-03-02,KO,,,,',
      '',
      '2015-03-03,NA,-0.5,,,inf',
      '2015-03-02,NONE,0,,,',
      '2015-03-04,,,,,',
    );
    expect(found).toEqual(
      json([
        {
          timestamp: '2015-03-02',
          instructions: {
            AAPL: { weight: 0.6, stops: { stopLoss: 0.05, trailingStop: null } },
            KO: { weight: null },
            NONE: { weight: 0 },
          },
        },
        { timestamp: '2015-03-03', instructions: { NA: { weight: -0.5, stops: { takeProfit: null } } } },
        { timestamp: '2015-03-04', instructions: {} },
      ]),
    );
  });

  it('knows the columns in any order, case and common name', () => {
    expect(parse('Weight,Symbol,Date,StopLoss', '1e-1,"BRK, B",20150302,.05')).toEqual(
      json([
        { timestamp: '2015-03-02', instructions: { 'BRK, B': { weight: 0.1, stops: { stopLoss: 0.05 } } } },
      ]),
    );
  });

  it('reads the wide form of a data frame: empty and NaN = maintain', () => {
    const wanted = json([
      { timestamp: '2015-03-02', instructions: { AAPL: { weight: 0.6 } } },
      { timestamp: '2015-03-03', instructions: { AAPL: { weight: 0 }, KO: { weight: 1 } } },
      { timestamp: '2015-03-04', instructions: {} },
    ]);
    const rows = ['2015-03-02,0.6,', '2015-03-03,0.0,1.0', '2015-03-04,NaN,nan'];
    for (const header of [',AAPL,KO', 'Date,AAPL,KO', 'rebalanced at,AAPL,KO']) {
      expect(parse(header, ...rows)).toEqual(wanted);
    }
    expect(parse('AAPL,time,KO', '0.6,2015-03-02,', '0,2015-03-03,1', ',2015-03-04,')).toEqual(wanted);
  });

  it.each([
    ['an empty file', [''], 'e.csv: expected a header and rows of instructions, found nothing'],
    [
      'a missing weight column',
      ['timestamp,asset', '2015-03-02,A'],
      'e.csv: expected the columns timestamp, asset, weight[, stop_loss, trailing_stop, take_profit], found no column weight among "timestamp", "asset"',
    ],
    [
      'a column twice',
      ['date,ts,asset,weight'],
      'found 2 times a column timestamp or ts or time or date or datetime',
    ],
    [
      'a column it does not know',
      ['timestamp,asset,weight,stoploss_pct', '2015-03-02,A,1,5'],
      'each once, found "stoploss_pct"',
    ],
    [
      'a stop column twice',
      ['timestamp,asset,weight,stop_loss,stopLoss', '2015-03-02,A,1,,'],
      'each once, found a stop twice',
    ],
    [
      'text in a weight',
      ['timestamp,asset,weight', '2015-03-02,A,1', '', '2015-03-03,A,1.2.3'],
      'e.csv:4: expected weight as a finite number, or an empty cell, found "1.2.3"',
    ],
    [
      'an infinite weight',
      ['timestamp,asset,weight', '2015-03-02,A,inf'],
      'e.csv:2: expected weight as a finite number, or an empty cell, found "inf"',
    ],
    ['a number too large for a double', ['timestamp,asset,weight', '2015-03-02,A,1e999'], 'found "1e999"'],
    ['a hexadecimal weight', ['timestamp,asset,weight', '2015-03-02,A,0x1'], 'found "0x1"'],
    [
      'an unreadable time',
      ['timestamp,asset,weight', '2015-02-30,A,1'],
      'e.csv:2: expected a time as ISO date-time or epoch, found "2015-02-30"',
    ],
    [
      'a missing time',
      ['timestamp,asset,weight', ',A,1'],
      'e.csv:2: expected a time as ISO date-time or epoch, found ""',
    ],
    [
      'one cell twice',
      ['timestamp,asset,weight', '2015-03-02,A,1', '2015-03-02,B,0', '2015-03-02T00:00,A,'],
      'e.csv:4: expected one row a time and asset, found "A" at e.csv:2 too',
    ],
    [
      'a weight of no asset',
      ['timestamp,asset,weight', '2015-03-02,,1'],
      'e.csv:2: expected an asset beside a weight or stop, found none',
    ],
    [
      'a bad stop',
      ['timestamp,asset,weight,stop_loss', '2015-03-02,A,0,0.1'],
      'e.csv:2: asset A, stops, stopLoss: expected no stops beside weight 0, found 0.1',
    ],
    ['a row that is too short', ['timestamp,asset,weight', '2015-03-02,A'], 'e.csv:2: '],
    ['an open quote', ['timestamp,asset,weight', '2015-03-02,"A,1'], 'e.csv:2: '],
    [
      'one wide row twice',
      ['date,A', '2015-03-02,1', '2015-03-02,0'],
      'e.csv:3: expected one row a time, found 2015-03-02 at e.csv:2 too',
    ],
    [
      'one wide column twice',
      ['date,A,A', '2015-03-02,1,1'],
      'e.csv: expected one column an asset, found "A" twice',
    ],
    [
      'a wide column without a name',
      ['date,A,', '2015-03-02,1,1'],
      'or a time and one column of weights an asset, found "date", "A", ""',
    ],
    ['a time alone', ['date', '2015-03-02'], 'or a time and one column of weights an asset, found "date"'],
    [
      'text in a wide weight',
      ['date,A', '2015-03-02,x'],
      'e.csv:2: expected A as a finite number, or an empty cell, found "x"',
    ],
  ])('refuses %s, saying where', (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(InvalidInputError);
    expect(() => parse(...lines)).toThrow(message);
  });
});
