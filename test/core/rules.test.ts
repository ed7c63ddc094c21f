import { describe, expect, test } from 'vitest';
import { runEvents } from '../../src/core/event-engine.ts';
import type { FillModel } from '../../src/core/fill-model.ts';
import { type InstructionRow, instructionMatrix } from '../../src/core/instructions.ts';
import { barsOf, flatBars, type Ohlc } from '../support/bars.ts';
import { configOf } from '../support/config.ts';
import { type Fill, runBoth } from '../support/run-both.ts';

// Every expected number below is worked out by hand; both engines run every case.

const LONG: InstructionRow[] = [{ bar: 0, weights: [1] }];
const SHORT: InstructionRow[] = [{ bar: 0, weights: [-1] }];

/** Fills rounded to 9 digits, so that hand-written decimals can be compared. */
function rounded(fills: readonly Fill[]) {
  return fills.map(([bar, symbol, quantity, price, reason]) => [
    bar,
    symbol,
    Number(quantity.toPrecision(9)),
    Number(price.toPrecision(9)),
    reason,
  ]);
}

/** One asset, bought with all cash at 100 on the first close, then the given bars: what exits it? */
function exitOf(
  rows: InstructionRow[],
  after: Ohlc[],
  stops: { stopLoss?: number; trailingStop?: number; takeProfit?: number },
  fill: Partial<FillModel> = {},
  slippage = 0,
) {
  const bars = barsOf({ A: [[100, 100, 100, 100], ...after] });
  const config = configOf({ stops, slippage, fill: { execution: 'close', ...fill } });
  const [, exit] = rounded(runBoth(bars, rows, config).fills);
  return exit && [exit[0], exit[3], exit[4]];
}

