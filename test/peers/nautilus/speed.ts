import { createWorkspace } from '../../../src/core/window/workspace.ts';
import { runWindow } from '../../../src/core/window-engine.ts';
import { barsOf, type Ohlc } from '../../support/bars.ts';
import { caseOf, type NautilusCase } from '../../support/nautilus-cases.ts';
import { randomStream } from '../../support/random.ts';

const ASSETS = 10;
const LENGTH = 756;

/** Three years of daily bars of ten assets without gaps, a row on about every fourth bar, a trailing stop and a take-profit. */
export function speedCase(): NautilusCase {
  const random = randomStream(7);
  const bars = barsOf(Object.fromEntries(Array.from({ length: ASSETS }, (_, a) => [`A${a}`, walk(random)])));
  const kind = {
    name: 'speed',
    account: 'margin',
    assets: ASSETS,
    stops: ['trailingStop', 'takeProfit'],
  } as const;
  return caseOf('three years of ten assets', kind, bars, random);
}

function walk(random: () => number): Ohlc[] {
  let price = 20 + 100 * random();
  const round = (x: number) => Math.round(x * 1e4) / 1e4;
  return Array.from({ length: LENGTH }, (): Ohlc => {
    const open = price;
    price = round(open * (1 + 0.03 * (random() - 0.5)));
    const high = round(Math.max(open, price) * (1 + 0.01 * random()));
    const low = round(Math.min(open, price) * (1 - 0.01 * random()));
    return [open, high, low, price];
  });
}

/** Seconds of the processor that one run of the window engine takes, the mean of many. */
export function timeOurs({ bars, matrix, config }: NautilusCase): number {
  const workspace = createWorkspace(bars);
  const runs = 500;
  for (let i = 0; i < runs; i++) runWindow(matrix, config, workspace, null);
  const start = process.cpuUsage();
  for (let i = 0; i < runs; i++) runWindow(matrix, config, workspace, null);
  return process.cpuUsage(start).user / 1e6 / runs;
}
