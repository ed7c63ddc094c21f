import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { importBars, type SymbolReport } from '../../../src/adapters/local/import-bars.ts';

const data = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

/** The rows of a CSV file without quotes, by header. */
function csv(name: string): Record<string, string>[] {
  const [head, ...lines] = readFileSync(`${data}${name}`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return lines.map((cells) => Object.fromEntries(head!.map((key, i) => [key, cells[i]!])));
}

describe.runIf(existsSync(data))('real files of bars', () => {
  const strict = { onBadBar: 'error' } as const;
  const expected = existsSync(data) ? csv('VALIDATION_by_symbol.csv') : [];
  const day = (ms: number) => new Date(ms).toISOString();

  /** Compares rows, range and zero volumes with what pandas found when the files were collected. */
  function compare(file: string, report: readonly SymbolReport[], dropped = 0): void {
    const rows = expected.filter((row) => row.file === file);
    expect(report.map(({ symbol }) => symbol)).toEqual(rows.map(({ symbol }) => symbol).sort());
    for (const found of report) {
      const row = rows.find(({ symbol }) => symbol === found.symbol)!;
      expect(found.bars + found.dropped.length, found.symbol).toBe(Number(row.rows));
      expect([day(found.from), day(found.to)]).toEqual(
        [row.from, row.to].map((text) => new Date(text!).toISOString()),
      );
      if (row.zero_volume && dropped === 0)
        expect(found.zeroVolume, found.symbol).toBe(Number(row.zero_volume));
    }
    expect(report.reduce((sum, row) => sum + row.dropped.length, 0)).toBe(dropped);
  }

  it('us_adjusted: the error names the first impossible bar, dropping drops exactly the ten known ones', async () => {
    const file = 'equities-daily-ohlc/us_adjusted.csv.gz';
    const known = csv('VALIDATION_ohlc_violations.csv').map(({ symbol, ts }) => `${symbol} ${ts}`);
    await expect(importBars([data + file], strict)).rejects.toThrow(
      /us_adjusted\.csv\.gz line \d+, symbol DE, 1994-01-26: expected high >= max\(open, close\) = 9\.0797, found 0\.9112/,
    );
    const { report } = await importBars([data + file], { onBadBar: 'drop' });
    compare(file, report, 10);
    const dropped = report.flatMap(({ symbol, dropped }) =>
      dropped.map(({ time }) => `${symbol} ${day(time).slice(0, 10)}`),
    );
    expect(dropped).toEqual(known);
  });

  it('us_raw_lean: unadjusted splits are pointed out', async () => {
    const file = 'equities-daily-ohlc/us_raw_lean.csv.gz';
    const { report } = await importBars([data + file], strict);
    compare(file, report);
    const splits = report.flatMap(({ symbol, splits }) =>
      splits.map(({ time, split }) => `${symbol} ${day(time).slice(0, 10)} ${split}`),
    );
    // Known from the companies: AAPL 2005 and 2014, BAC 2004, GOOG 2014, IWM 2005.
    for (const known of [
      'AAPL 2005-02-28 2:1',
      'AAPL 2014-06-09 7:1',
      'BAC 2004-08-30 2:1',
      'GOOG 2014-04-03 2:1',
      'IWM 2005-06-09 2:1',
    ]) {
      expect(splits).toContain(known);
    }
  });

  it.each([
    ['intraday/fx_1m_bid_ask_nautilus_fxcm.csv.gz', ['ask_open', 'ask_high', 'ask_low', 'ask_close']],
    ['intraday/crypto_5m_panel_freqtrade.csv.gz', []],
    ['intraday/index_brent_cfd_1h.csv.gz', []],
    ['multi-asset-daily-ohlc/crypto_daily.csv.gz', []],
    ['multi-asset-daily-ohlc/fx_daily.csv.gz', []],
    ['multi-asset-daily-ohlc/index_commodity_cfd_daily.csv.gz', []],
    ['equities-daily-ohlc/us_index_arch.csv.gz', []],
  ])('%s has the rows, range and volumes that pandas found', async (file, unused) => {
    const { report, files } = await importBars([data + file], strict);
    compare(file, report);
    expect(files[0]!.unused).toEqual(unused);
  });

  it('files of adjusted closes alone need --close-only', async () => {
    const file = 'equities-daily-close/us20_adjclose_skfolio.csv.gz';
    await expect(importBars([data + file], strict)).rejects.toThrow(/expected a column close.*--close-only/);
    const { report, symbols } = await importBars([data + file], { ...strict, closeOnly: true });
    compare(file, report);
    expect(symbols[0]!.columns.open).toEqual(symbols[0]!.columns.close);
    expect(symbols[0]!.columns.close[0]).toBe(0.264);
  });
});
