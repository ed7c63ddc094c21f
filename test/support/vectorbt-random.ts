import type { Bars } from '../../src/core/bars.ts';
import { randomStream } from './random.ts';
import type { VectorbtInput } from './vectorbt-cases.ts';

type Random = () => number;
type Prices = Record<'open' | 'high' | 'low' | 'close', (number | null)[][]>;
type Targets = (number | null)[][];

const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
/** Prices of few digits: short in a message, and ties and exact touches are frequent. */
const rounded = (price: number, digits: number) => Math.max(1, Math.round(price * digits)) / digits;

/**
 * A portfolio case: sparse target weights (NaN, 0, partial rows, Σw below, at and above 1, shorts) through `from_orders`.
 *
 * A pure function of the seed, and of the bars where real ones are given.
 */
export function ordersInput(seed: number, real?: Bars): VectorbtInput {
  const random = randomStream(seed);
  const price_mode = pick(random, ['close', 'next_open_shifted'] as const);
  // What vectorbt fills at the open it values at the latest open too, ours at the latest close: it shows with a bar missing.
  const whole = price_mode === 'next_open_shifted';
  const prices = real
    ? windowOf(random, real, 1 + Math.floor(random() * 5), whole)
    : randomPrices(random, 1 + Math.floor(random() * 6), whole ? 0 : 0.05);
  const direction = random() < 0.1 ? 'shortonly' : 'both';
  // Lots that doubles hold exactly: of others vectorbt may leave one behind where a position is closed.
  const lots = random() < 0.15 ? pick(random, [1, 0.25]) : 0;
  return {
    kind: 'from_orders',
    name: `orders ${seed}`,
    options: {
      ...randomCosts(random),
      freq: '1d',
      cash_sharing: true,
      price_mode,
      direction,
      call_seq: random() < 0.75 ? 'auto' : 'default',
      size_type: 'targetpercent',
      ...(lots > 0 && { size_granularity: lots }),
    },
    inputs: { ...prices, targets: randomTargets(random, prices, direction === 'both') },
  };
}

/**
 * A stop case: entry and exit signals with stop-loss or trailing stop, take-profit, or several of them through
 * `from_signals`; one asset with all its cash or a size, or several assets that share cash.
 */
export function signalsInput(seed: number, real?: Bars): VectorbtInput {
  const random = randomStream(seed);
  const single = random() < 0.6;
  const wanted = single ? 1 : 2 + Math.floor(random() * 3);
  const prices = real ? windowOf(random, real, wanted, false) : randomPrices(random, wanted, 0.03);
  const [length, assets] = [prices.close.length, prices.close[0]!.length];
  const costs = randomCosts(random);
  const direction = pick(random, ['longonly', 'longonly', 'shortonly', 'both'] as const);
  const allCash = single && direction === 'longonly' && random() < 0.7;
  // A size in shares or money is a weight at the close that decides it; at the next open only all cash is.
  const price_mode = allCash && random() < 0.5 ? 'next_open_shifted' : 'close';
  const byValue = random() < 0.5;
  // With several assets vectorbt may put the cover of a stopped short behind other buys: there cash must not run out.
  const share = single || direction === 'longonly' ? 0.9 : 0.2;
  const money = (costs.init_cash * (0.05 + random() * share)) / assets;
  const size = byValue ? money : rounded(money / firstClose(prices), 100);
  const distance = (widest: number) => rounded(0.004 + random() * widest, 10_000);
  const [withStop, withProfit] = pick(random, [
    [true, false],
    [false, true],
    [true, true],
    [true, true],
  ] as const);
  return {
    kind: 'from_signals',
    name: `signals ${seed}`,
    options: {
      ...costs,
      freq: '1d',
      cash_sharing: !single,
      call_seq: single ? 'default' : 'auto',
      price_mode,
      direction,
      size: allCash ? 'inf' : size,
      size_type: !allCash && byValue ? 'value' : 'amount',
      accumulate: false,
      stop_entry_price: random() < 0.5 ? 'close' : 'fillprice',
      stop_exit_price: random() < 0.5 ? 'stoplimit' : 'stopmarket',
      upon_stop_exit: 'close',
      ...(withStop && { sl_stop: distance(0.1), sl_trail: random() < 0.5 }),
      ...(withProfit && { tp_stop: distance(0.12) }),
    },
    inputs: {
      ...prices,
      ...randomSignals(random, length, assets),
    },
  };
}

