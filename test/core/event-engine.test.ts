import { expect, test } from 'vitest';
import { runEvents, type Simulation } from '../../src/core/event-engine.ts';
import { REASONS } from '../../src/core/execution/stops.ts';
import { instructionMatrix } from '../../src/core/instructions.ts';
import { barsOf } from '../support/bars.ts';
import { configOf } from '../support/config.ts';

/** Fills as [bar, asset, signed quantity, fill price, reason]. */
function fillsOf({ log }: Simulation) {
  return Array.from({ length: log.fills }, (_, i) => [
    log.bar[i],
    log.asset[i],
    log.quantity[i],
    log.fillPrice[i],
    REASONS[log.reason[i]!],
  ]);
}

const PARADOX = barsOf({
  A: [
    [100, 101, 99, 100],
    [100, 101, 90, 97],
    [97, 98, 96, 97],
    [98, 99, 97, 98],
    [99, 100, 98, 99],
  ],
});

test('an asset that hit its stop stays out until the next instruction for it', () => {
  const matrix = instructionMatrix([{ bar: 0, weights: [1] }]);
  const run = runEvents(PARADOX, matrix, configOf({ preset: 'vectorbt', stops: { stopLoss: 0.05 } }));
  expect(fillsOf(run)).toEqual([
    [0, 0, 100, 100, 'rebalance'],
    [1, 0, -100, 95, 'stop_loss'],
  ]);
  expect([...run.equity]).toEqual([10_000, 9_500, 9_500, 9_500, 9_500]);
  expect(run.ledger.totals.reentries).toBe(0);
  expect(run.ledger.totals.barsStopped).toBe(4);
});

test('the same weight repeated on every bar buys the stopped-out asset back on the next bar', () => {
  const rows = [0, 1, 2, 3, 4].map((bar) => ({ bar, weights: [1] }));
  const matrix = { ...instructionMatrix(rows), carried: Uint8Array.of(0, 1, 1, 1, 1) };
  const run = runEvents(PARADOX, matrix, configOf({ preset: 'vectorbt', stops: { stopLoss: 0.05 } }));
  expect(fillsOf(run).slice(0, 3)).toEqual([
    [0, 0, 100, 100, 'rebalance'],
    [1, 0, -100, 95, 'stop_loss'],
    [2, 0, 9_500 / 97, 97, 'rebalance'],
  ]);
  expect(run.ledger.totals.reentries).toBe(1);
});
