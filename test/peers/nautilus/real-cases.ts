import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importBars } from '../../../src/adapters/local/import-bars.ts';
import { allocateBars, type Bars, finishBars } from '../../../src/core/bars.ts';
import { joinBars } from '../../../src/formats/join-bars.ts';
import { type CaseKind, caseOf, type NautilusCase } from '../../support/nautilus-cases.ts';
import { randomStream } from '../../support/random.ts';

const DATA = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));

/** Are the real bars there, beside the repository? */
export const REAL_BARS = existsSync(DATA);

const FILES: readonly { readonly file: string; readonly symbols: readonly string[] }[] = [
  { file: 'equities-daily-ohlc/us_adjusted.csv.gz', symbols: ['AAPL', 'MSFT', 'XOM', 'GE'] },
  { file: 'equities-daily-ohlc/us_raw_lean.csv.gz', symbols: ['AAPL', 'SPY', 'IWM'] },
  { file: 'multi-asset-daily-ohlc/fx_daily.csv.gz', symbols: ['EURUSD', 'GBPUSD', 'USDJPY'] },
  { file: 'multi-asset-daily-ohlc/index_commodity_cfd_daily.csv.gz', symbols: ['BRENT', 'US500', 'XAUUSD'] },
  { file: 'intraday/crypto_1h.csv.gz', symbols: ['BTCUSD', 'ETHUSDT'] },
  { file: 'intraday/fx_1m_bid_ask_nautilus_fxcm.csv.gz', symbols: ['GBPUSD'] },
];

const ALL = ['stopLoss', 'trailingStop', 'takeProfit'] as const;
const KINDS: readonly Omit<CaseKind, 'assets'>[] = [
  { name: 'cash', account: 'cash', stops: [] },
  { name: 'cash, fees, TP', account: 'cash', stops: ['takeProfit'], gross: 0.6, feeRate: 0.001, fixedFee: 1 },
  { name: 'cash, SL + TP', account: 'cash', stops: ['stopLoss', 'takeProfit'] },
  { name: 'cash, all stops', account: 'cash', stops: ALL },
  { name: 'margin', account: 'margin', stops: [], feeRate: 0.0005 },
  { name: 'margin, SL', account: 'margin', stops: ['stopLoss'] },
  { name: 'margin, TSL', account: 'margin', stops: ['trailingStop'], feeRate: 0.0005 },
  { name: 'margin, all stops of cells', account: 'margin', stops: ALL, cellStops: true },
];
const LENGTH = 120;

/** Windows of real bars, one for each file and kind, with seeded instructions and stops of the size of its moves. */
export async function realCases(): Promise<NautilusCase[]> {
  const cases: NautilusCase[] = [];
  for (const [f, { file, symbols }] of FILES.entries()) {
    const { symbols: imported } = await importBars([DATA + file], { onBadBar: 'drop' });
    const bars = joinBars(imported.filter(({ symbol }) => symbols.includes(symbol)));
    KINDS.forEach((kind, k) => {
      const random = randomStream(1_000_000 + 1000 * f + k);
      const from = Math.floor(random() * (bars.length - LENGTH));
      const window = windowOf(bars, from);
      const scale = typicalMove(window) / 0.015;
      const full: CaseKind = { ...kind, assets: symbols.length, stopScale: scale };
      cases.push(caseOf(`${file} from ${from}, ${kind.name}`, full, window, random));
    });
  }
  return cases;
}

function windowOf(bars: Bars, from: number): Bars {
  const window = allocateBars(bars.symbols, LENGTH);
  window.times.set(bars.times.subarray(from, from + LENGTH));
  for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) {
    bars.symbols.forEach((_, a) => {
      const start = a * bars.length + from;
      window[column].set(bars[column].subarray(start, start + LENGTH), a * LENGTH);
    });
  }
  return finishBars(window);
}

/** The mean of |close / close before − 1| over all assets. */
function typicalMove({ close, lastClose, length, symbols }: Bars): number {
  let sum = 0;
  let count = 0;
  for (let a = 0; a < symbols.length; a++) {
    for (let i = a * length + 1; i < (a + 1) * length; i++) {
      const move = Math.abs(close[i]! / lastClose[i - 1]! - 1);
      if (Number.isNaN(move)) continue;
      sum += move;
      count++;
    }
  }
  return sum / count;
}
