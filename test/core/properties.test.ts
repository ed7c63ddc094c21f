import { expect, test } from 'vitest';
import { type Bars, barsOver } from '../../src/core/bars.ts';
import { runEvents, type Simulation } from '../../src/core/event-engine.ts';
import { REASONS, TAKE_PROFIT } from '../../src/core/execution/stops.ts';
import { type InstructionMatrix, instructionMatrix } from '../../src/core/instructions.ts';
import type { RunConfig } from '../../src/core/run-config.ts';
import { randomStream } from '../support/random.ts';
import { randomRun } from '../support/random-run.ts';

const CASES = 1_000;

/** A copy of bars whose prices after `bar` are multiplied by a random factor each. */
function withOtherFuture(bars: Bars, bar: number, seed: number): Bars {
  const random = randomStream(seed);
  const buffer = bars.buffer.slice(0) as SharedArrayBuffer;
  const copy = barsOver(buffer, bars.symbols, bars.length);
  for (let a = 0; a < bars.symbols.length; a++) {
    const factor = 0.5 + random();
    for (let i = a * bars.length + bar + 1; i < (a + 1) * bars.length; i++) {
      for (const column of [copy.open, copy.high, copy.low, copy.close, copy.lastClose]) {
        column[i] = column[i]! * factor;
      }
    }
  }
  return copy;
}

/** All fills up to and including a bar, with everything that is logged of them. */
function fillsUpTo({ log }: Simulation, bar: number) {
  const fills = [];
  for (let i = 0; i < log.fills && log.bar[i]! <= bar; i++) {
    fills.push([log.bar[i], log.asset[i], log.quantity[i], log.fillPrice[i], log.reason[i], log.cash[i]]);
  }
  return fills;
}

test('changing later bars changes no earlier order and no earlier equity (no look-ahead)', () => {
  for (let seed = 0; seed < CASES; seed++) {
    const { bars, matrix, config } = randomRun(seed);
    const bar = Math.floor(bars.length * (0.2 + 0.6 * randomStream(seed + 1)()));
    const past = runEvents(bars, matrix, config);
    const other = runEvents(withOtherFuture(bars, bar, seed), matrix, config);
    expect(fillsUpTo(other, bar), `seed ${seed}`).toEqual(fillsUpTo(past, bar));
    expect([...other.equity.subarray(0, bar + 1)]).toEqual([...past.equity.subarray(0, bar + 1)]);
  }
});

/** The same run with its assets in reverse order. */
function reversed(bars: Bars, matrix: InstructionMatrix): { bars: Bars; matrix: InstructionMatrix } {
  const { length } = bars;
  const assets = bars.symbols.length;
  const copy = barsOver(bars.buffer.slice(0) as SharedArrayBuffer, bars.symbols.toReversed(), length);
  for (const name of ['open', 'high', 'low', 'close', 'volume', 'lastClose'] as const) {
    for (let a = 0; a < assets; a++) {
      const from = (assets - 1 - a) * length;
      copy[name].set(bars[name].subarray(from, from + length), a * length);
    }
  }
  const rows = Array.from(matrix.rowBar, (bar, r) => {
    const plane = () => new Float64Array(assets).fill(Number.NaN);
    const weights = plane();
    const stops = { stopLoss: plane(), trailingStop: plane(), takeProfit: plane() };
    for (let c = matrix.rowStart[r]!; c < matrix.rowStart[r + 1]!; c++) {
      const a = assets - 1 - matrix.cellAsset[c]!;
      weights[a] = matrix.cellWeight[c]!;
      for (const name of ['stopLoss', 'trailingStop', 'takeProfit'] as const) {
        if (matrix.cellStops) stops[name][a] = matrix.cellStops[name][c]!;
      }
    }
    return { bar, weights, ...(matrix.cellStops ? { stops } : {}) };
  });
  return { bars: copy, matrix: instructionMatrix(rows) };
}

test('the order of assets does not matter under `cash: scale`, but for rounding', () => {
  for (let seed = 0; seed < CASES; seed++) {
    const { bars, matrix, config: given } = randomRun(seed);
    // Lots and minima are steps, on which rounding may fall either way.
    const config: RunConfig = {
      ...given,
      lotSize: 0,
      minSize: 1e-8,
      minNotional: 0,
      fill: { ...given.fill, cash: 'scale' },
    };
    const left = runEvents(bars, matrix, config);
    const mirror = reversed(bars, matrix);
    const right = runEvents(mirror.bars, mirror.matrix, config);
    for (let t = 0; t < bars.length; t++) {
      const tolerance = 1e-7 * Math.max(config.cash, Math.abs(left.equity[t]!));
      expect(Math.abs(left.equity[t]! - right.equity[t]!), `seed ${seed}, bar ${t}`).toBeLessThan(tolerance);
    }
  }
});