describe('stop-loss, trailing stop and take-profit', () => {
  const SL = { stopLoss: 0.05 };
  const TSL = { trailingStop: 0.1 };
  const TP = { takeProfit: 0.1 };

  test('a low that touches the level exits at the level, one tick above does not', () => {
    expect(exitOf(LONG, [[99, 99, 95, 98]], SL)).toEqual([1, 95, 'stop_loss']);
    expect(exitOf(LONG, [[99, 99, 95.01, 98]], SL)).toBeUndefined();
  });

  test('an open at or beyond the level is a gap and exits at the open', () => {
    expect(exitOf(LONG, [[93, 99, 92, 98]], SL)).toEqual([1, 93, 'stop_loss']);
    expect(exitOf(LONG, [[95, 99, 92, 98]], SL)).toEqual([1, 95, 'stop_loss']);
  });

  test('a short mirrors the levels', () => {
    expect(exitOf(SHORT, [[101, 105, 101, 104]], SL)).toEqual([1, 105, 'stop_loss']);
    expect(exitOf(SHORT, [[107, 108, 101, 104]], SL)).toEqual([1, 107, 'stop_loss']);
    expect(exitOf(SHORT, [[99, 99, 89, 91]], TP)).toEqual([1, 90, 'take_profit']);
    // The lowest low of bar 1 is 80: 80 · 1.1 = 88.
    expect(
      exitOf(
        SHORT,
        [
          [99, 99, 80, 85],
          [85, 89, 84, 86],
        ],
        TSL,
      ),
    ).toEqual([2, 88, 'trailing_stop']);
  });

  test('the peak of a bar moves the trailing stop from the next bar on', () => {
    // High 130 on bar 1 gives 117, which the low of 100 of the same bar does not feel.
    expect(
      exitOf(
        LONG,
        [
          [105, 130, 100, 128],
          [126, 127, 116, 118],
        ],
        TSL,
      ),
    ).toEqual([2, 117, 'trailing_stop']);
  });

  test('under `trailingPeak: this_bar` the peak of the bar counts at once', () => {
    const fill = { trailingPeak: 'this_bar', intrabar: 'path' } as const;
    expect(exitOf(LONG, [[105, 130, 100, 128]], TSL, fill)).toEqual([1, 117, 'trailing_stop']);
    // A short's low of 80 gives 88, which the close of 90 is beyond.
    expect(exitOf(SHORT, [[99, 99, 80, 90]], TSL, fill)).toEqual([1, 88, 'trailing_stop']);
    expect(exitOf(SHORT, [[99, 99, 80, 87]], TSL, fill)).toBeUndefined();
  });

  test('of stop-loss and trailing stop the tighter acts, the stop-loss if they are tied', () => {
    expect(exitOf(LONG, [[99, 99, 90, 95]], { stopLoss: 0.05, trailingStop: 0.08 })).toEqual([
      1,
      95,
      'stop_loss',
    ]);
    expect(exitOf(LONG, [[99, 99, 90, 95]], { stopLoss: 0.08, trailingStop: 0.05 })).toEqual([
      1,
      95,
      'trailing_stop',
    ]);
    expect(exitOf(LONG, [[99, 99, 90, 95]], { stopLoss: 0.05, trailingStop: 0.05 })).toEqual([
      1,
      95,
      'stop_loss',
    ]);
  });

  test('when a bar reaches both sides the stop comes first, on a path the high', () => {
    const both = { stopLoss: 0.05, takeProfit: 0.1 };
    const bar: Ohlc = [100, 115, 90, 100];
    expect(exitOf(LONG, [bar], both)).toEqual([1, 95, 'stop_loss']);
    expect(exitOf(LONG, [bar], both, { intrabar: 'path' })).toEqual([1, 110, 'take_profit']);
    expect(exitOf(SHORT, [bar], both, { intrabar: 'path' })).toEqual([1, 105, 'stop_loss']);
  });

  test("on a path, an open below a short's lowest price moves its trailing stop before the high", () => {
    // Open 80: the stop stands at 88 when the high comes; the low of 79 and the close of 85 would not reach 86.9.
    const path = { intrabar: 'path', trailingPeak: 'this_bar' } as const;
    expect(exitOf(SHORT, [[80, 90, 79, 85]], TSL, path)).toEqual([1, 88, 'trailing_stop']);
    expect(exitOf(SHORT, [[80, 87, 79, 85]], TSL, path)).toBeUndefined();
    expect(exitOf(SHORT, [[80, 90, 79, 85]], TSL, { intrabar: 'path' })).toBeUndefined();
  });

  test('a gap through the take-profit fills at its limit, or at the open under `tpGap: open`', () => {
    expect(exitOf(LONG, [[120, 125, 118, 121]], TP)).toEqual([1, 110, 'take_profit']);
    expect(exitOf(LONG, [[120, 125, 118, 121]], TP, { tpGap: 'open' })).toEqual([1, 120, 'take_profit']);
  });

  test('a gap through the take-profit comes before the stop, except for `sl_first_even_after_tp_gap`', () => {
    const both = { stopLoss: 0.05, takeProfit: 0.1 };
    expect(exitOf(LONG, [[120, 125, 90, 95]], both, { tpGap: 'open' })).toEqual([1, 120, 'take_profit']);
    const vectorbt = { tpGap: 'open', intrabar: 'sl_first_even_after_tp_gap' } as const;
    expect(exitOf(LONG, [[120, 125, 90, 95]], both, vectorbt)).toEqual([1, 95, 'stop_loss']);
  });

  test('slippage is paid on market exits only', () => {
    // Bought at 101 under 1 % slippage: the base. SL 95.95, TP 111.1; exits 1 % lower where they are market orders.
    const bar: Ohlc = [100, 100, 90, 95];
    expect(exitOf(LONG, [bar], SL, {}, 0.01)).toEqual([1, 94.9905, 'stop_loss']);
    expect(exitOf(LONG, [bar], SL, { stopFill: 'limit' }, 0.01)).toEqual([1, 95.95, 'stop_loss']);
    expect(exitOf(LONG, [[100, 120, 100, 119]], TP, {}, 0.01)).toEqual([1, 111.1, 'take_profit']);
    expect(exitOf(LONG, [[100, 120, 100, 119]], TP, { tpFill: 'market' }, 0.01)).toEqual([
      1,
      109.989,
      'take_profit',
    ]);
  });

  test('`stopBase: close` measures from the close, not from the fill', () => {
    expect(exitOf(LONG, [[100, 100, 90, 95]], SL, { stopBase: 'close', stopFill: 'limit' }, 0.01)).toEqual([
      1,
      95,
      'stop_loss',
    ]);
  });

  test('a position opened at the open is tested on that bar, unless `entryBar: never`', () => {
    const bars = barsOf({
      A: [
        [100, 100, 100, 100],
        [100, 101, 90, 97],
        [97, 98, 96, 97],
      ],
    });
    const run = (fill: Partial<FillModel>) =>
      rounded(runBoth(bars, LONG, configOf({ stops: SL, fill })).fills).slice(1);
    expect(run({})).toEqual([[1, 'A', -100, 95, 'stop_loss']]);
    expect(run({ entryBar: 'never' })).toEqual([]);
  });
});

