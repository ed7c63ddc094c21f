import type { FillModel } from '../../src/core/fill-model.ts';
import { type InstructionRow, instructionMatrix } from '../../src/core/instructions.ts';
import type { RunConfig, StopRule } from '../../src/core/run-config.ts';
import { barsOf, type Ohlc } from './bars.ts';
import { configOf } from './config.ts';
import { accountFill, type NautilusCase, SIZE_PRECISION } from './nautilus-cases.ts';

/** [bar, asset, reason, quantity, price] */
export type RuleFill = readonly [number, number, string, number, number];

/** One known difference of docs/engines.md, with a case that shows it: what each engine does, by hand. */
export interface NautilusRule {
  readonly id: string;
  readonly says: string;
  readonly given: NautilusCase;
  /** Settings of `run_instructions.py` besides the case: its own choice is the one that agrees. */
  readonly choice: Readonly<Record<string, unknown>>;
  readonly ours: readonly RuleFill[];
  /** By release; `endedAt` is the last bar where the engine gave up before the end. */
  readonly theirs: Readonly<
    Record<string, { readonly fills: readonly RuleFill[]; readonly endedAt?: number }>
  >;
}

interface Given {
  readonly account?: 'cash' | 'margin';
  readonly bars: Readonly<Record<string, readonly Ohlc[]>>;
  readonly rows: readonly (readonly [bar: number, weights: readonly number[], stops?: Partial<StopRule>])[];
  readonly config?: Partial<Omit<RunConfig, 'stops' | 'fill'>>;
  readonly fill?: Partial<FillModel>;
}

const ABSENT = Number.NaN;

function given({ account = 'cash', bars, rows, config, fill }: Given): NautilusCase {
  const matrixRows = rows.map(([bar, weights, stops]): InstructionRow => {
    const column = (name: keyof StopRule) => weights.map(() => stops?.[name] ?? ABSENT);
    return {
      bar,
      weights,
      stops: {
        stopLoss: column('stopLoss'),
        trailingStop: column('trailingStop'),
        takeProfit: column('takeProfit'),
      },
    };
  });
  return {
    name: '',
    account,
    bars: barsOf(bars),
    rows: matrixRows,
    matrix: instructionMatrix(matrixRows),
    config: configOf({
      preset: 'nautilus',
      fill: { ...accountFill(account), ...fill },
      lotSize: 10 ** -SIZE_PRECISION,
      maxLeverage: account === 'margin' ? 1000 : 1,
      ...config,
    }),
  };
}

const flat = (price: number): Ohlc => [price, price, price, price];
const both = (fills: readonly RuleFill[], endedAt?: number) => ({
  '1.231.0': { fills, ...(endedAt === undefined ? {} : { endedAt }) },
  '1.221.0': { fills, ...(endedAt === undefined ? {} : { endedAt }) },
});
const PRICES = [flat(100), flat(97), flat(97), flat(98)];