test('without leverage and shorts cash is never below zero once a batch is done', () => {
  let checked = 0;
  for (let seed = 0; seed < CASES; seed++) {
    const { bars, matrix, config } = randomRun(seed);
    // A sell whose fixed fee exceeds its proceeds costs money, and `scale` executes every sell.
    if (config.maxLeverage > 1 || config.fixedFee > 0 || matrix.cellWeight.some((weight) => weight < 0))
      continue;
    checked++;
    const { log } = runEvents(bars, matrix, config);
    for (let i = 0; i < log.fills; i++) {
      // Under `sequence: column` buys may come before the sells that pay for them.
      if (i + 1 < log.fills && log.bar[i + 1] === log.bar[i]) continue;
      expect(log.cash[i], `seed ${seed}, fill ${i}`).toBeGreaterThanOrEqual(-1e-8 * config.cash);
    }
  }
  expect(checked).toBeGreaterThan(100);
});

test('every fill lies within its bar ± slippage, but for a take-profit filled at its limit on a gap', () => {
  for (let seed = 0; seed < CASES; seed++) {
    const { bars, matrix, config } = randomRun(seed);
    const { log } = runEvents(bars, matrix, config);
    for (let i = 0; i < log.fills; i++) {
      const at = log.asset[i]! * bars.length + log.bar[i]!;
      if (log.reason[i] === TAKE_PROFIT && config.fill.tpGap === 'limit') continue;
      // Ruin closes at the last close, which may be of an earlier bar.
      if (REASONS[log.reason[i]!] === 'ruin') continue;
      const message = `seed ${seed}, fill ${i}, ${REASONS[log.reason[i]!]}`;
      expect(log.price[i], message).toBeLessThanOrEqual(bars.high[at]!);
      expect(log.price[i], message).toBeGreaterThanOrEqual(bars.low[at]!);
      const slipped = Math.abs(log.fillPrice[i]! - log.price[i]!);
      expect(slipped, message).toBeLessThanOrEqual(log.price[i]! * config.slippage * (1 + 1e-12));
    }
  }
});

test('equity is cash plus positions at their last closes, summed independently', () => {
  for (let seed = 0; seed < CASES; seed++) {
    const { bars, matrix, config } = randomRun(seed);
    const { log, equity } = runEvents(bars, matrix, config);
    let next = 0;
    let cash = config.cash;
    const position = new Map<number, number>();
    for (let t = 0; t < bars.length; t++) {
      for (; next < log.fills && log.bar[next] === t; next++) {
        const q = log.quantity[next]!;
        cash -= q * log.fillPrice[next]! + log.fee[next]!;
        position.set(log.asset[next]!, (position.get(log.asset[next]!) ?? 0) + q);
      }
      let value = cash;
      for (const [a, q] of position) value += q * bars.lastClose[a * bars.length + t]! || 0;
      const scale = Math.max(config.cash, Math.abs(value));
      expect(Math.abs(equity[t]! - value) / scale, `seed ${seed}, bar ${t}`).toBeLessThan(1e-7);
    }
  }
});

test('the random runs reach every kind of event that the rules speak of', () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < CASES; seed++) {
    const { bars, matrix, config } = randomRun(seed);
    const { log, ledger } = runEvents(bars, matrix, config, { onEvent: ({ type }) => seen.add(type) });
    for (let i = 0; i < log.fills; i++) seen.add(REASONS[log.reason[i]!]!);
    for (const { cause } of log.rejections) seen.add(cause);
    if (ledger.totals.unexecuted > 0) seen.add('unexecuted');
    if (ledger.totals.batchesScaled > 0) seen.add('scaled');
    if (ledger.totals.maxGrossLeverage > 1.01) seen.add('leverage');
  }
  expect([...seen].sort()).toEqual(
    [
      ...REASONS,
      ...['BarOpened', 'EquityMarked', 'OrderFilled', 'OrderRejected', 'PositionChanged', 'PositionClosed'],
      ...['PositionOpened', 'RebalanceExecuted', 'StopLifted', 'StopTriggered'],
      ...['leverage', 'no_cash', 'no_equity', 'scaled', 'unexecuted'],
    ].sort(),
  );
});