describe('stops and instructions on one bar', () => {
  const bars = barsOf({
    A: [
      [100, 100, 100, 100],
      [100, 101, 99, 100],
      [90, 92, 88, 91],
      [91, 93, 90, 92],
    ],
  });
  const rows = [
    { bar: 0, weights: [1] },
    { bar: 1, weights: [0.5] },
  ];
  const run = (onConflict: FillModel['onConflict']) =>
    rounded(runBoth(bars, rows, configOf({ stops: { stopLoss: 0.05 }, fill: { onConflict } })).fills).slice(
      1,
    );

  test('`instruction`: it replaces the exit of the gap, one net order, and re-arms the stop', () => {
    // Half of 9,000 at 90 are 50 shares; the stop that would be triggered is measured from 90 on: 85.5.
    expect(run('instruction')).toEqual([[2, 'A', -50, 90, 'rebalance']]);
  });

  test('`both`: exit, then instruction', () => {
    expect(run('both')).toEqual([
      [2, 'A', -100, 90, 'stop_loss'],
      [2, 'A', 50, 90, 'rebalance'],
    ]);
  });

  test('`stop_only`: the stop drops the instruction', () => {
    expect(run('stop_only')).toEqual([[2, 'A', -100, 90, 'stop_loss']]);
  });
});

describe('the base of a position that grows', () => {
  // 40 shares at 100, then 80 % of 12,000 - 40·... : see each case.
  const bars = flatBars({ A: [100, 100, 120, 120] });
  const rows = [
    { bar: 0, weights: [0.4] },
    { bar: 2, weights: [0.8] },
  ];
  const baseUnder = (onIncrease: FillModel['onIncrease']) => {
    const config = configOf({ stops: { stopLoss: 0.5 }, fill: { execution: 'close', onIncrease } });
    return runBoth(bars, rows, config).ledger.base[0]!;
  };

  test('averages by size, is set anew, or stays, as `onIncrease` says', () => {
    // V = 6,000 + 40·120 = 10,800; 80 % are 72 shares, 32 more at 120.
    expect(baseUnder('average')).toBeCloseTo((100 * 40 + 120 * 32) / 72, 12);
    expect(baseUnder('override')).toBe(120);
    expect(baseUnder('keep')).toBe(100);
  });
});

