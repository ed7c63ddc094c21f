import type { VectorbtInput, VectorbtOutcome } from './vectorbt-cases.ts';

/** Bar, side and size of an order. */
type ShortOrder = readonly [bar: number, side: 'buy' | 'sell', size: number];

/** A rule of docs/engines.md as the smallest case in which the two part, both sides worked out by hand. */
export interface VectorbtRule {
  readonly id: string;
  readonly says: string;
  readonly input: VectorbtInput;
  readonly theirs: readonly ShortOrder[];
  readonly ours: readonly ShortOrder[];
  /** Cash after the last bar, in the simulation and as vectorbt reports it. */
  readonly theirCash: readonly [simulated: number, reported: number];
  readonly ourCash: number;
}

const FREE = {
  fees: 0,
  fixed_fees: 0,
  slippage: 0,
  init_cash: 1_000_000,
  freq: '1d',
  price_mode: 'close',
} as const;
/** Bars of one price each, a row a bar. */
const flat = (prices: number[][]) => ({ open: prices, high: prices, low: prices, close: prices });
const orders = (
  name: string,
  prices: number[][],
  targets: (number | null)[][],
  options: { init_cash?: number; fixed_fees?: number; size_granularity?: number },
): VectorbtInput => ({
  kind: 'from_orders',
  name,
  options: {
    ...FREE,
    cash_sharing: true,
    direction: 'both',
    call_seq: 'auto',
    size_type: 'targetpercent',
    ...options,
  },
  inputs: { ...flat(prices), targets },
});

export const VECTORBT_RULES: readonly VectorbtRule[] = [
  {
    id: 'V1',
    says: 'a sell of 0.1 at 10 is worth 1, less than its fee of 1.5: refused there, filled here',
    input: orders('V1', [[100], [10]], [[0.01], [0]], { init_cash: 1_000, fixed_fees: 1.5 }),
    theirs: [[0, 'buy', 0.1]],
    theirCash: [988.5, 988.5],
    ours: [
      [0, 'buy', 0.1],
      [1, 'sell', 0.1],
    ],
    ourCash: 988,
  },
  {
    id: 'V2',
    says: 'a stop covers a short of 1 at 300 with a cash of 200: two thirds there, all here',
    input: {
      kind: 'from_signals',
      name: 'V2',
      options: {
        ...FREE,
        init_cash: 100,
        cash_sharing: true,
        call_seq: 'auto',
        direction: 'shortonly',
        size: 1,
        size_type: 'amount',
        accumulate: false,
        stop_entry_price: 'close',
        stop_exit_price: 'stopmarket',
        upon_stop_exit: 'close',
        sl_stop: 0.5,
      },
      inputs: { ...flat([[100], [300]]), entries: [[true], [false]], exits: [[false], [false]] },
    },
    theirs: [
      [0, 'sell', 1],
      [1, 'buy', 2 / 3],
    ],
    theirCash: [0, 0],
    ours: [
      [0, 'sell', 1],
      [1, 'buy', 1],
    ],
    ourCash: -100,
  },
  {
    id: 'V8',
    says: 'a million from one asset buys whole lots of another at 0.0003, 0.0001 is left: 0 to both simulations, kept in the report',
    input: orders(
      'V8',
      [
        [1, 0.0003],
        [1, 0.0003],
      ],
      [
        [1, null],
        [0, 1],
      ],
      { size_granularity: 1 },
    ),
    theirs: [
      [0, 'buy', 1_000_000],
      [1, 'sell', 1_000_000],
      [1, 'buy', 3_333_333_333],
    ],
    theirCash: [0, 0.0001],
    ours: [
      [0, 'buy', 1_000_000],
      [1, 'sell', 1_000_000],
      [1, 'buy', 3_333_333_333],
    ],
    ourCash: 0,
  },
  {
    id: 'V9',
    says: '0.0004 of a position of a million, less than a part in 1e9: bought there, left here',
    input: orders('V9', [[1], [1]], [[0.5], [0.5000000002]], { init_cash: 2_000_000 }),
    theirs: [
      [0, 'buy', 1_000_000],
      [1, 'buy', 0.0004],
    ],
    theirCash: [999_999.9996, 999_999.9996],
    ours: [[0, 'buy', 1_000_000]],
    ourCash: 1_000_000,
  },
];

/** An outcome as the rules write it, numbers to ten digits of the initial cash. */
export function shortOutcome({ orders, simulated, cash }: VectorbtOutcome) {
  const rounded = (value: number) => Math.round(value * 1e8) / 1e8 + 0;
  return {
    orders: orders.map(({ idx, side, size }): ShortOrder => [idx, side, rounded(size)]),
    cash: [simulated!.cash.at(-1)!, cash.at(-1)!].map(rounded),
  };
}

/** What a rule expects, as `shortOutcome` writes it. */
export function expectedOutcome(side: readonly ShortOrder[], cash: readonly number[]) {
  const rounded = (value: number) => Math.round(value * 1e8) / 1e8;
  return { orders: side.map(([bar, way, size]) => [bar, way, rounded(size)]), cash: cash.map(rounded) };
}
