import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { importBars } from '../../src/adapters/local/import-bars.ts';
import { allocateBars, type Bars, finishBars } from '../../src/core/bars.ts';
import { joinBars } from '../../src/formats/join-bars.ts';
import { barsOf } from './bars.ts';
import type { VectorbtInput, VectorbtOutcome } from './vectorbt-cases.ts';

/** A pair of runs in which only one thing differs: whether the row of the latest event stands on every bar. */
export interface ParadoxCase {
  readonly input: VectorbtInput;
  readonly bars: Bars;
  /** 1 on the bars of events; [T] */
  readonly isEvent: readonly boolean[];
}

/** What one run came to. */
export interface ParadoxResult {
  readonly orders: number;
  /** Buys on bars without an event. */
  readonly boughtBetweenEvents: number;
  readonly fees: number;
  /** Σ size · price. */
  readonly traded: number;
  readonly endValue: number;
}

const FEES = 0.001;

/** The cases of docs/paradox.md by name; bars of AAPL and the S&P 500 come from two npm packages. */
export async function paradoxCases(): Promise<Record<string, ParadoxCase>> {
  // Section 8 of the semantics: the stop of 95 is touched on the second bar.
  const fixture = barsOf({
    A: [
      [100, 101, 99, 100],
      [100, 101, 90, 97],
      [97, 98, 96, 97],
      [98, 99, 97, 98],
      [99, 100, 98, 99],
    ],
  });
  const pair = await realPair();
  const aapl = columnsOf(pair, [0]);
  const first = (_: number, t: number) => t === 0;
  const monthly = (time: number, t: number, times: Float64Array) =>
    t === 0 || new Date(time).getUTCMonth() !== new Date(times[t - 1]!).getUTCMonth();
  return {
    'five bars, entry on every bar': signalsCase(fixture, first, true, false),
    'five bars, entry on the event': signalsCase(fixture, first, false, false),
    'AAPL, entry on every bar': signalsCase(aapl, monthly, true, true),
    'AAPL, entry on events': signalsCase(aapl, monthly, false, true),
    'AAPL and S&P 500, weights on every bar': ordersCase(pair, monthly, true),
    'AAPL and S&P 500, weights on events': ordersCase(pair, monthly, false),
  };
}

/** What from_signals is asked for where a person wants target weights with a stop. */
export function weightsWithStop(entry: ParadoxCase) {
  const { input } = entry;
  return { ...input, options: { ...input.options, size: 0.5, size_type: 'targetpercent' } };
}

type IsEvent = (time: number, t: number, times: Float64Array) => boolean;

function signalsCase(bars: Bars, when: IsEvent, dense: boolean, trails: boolean): ParadoxCase {
  const isEvent = Array.from(bars.times, (time, t) => when(time, t, bars.times));
  const input: VectorbtInput = {
    kind: 'from_signals',
    name: dense ? 'entry on every bar' : 'entry on events',
    options: {
      ...(trails ? sharedOptions(FEES, 100_000) : sharedOptions(0, 10_000)),
      cash_sharing: false,
      direction: 'longonly',
      size: 'inf',
      size_type: 'amount',
      accumulate: false,
      stop_entry_price: 'close',
      stop_exit_price: 'stoplimit',
      upon_stop_exit: 'close',
      sl_stop: 0.05,
      sl_trail: trails,
    },
    inputs: {
      ...pricesOf(bars),
      entries: isEvent.map((event) => dense || event),
      exits: isEvent.map(() => false),
    },
  };
  return { input, bars, isEvent };
}

function ordersCase(bars: Bars, when: IsEvent, dense: boolean): ParadoxCase {
  const isEvent = Array.from(bars.times, (time, t) => when(time, t, bars.times));
  const input: VectorbtInput = {
    kind: 'from_orders',
    name: dense ? 'weights on every bar' : 'weights on events',
    options: {
      ...sharedOptions(FEES, 100_000),
      cash_sharing: true,
      direction: 'both',
      call_seq: 'auto',
      size_type: 'targetpercent',
    },
    inputs: {
      ...pricesOf(bars),
      targets: isEvent.map((event) => (dense || event ? [0.5, 0.4] : [null, null])),
    },
  };
  return { input, bars, isEvent };
}

function sharedOptions(fees: number, cash: number) {
  const costs = { fees, fixed_fees: 0, slippage: 0, init_cash: cash };
  return { ...costs, freq: '1d', price_mode: 'close' } as const;
}

function pricesOf({ open, high, low, close, symbols, length }: Bars) {
  const rows = (column: Float64Array) =>
    Array.from({ length }, (_, t) => symbols.map((_, a) => column[a * length + t]!));
  return { open: rows(open), high: rows(high), low: rows(low), close: rows(close) };
}

/** AAPL and the S&P 500 on the days that both have. */
async function realPair(): Promise<Bars> {
  const require = createRequire(import.meta.url);
  const aapl = require.resolve('@observablehq/sample-datasets/aapl.csv');
  // Its exports hide the file.
  const sp500 = fileURLToPath(
    new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url),
  );
  const files = { AAPL: aapl, SP500: sp500 };
  const symbols = [];
  for (const [symbol, file] of Object.entries(files)) {
    symbols.push(...(await importBars([file], { onBadBar: 'error', symbol })).symbols);
  }
  const all = joinBars(symbols);
  const both = [...all.times.keys()].filter(
    (t) => !Number.isNaN(all.close[t]) && !Number.isNaN(all.close[all.length + t]),
  );
  return barsAt(all, [0, 1], both);
}

function columnsOf(bars: Bars, assets: readonly number[]): Bars {
  return barsAt(bars, assets, [...bars.times.keys()]);
}

function barsAt(bars: Bars, assets: readonly number[], kept: readonly number[]): Bars {
  const some = allocateBars(
    assets.map((a) => bars.symbols[a]!),
    kept.length,
  );
  for (const [k, t] of kept.entries()) {
    some.times[k] = bars.times[t]!;
    for (const [b, a] of assets.entries()) {
      for (const name of ['open', 'high', 'low', 'close'] as const) {
        some[name][b * kept.length + k] = bars[name][a * bars.length + t]!;
      }
    }
  }
  return finishBars(some);
}

export function resultOf({ isEvent }: ParadoxCase, { orders, value }: VectorbtOutcome): ParadoxResult {
  const sum = (term: (order: VectorbtOutcome['orders'][number]) => number) =>
    orders.reduce((total, order) => total + term(order), 0);
  return {
    orders: orders.length,
    boughtBetweenEvents: orders.filter(({ idx, side }) => side === 'buy' && !isEvent[idx]).length,
    fees: sum(({ fees }) => fees),
    traded: sum(({ size, price }) => size * price),
    endValue: value.at(-1)!,
  };
}