describe('a batch when cash is short', () => {
  const bars = flatBars({ A: [100, 100], B: [50, 50] });
  const rows = [{ bar: 0, weights: [0.6, 0.4] }];

  test('`scale` multiplies all buys by one factor', () => {
    const run = runBoth(bars, rows, configOf({ feeRate: 0.01, fill: { execution: 'close' } }));
    // 10,000 / (10,000 · 1.01) of 60 and of 80 shares.
    expect(rounded(run.fills)).toEqual([
      [0, 'B', Number((80 / 1.01).toPrecision(9)), 50, 'rebalance'],
      [0, 'A', Number((60 / 1.01).toPrecision(9)), 100, 'rebalance'],
    ]);
    expect(run.log.scaledBatches).toHaveLength(1);
    expect(run.log.scaledBatches[0]!.factor).toBeCloseTo(1 / 1.01, 14);
    expect(run.ledger.cash).toBe(0);
  });

  test('`partial` gives the last order what is left', () => {
    const fill = { execution: 'close', cash: 'partial' } as const;
    const run = runBoth(bars, rows, configOf({ feeRate: 0.01, fill }));
    // B costs 4,040; the 5,960 left buy 5,960 / 1.01 / 100 of A.
    expect(rounded(run.fills)).toEqual([
      [0, 'B', 80, 50, 'rebalance'],
      [0, 'A', Number((5960 / 101).toPrecision(9)), 100, 'rebalance'],
    ]);
  });

  test('`reject` denies the order that costs too much', () => {
    const fill = { execution: 'close', cash: 'reject' } as const;
    const run = runBoth(bars, rows, configOf({ feeRate: 0.01, fill }));
    expect(rounded(run.fills)).toEqual([[0, 'B', 80, 50, 'rebalance']]);
    expect(run.log.rejections).toEqual([{ bar: 0, asset: 0, cause: 'no_cash' }]);
  });

  test('sells come first and pay for the buys; in column order the buys starve', () => {
    const flat = flatBars({ A: [100, 100], B: [100, 100] });
    const turn = [
      { bar: 0, weights: [0, 1] },
      { bar: 1, weights: [1, 0] },
    ];
    const run = (sequence: FillModel['sequence']) =>
      rounded(
        runBoth(flat, turn, configOf({ fill: { execution: 'close', cash: 'partial', sequence } })).fills,
      );
    expect(run('sells_first').slice(1)).toEqual([
      [1, 'B', -100, 100, 'flatten'],
      [1, 'A', 100, 100, 'rebalance'],
    ]);
    expect(run('column').slice(1)).toEqual([[1, 'B', -100, 100, 'flatten']]);
  });

  test('the part of a buy that covers a short is not scaled', () => {
    // Short 50 A at 100: cash 15,000. Then weight 1: V = 10,000; 150 shares to buy, 50 of them a cover of 5,050.
    // A = 15,000 − 5,050 = 9,950 against 100 · 101 = 10,100: λ = 0.985148…
    const flat = flatBars({ A: [100, 100] });
    const run = runBoth(
      flat,
      [
        { bar: 0, weights: [-0.5] },
        { bar: 1, weights: [1] },
      ],
      configOf({ feeRate: 0.01, fill: { execution: 'close' } }),
    );
    // The short's own fee of 50 comes off cash and equity: cash 14,950, V = 9,950, 99.5 + 50 shares.
    const wanted = 99.5 * 101;
    const available = 14_950 - 5_050;
    expect(run.log.scaledBatches[0]!.factor).toBeCloseTo(available / wanted, 12);
    expect(run.fills[1]![2]).toBeCloseTo(50 + 99.5 * (available / wanted), 9);
    expect(run.ledger.cash).toBe(0);
  });

  test('orders settle at once: all that is invested leaves no cash, not even what rounding would', () => {
    // 101, 103 and 107 divide no weight: without the rule some 1e-11 of either sign would be left.
    const always = (price: number) => [price, price, price, price, price];
    const bars = flatBars({ A: always(101), B: always(103), C: always(107), D: always(109), E: always(113) });
    const rows: InstructionRow[] = [
      { bar: 0, weights: [0.1, 0.2, 0.3, 0.15, 0.25] },
      { bar: 1, weights: [0.3, 0.1, 0.15, 0.25, 0.2] },
      { bar: 2, weights: [0.05, 0.35, 0.2, 0.3, 0.1] },
    ];
    const { ledger, log } = runBoth(bars, rows, configOf({ feeRate: 0.001, slippage: 0.0005 }));
    expect(ledger.totals.batchesScaled).toBe(3);
    expect(ledger.cash).toBe(0);
    // The log lists the orders sells first, all with the cash after the batch.
    expect([...log.cash.subarray(0, log.fills)]).toEqual(Array(log.fills).fill(0));
  });

  test('sums of a batch have two halves, of every other asset, and are added to cash last', () => {
    const shares = [1e3 / 3, 1e4 / 7, 1e5 / 9, 1e4 / 11, 1e5 / 13, 1e3 / 17, 1e4 / 19];
    const prices = [7 / 3, 3.3, 7.7, 1.1, 1 / 3, 0.7, 11.3];
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
    const bars = flatBars(Object.fromEntries(names.map((name, a) => [name, Array(4).fill(prices[a]!)])));
    const config = configOf({ cash: 1e6, minSize: 0 });
    const weights = shares.map((held, a) => (held * prices[a]!) / 1e6);
    const V: number[] = [];
    const matrix = instructionMatrix([
      { bar: 0, weights },
      { bar: 1, weights },
    ]);
    const { ledger } = runEvents(bars, matrix, config, {
      onEvent: (event) => event.type === 'RebalanceExecuted' && V.push(event.equity),
    });
    const worth = [...ledger.position].map((held, a) => held * prices[a]!);
    const half = (first: number) =>
      worth.filter((_, a) => a % 2 === first).reduce((sum, value) => sum + value, 0);
    expect(V[1]).toBe(ledger.cash + (half(0) + half(1)));
    const ascending = worth.reduce((sum, value) => sum + value, ledger.cash);
    expect(V[1]).not.toBe(ascending); // else these numbers would tell nothing
  });

  test('whole lots are bought, and a full exit sells what is there', () => {
    const run = runBoth(
      flatBars({ A: [300, 300] }),
      [
        { bar: 0, weights: [1] },
        { bar: 1, weights: [0] },
      ],
      configOf({ lotSize: 2, fill: { execution: 'close' } }),
    );
    // 10,000 / 300 = 33.3 → 32.
    expect(rounded(run.fills)).toEqual([
      [0, 'A', 32, 300, 'rebalance'],
      [1, 'A', -32, 300, 'flatten'],
    ]);
  });
});

