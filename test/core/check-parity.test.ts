import { expect, test } from 'vitest';
import { checkParity, createParityScratch } from '../../src/core/check-parity.ts';
import { createRunLog } from '../../src/core/execution/run-log.ts';
import { type InstructionRow, instructionMatrix } from '../../src/core/instructions.ts';
import { denseTargets, holdInstructions } from '../../src/core/legacy-dense.ts';
import { firstDivergence } from '../../src/core/parity.ts';
import { createWorkspace } from '../../src/core/window/workspace.ts';
import { runWindow } from '../../src/core/window-engine.ts';
import { barsOf, flatBars } from '../support/bars.ts';
import { configOf } from '../support/config.ts';
import { randomRun } from '../support/random-run.ts';

const WAVE = flatBars({
  A: [100, 104, 99, 107, 103, 111, 108, 104, 109, 115],
  B: [50, 49, 52, 51, 55, 53, 50, 54, 56, 55],
});

function check(rows: InstructionRow[], config = configOf(), bars = WAVE) {
  return checkParity(instructionMatrix(rows), config, createWorkspace(bars), createParityScratch(bars));
}

test('a full matrix with NaN between the events is the same run (P1)', () => {
  for (let seed = 0; seed < 500; seed++) {
    const { bars, matrix, config } = randomRun(seed);
    const full = holdInstructions(denseTargets(matrix, bars.length, bars.symbols.length, false));
    const [left, right] = [matrix, full].map((m) => {
      const ws = createWorkspace(bars);
      const log = createRunLog();
      runWindow(m, config, ws, log);
      return { equity: ws.equity, ledger: ws.ledger, log };
    });
    expect(firstDivergence(left!, right!), `seed ${seed}`).toBeNull();
  }
});

test('an event on every bar equals dense with the row on every bar (P2)', () => {
  const rows = Array.from({ length: 10 }, (_, bar) => ({ bar, weights: [0.6, 0.4] }));
  const found = check(rows, configOf({ feeRate: 0.001, slippage: 0.0005 }));
  expect(found).toMatchObject({ status: 'identical', denseClass: 'P2', driftTurnover: 0, driftFees: 0 });
});

test('one asset at weight 1 has no drift to trade, so dense daily is the same run (P3)', () => {
  const rows = [
    { bar: 0, weights: [1, 0] },
    { bar: 4, weights: [0, 1] },
    { bar: 7, weights: [0, 0] },
  ];
  const found = check(rows, configOf({ feeRate: 0.001, slippage: 0.0005 }));
  expect(found).toMatchObject({ status: 'identical', denseClass: 'P3', driftTurnover: 0, driftFees: 0 });
});

test('a drifting portfolio equals dense hold, and what dense daily would trade on top is reported (P4)', () => {
  const bars = flatBars({ A: [100, 100, 120, 120], B: [50, 50, 50, 50] });
  const config = configOf({ feeRate: 0.001, fill: { execution: 'close' }, barsPerYear: 4 });
  const found = check([{ bar: 0, weights: [0.4, 0.4] }], config, bars);
  expect(found).toMatchObject({ status: 'identical', denseClass: 'P4' });
  // Bought for 4,000 each, fees 8, cash 1,992; on bar 2 A is worth 4,800, V = 10,792, targets 4,316.80: A sells
  // for 483.20 and B buys for 316.80. The first day's fees already move both targets: 3,996.80, 3.20 sold of each.
  const day1 = 2 * (4_000 - 0.4 * 9_992);
  const equity1 = 9_992 - day1 * 0.001;
  const held1 = 0.4 * 9_992;
  const V2 = equity1 + 0.2 * held1;
  const day2 = Math.abs(1.2 * held1 - 0.4 * V2) + Math.abs(held1 - 0.4 * V2);
  const held2 = 0.4 * V2;
  const V3 = V2 - day2 * 0.001;
  const day3 = 2 * Math.abs(held2 - 0.4 * V3);
  const traded = day1 + day2 + day3;
  expect(found.driftFees).toBeCloseTo(traded * 0.001, 9);
  const meanEquity = (9_992 * 2 + 10_792 * 2) / 4;
  expect(found.driftTurnover).toBeCloseTo(traded / 2 / meanEquity, 9);
});

test('stops that are never touched change nothing (P5)', () => {
  const stops = { stopLoss: 0.5, trailingStop: 0.6, takeProfit: 5 };
  expect(check([{ bar: 0, weights: [0.5, 0.5] }], configOf({ stops })).denseClass).toBe('P4+P5');
  expect(check([{ bar: 0, weights: [1, 0] }], configOf({ stops }))).toMatchObject({
    status: 'identical',
    denseClass: 'P3+P5',
  });
});

test('dense daily buys back what its stop sold, sparse never does', () => {
  const bars = barsOf({
    A: [
      [100, 101, 99, 100],
      [100, 101, 90, 97],
      [97, 98, 96, 97],
      [98, 99, 97, 98],
      [99, 100, 98, 99],
    ],
  });
  const config = configOf({ preset: 'vectorbt', stops: { stopLoss: 0.05 } });
  expect(check([{ bar: 0, weights: [1] }], config, bars)).toMatchObject({
    status: 'identical',
    denseClass: 'P4',
    reentriesDense: 1,
  });
});

test('every random run is identical in all that must agree, and re-enters only in its dense form', () => {
  let reentries = 0;
  const classes = new Set<string>();
  for (let seed = 0; seed < 1_500; seed++) {
    const { bars, matrix, config } = randomRun(seed);
    const ws = createWorkspace(bars);
    const found = checkParity(matrix, config, ws, createParityScratch(bars));
    expect(found.detail, `seed ${seed}`).toBeNull();
    runWindow(matrix, config, ws);
    expect(ws.ledger.totals.reentries).toBe(0);
    reentries += found.reentriesDense;
    classes.add(found.denseClass);
  }
  expect(reentries).toBeGreaterThan(0);
  expect([...classes].sort()).toEqual(['P2', 'P2+P5', 'P3', 'P3+P5', 'P4', 'P4+P5']);
});