const firstClose = ({ close }: Prices) => close.flat().find((price) => price !== null)!;

function randomCosts(random: Random) {
  return {
    fees: pick(random, [0, 0, 0.001, 0.01]),
    fixed_fees: pick(random, [0, 0, 0, 1.5]),
    slippage: pick(random, [0, 0, 0.0005, 0.005]),
    init_cash: pick(random, [1_000, 10_000, 1_000_000]),
  };
}

/** Bars with gaps, wild ones and coarse ones; in a third of the cases some are missing. */
function randomPrices(random: Random, assets: number, missing: number): Prices {
  const length = 12 + Math.floor(random() * 60);
  const wild = random() < 0.3 ? 0.12 : 0.02;
  const digits = random() < 0.3 ? 1 : 1_000;
  const gone = assets > 1 && random() < 1 / 3 ? missing : 0;
  const prices: Prices = { open: [], high: [], low: [], close: [] };
  const latest = Array.from({ length: assets }, () => 20 + random() * 180);
  for (let t = 0; t < length; t++) {
    for (const column of Object.values(prices)) column.push([]);
    for (let a = 0; a < assets; a++) {
      const move = () => 1 + (random() - 0.5) * 2 * wild;
      const open = rounded(random() < 0.3 ? latest[a]! * move() : latest[a]!, digits);
      const close = rounded(open * move(), digits);
      const high = Math.max(open, close, rounded(Math.max(open, close) * (1 + random() * wild), digits));
      const low = Math.min(open, close, rounded(Math.min(open, close) * (1 - random() * wild), digits));
      latest[a] = close;
      const absent = random() < gone;
      for (const [name, price] of Object.entries({ open, high, low, close })) {
        prices[name as keyof Prices][t]!.push(absent ? null : price);
      }
    }
  }
  return prices;
}

/** Some of the assets of real bars over a window, in which each has a bar at its end, or everywhere where asked so. */
function windowOf(random: Random, bars: Bars, wanted: number, whole: boolean): Prices {
  const length = Math.min(bars.length, 60 + Math.floor(random() * 120));
  let from: number;
  let alive: number[];
  do {
    from = Math.floor(random() * (bars.length - length + 1));
    alive = bars.symbols.flatMap((_, a) => {
      const close = bars.close.subarray(a * bars.length + from, a * bars.length + from + length);
      return Number.isNaN(close.at(-1)) || (whole && close.some(Number.isNaN)) ? [] : [a];
    });
  } while (alive.length === 0);
  const chosen = new Set<number>();
  while (chosen.size < Math.min(wanted, alive.length)) chosen.add(pick(random, alive));
  const column = (values: Float64Array) =>
    Array.from({ length }, (_, t) =>
      [...chosen].map((a) => {
        const price = values[a * bars.length + from + t]!;
        return Number.isNaN(price) ? null : price;
      }),
    );
  return {
    open: column(bars.open),
    high: column(bars.high),
    low: column(bars.low),
    close: column(bars.close),
  };
}

function randomTargets(random: Random, { close }: Prices, bothSides: boolean): Targets {
  const density = pick(random, [0.03, 0.1, 0.3, 1]);
  const absent = pick(random, [0, 0, 0.5]);
  const zero = pick(random, [0, 0.3]);
  const shorts = bothSides && random() < 0.35;
  const total = pick(random, [0.4, 0.95, 1, 1, 1.3, 2]);
  return close.map((row, t) => {
    const nothing = row.map((): number | null => null);
    if (t > 0 && random() > density) return nothing;
    const weights = nothing.map(() => {
      const kind = random();
      if (kind < absent) return null;
      return random() < zero ? 0 : random() * (shorts && random() < 0.5 ? -1 : 1);
    });
    const gross = weights.reduce<number>((sum, weight) => sum + Math.abs(weight ?? 0), 0);
    return weights.map((weight) => (weight === null || gross === 0 ? weight : (weight / gross) * total));
  });
}

function randomSignals(random: Random, length: number, assets: number) {
  const [entry, exit] = pick(random, [
    [0.05, 0.02],
    [0.2, 0.1],
    [0.5, 0.05],
    [1, 0],
  ] as const);
  const rows = (share: number) =>
    Array.from({ length }, () => Array.from({ length: assets }, () => random() < share));
  return { entries: rows(entry), exits: rows(exit) };
}