describe('missing bars', () => {
  const bars = flatBars({ A: [100, null, null, 110, 110], B: [50, 50, 50, 50, 50] });
  const rows = [{ bar: 0, weights: [0.5, 0.5] }];

  test('an instruction waits for the next bar of its asset (`defer`) or is dropped (`skip`)', () => {
    const run = (missingBar: FillModel['missingBar']) =>
      runBoth(bars, rows, configOf({ fill: { missingBar } }));
    const waits = run('defer');
    expect(rounded(waits.fills)).toEqual([
      [1, 'B', 100, 50, 'rebalance'],
      [3, 'A', Number((5000 / 110).toPrecision(9)), 110, 'rebalance'],
    ]);
    expect(waits.ledger.totals.unexecuted).toBe(0);
    const drops = run('skip');
    expect(rounded(drops.fills)).toEqual([[1, 'B', 100, 50, 'rebalance']]);
    expect(drops.ledger.totals.unexecuted).toBe(1);
  });

  test('a newer cell replaces one that waits, an absent one does not', () => {
    const replaced = runBoth(bars, [...rows, { bar: 1, weights: [0.1, Number.NaN] }], configOf());
    expect(rounded(replaced.fills)[1]).toEqual([
      3,
      'A',
      Number((1000 / 110).toPrecision(9)),
      110,
      'rebalance',
    ]);
    expect(replaced.ledger.totals.unexecuted).toBe(1);
    const kept = runBoth(bars, [...rows, { bar: 1, weights: [Number.NaN, 0.5] }], configOf());
    expect(rounded(kept.fills)[1]).toEqual([3, 'A', Number((5000 / 110).toPrecision(9)), 110, 'rebalance']);
  });

  test('an instruction decided on the last bar is never due at an open', () => {
    const run = runBoth(bars, [{ bar: 4, weights: [0.5, 0.5] }], configOf());
    expect(run.fills).toEqual([]);
    expect(run.ledger.totals.unexecuted).toBe(2);
  });
});

describe('ruin', () => {
  const bars = flatBars({ A: [100, 100, 250, 100, 100] });
  const rows = [
    { bar: 0, weights: [-1] },
    { bar: 3, weights: [0.5] },
  ];

  test('closes everything at the last close, and nothing trades again', () => {
    const run = runBoth(bars, rows, configOf({ slippage: 0.01, fill: { execution: 'close' } }));
    // 100 shares sold at 99: cash 19,900. On bar 2 they cost 25,000: bought back at 252.50.
    expect(rounded(run.fills)).toEqual([
      [0, 'A', -100, 99, 'rebalance'],
      [2, 'A', 100, 252.5, 'ruin'],
    ]);
    expect([...run.equity]).toEqual([9_900, 9_900, 19_900 - 25_250, -5_350, -5_350]);
    expect(run.ledger.totals.unexecuted).toBe(1);
  });

  test('`ignore` leaves the short open', () => {
    const run = runBoth(bars, rows.slice(0, 1), configOf({ fill: { execution: 'close', ruin: 'ignore' } }));
    expect([...run.equity]).toEqual([10_000, 10_000, -5_000, 10_000, 10_000]);
  });
});

describe('what a run adds up', () => {
  test('round trips count from flat to flat after fees, a flip ends one', () => {
    const run = runBoth(
      flatBars({ A: [100, 110, 90, 95] }),
      [
        { bar: 0, weights: [0.5] },
        { bar: 1, weights: [-0.5] },
        { bar: 2, weights: [0] },
      ],
      configOf({ fill: { execution: 'close' } }),
    );
    // Long 50 from 100 to 110: +500. V = 10,500: short 5,250 / 110 from 110 to 90.
    expect(run.ledger.totals).toMatchObject({ orders: 3, roundTrips: 2, wins: 2, grossLoss: 0 });
    expect(run.ledger.totals.grossProfit).toBeCloseTo(500 + (5_250 / 110) * 20, 8);
  });

  test('a weight of leverage 2 borrows, and the highest gross leverage is kept', () => {
    const run = runBoth(
      flatBars({ A: [100, 80, 120] }),
      [{ bar: 0, weights: [2] }],
      configOf({ maxLeverage: 2, fill: { execution: 'close' } }),
    );
    // 200 shares, cash −10,000: at 80 equity is 6,000 on 16,000.
    expect([...run.equity]).toEqual([10_000, 6_000, 14_000]);
    expect(run.ledger.totals.maxGrossLeverage).toBeCloseTo(16_000 / 6_000, 12);
    expect(run.ledger.totals.barsExposed).toBe(3);
  });
});