export const NAUTILUS_RULES: readonly NautilusRule[] = [
  {
    id: 'N1',
    says: 'up to 1.221.0 a stop that the open gaps through fills at its trigger price',
    given: given({ bars: { A: [flat(100), [90, 91, 89, 90]] }, rows: [[0, [0.5], { stopLoss: 0.05 }]] }),
    choice: {},
    ours: [
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'stop_loss', -50, 90],
    ],
    theirs: {
      '1.231.0': {
        fills: [
          [0, 0, 'rebalance', 50, 100],
          [1, 0, 'stop_loss', -50, 90],
        ],
      },
      '1.221.0': {
        fills: [
          [0, 0, 'rebalance', 50, 100],
          [1, 0, 'stop_loss', -50, 95],
        ],
      },
    },
  },
  {
    id: 'N2',
    says: 'a cash account that a fee takes below zero ends the backtest; we refuse the order',
    given: given({
      bars: { A: PRICES },
      rows: [
        [0, [1]],
        [2, [0.5]],
      ],
      config: { feeRate: 0.001 },
    }),
    choice: {},
    ours: [[2, 0, 'rebalance', 51.546, 97]],
    theirs: both([], 0),
  },
  {
    id: 'N3',
    says: 'with bars alone no market order is checked against the cash: what it cannot pay ends the backtest',
    given: given({
      bars: { A: PRICES, B: PRICES },
      rows: [
        [0, [1, ABSENT]],
        [1, [ABSENT, 1]],
        [2, [0, ABSENT]],
      ],
    }),
    choice: { closingTrades: false },
    ours: [
      [0, 0, 'rebalance', 100, 100],
      [2, 0, 'flatten', -100, 97],
    ],
    theirs: both([[0, 0, 'rebalance', 100, 100]], 1),
  },
  {
    id: 'N4',
    says: 'by default all orders of a batch are checked before any of them fills: a sell does not pay for a buy',
    given: given({
      bars: { A: PRICES, B: PRICES },
      rows: [
        [0, [1, ABSENT]],
        [1, [0, 1]],
      ],
    }),
    choice: { messageQueue: true },
    ours: [
      [0, 0, 'rebalance', 100, 100],
      [1, 0, 'flatten', -100, 97],
      [1, 1, 'rebalance', 100, 97],
    ],
    theirs: both([
      [0, 0, 'rebalance', 100, 100],
      [1, 0, 'flatten', -100, 97],
    ]),
  },
  {
    id: 'N5',
    says: 'of a stop-market and a trailing stop that one price passes, the looser fills',
    given: given({
      bars: { A: [flat(100), [100, 100, 90, 92]] },
      rows: [[0, [0.5], { stopLoss: 0.05, trailingStop: 0.03 }]],
    }),
    choice: { separateStops: true },
    ours: [
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'trailing_stop', -50, 97],
    ],
    theirs: both([
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'stop_loss', -50, 95],
    ]),
  },
  {
    id: 'N6',
    says: 'triggered by the last price, a trailing stop is one price of the bar behind',
    given: given({
      bars: { A: [flat(100), [106, 120, 105, 112], flat(112)] },
      rows: [[0, [0.5], { trailingStop: 0.1 }]],
    }),
    choice: { trailingTrigger: 'LAST_PRICE' },
    ours: [
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'trailing_stop', -50, 108],
    ],
    theirs: both([[0, 0, 'rebalance', 50, 100]]),
  },
  {
    id: 'N7',
    says: 'a stop whose level is in the market when it is sent is refused; ours exits on the next bar',
    given: given({
      bars: { A: [flat(100), flat(90), flat(90), flat(90)] },
      rows: [
        [0, [0.5]],
        [1, [0.5], { stopLoss: 0.05 }],
      ],
    }),
    choice: {},
    ours: [
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'rebalance', 2.777, 90],
      [2, 0, 'stop_loss', -52.777, 90],
    ],
    theirs: both([
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'rebalance', 2.777, 90],
    ]),
  },
  {
    id: 'N7',
    says: 'a take-profit whose level is in the market when it is sent fills at once',
    given: given({
      bars: { A: [flat(100), flat(120), flat(90)] },
      rows: [
        [0, [0.5]],
        [1, [0.4], { takeProfit: 0.05 }],
      ],
    }),
    choice: {},
    ours: [
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'rebalance', -13.333, 120],
    ],
    theirs: both([
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'rebalance', -13.333, 120],
      [1, 0, 'take_profit', -36.667, 120],
    ]),
  },
  {
    id: 'N8',
    says: 'a margin account without equity goes on; ruin: close closes all positions',
    given: given({
      account: 'margin',
      bars: { A: [flat(100), flat(300), flat(100)] },
      rows: [[0, [-1]]],
      fill: { ruin: 'close' },
    }),
    choice: {},
    ours: [
      [0, 0, 'rebalance', -100, 100],
      [1, 0, 'ruin', 100, 300],
    ],
    theirs: both([[0, 0, 'rebalance', -100, 100]]),
  },
  {
    id: 'N9',
    says: 'without a bar a market order fills at the last price there was',
    given: given({ bars: { A: [flat(100), null, flat(80)] }, rows: [[1, [0.5]]] }),
    choice: { waitForBar: false },
    ours: [[2, 0, 'rebalance', 62.5, 80]],
    theirs: both([[1, 0, 'rebalance', 50, 100]]),
  },
  {
    id: 'N10',
    says: 'its own slippage is one tick on every fill, limit orders included',
    given: given({
      bars: { A: [flat(100), [100, 102, 100, 101]] },
      rows: [[0, [0.5], { takeProfit: 0.005 }]],
      config: { slippage: 0.0001 },
    }),
    choice: { slippage: 0, slipOneTick: true, pricePrecision: 2 },
    ours: [
      [0, 0, 'rebalance', 50, 100.01],
      [1, 0, 'take_profit', -50, 100.51005],
    ],
    theirs: both([
      [0, 0, 'rebalance', 50, 100.01],
      [1, 0, 'take_profit', -50, 100.5],
    ]),
  },
  {
    id: 'N11',
    says: 'a fill larger than a quarter of the bar takes the rest one tick worse',
    given: given({ bars: { A: PRICES }, rows: [[0, [0.5]]] }),
    choice: { volume: 80, closingTrades: false, pricePrecision: 2 },
    ours: [[0, 0, 'rebalance', 50, 100]],
    theirs: both([
      [0, 0, 'rebalance', 20, 100],
      [0, 0, 'rebalance', 30, 100.01],
    ]),
  },
  {
    id: 'N12',
    says: 'up to 1.221.0 a stop leaves its level behind as the price, where the bar closes at its low',
    given: given({
      account: 'margin',
      bars: { A: [flat(100), [100, 101, 90, 90]] },
      rows: [
        [0, [0.5], { stopLoss: 0.05 }],
        [1, [-0.4]],
      ],
    }),
    choice: { closingTrades: false },
    ours: [
      [0, 0, 'rebalance', 50, 100],
      [1, 0, 'stop_loss', -50, 95],
      [1, 0, 'rebalance', -43.333, 90],
    ],
    theirs: {
      '1.231.0': {
        fills: [
          [0, 0, 'rebalance', 50, 100],
          [1, 0, 'stop_loss', -50, 95],
          [1, 0, 'rebalance', -43.333, 90],
        ],
      },
      '1.221.0': {
        fills: [
          [0, 0, 'rebalance', 50, 100],
          [1, 0, 'stop_loss', -50, 95],
          [1, 0, 'rebalance', -43.333, 95],
        ],
      },
    },
  },
  {
    id: 'N13',
    says: 'up to 1.221.0 a cash account with a base currency refuses a sell above its free cash',
    given: given({
      bars: { A: PRICES },
      rows: [
        [0, [0.8]],
        [1, [0]],
      ],
    }),
    choice: { baseCurrency: true },
    ours: [
      [0, 0, 'rebalance', 80, 100],
      [1, 0, 'flatten', -80, 97],
    ],
    theirs: {
      '1.231.0': {
        fills: [
          [0, 0, 'rebalance', 80, 100],
          [1, 0, 'flatten', -80, 97],
        ],
      },
      '1.221.0': { fills: [[0, 0, 'rebalance', 80, 100]] },
    },
  },
  {
    id: 'N14',
    says: 'an order above the cash by less than a part in 1e9 is refused; we execute it',
    given: given({
      bars: { A: [flat(100), flat(100)], B: [flat(50), flat(50.000000002)] },
      rows: [
        [0, [1, ABSENT]],
        [1, [0.49999999995, 0.50000000005]],
      ],
    }),
    choice: {},
    ours: [
      [0, 0, 'rebalance', 100, 100],
      [1, 0, 'rebalance', -50, 100],
      [1, 1, 'rebalance', 100, 50.000000002],
    ],
    theirs: both([
      [0, 0, 'rebalance', 100, 100],
      [1, 0, 'rebalance', -50, 100],
    ]),
  },
];
