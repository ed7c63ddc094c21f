import { REASONS } from '../../src/core/execution/stops.ts';
import type { Outcome } from '../../src/core/parity.ts';
import { type NautilusCase, SIZE_PRECISION } from './nautilus-cases.ts';
import { runBoth } from './run-both.ts';

/** What `run_instructions.py` says of one case. */
export interface NautilusResult {
  /** Signed quantities, in order of time. */
  readonly fills: readonly (readonly [
    bar: number,
    asset: number,
    reason: string,
    quantity: number,
    price: number,
    fee: number,
  ])[];
  readonly refused: readonly (readonly [bar: number, asset: number, order: string])[];
  /** At each close. */
  readonly equity: readonly number[];
  /** The last bar it saw: an account below zero ends a backtest. */
  readonly endedAt: number;
}

/** Largest differences of two outcomes: quantities in lots, the others relative to what is compared where that is above 1. */
export interface Differences {
  price: number;
  quantity: number;
  fee: number;
  equity: number;
}

export const NO_DIFFERENCES: Differences = { price: 0, quantity: 0, fee: 0, equity: 0 };

/** Both engines truncate quantities, and a last bit of difference may fall on either side of a whole lot. */
const LOTS = 1.001;
/** Cash of less than this part of a fill that it leaves over becomes 0 in ours alone (rule N14), at each fill anew. */
const RELATIVE = 1e-9;

/** Runs a case in both engines of ours, which must agree bit for bit. */
export function runOurs(given: NautilusCase): Outcome {
  return runBoth(given.bars, given.rows, given.config);
}

/**
 * The first thing in which NautilusTrader's outcome differs from ours, in words; null = none.
 *
 * Compared are fills (bar, asset, reason, quantity, price, fee), refused orders, and equity at each close.
 *
 * @param largest is raised to the differences found
 */
export function nautilusDifference(
  ours: Outcome,
  theirs: NautilusResult,
  largest: Differences,
): string | null {
  const fills = inOrder(
    Array.from({ length: ours.log.fills }, (_, i): NautilusResult['fills'][number] => {
      const { bar, asset, reason, quantity, fillPrice, fee } = ours.log;
      return [bar[i]!, asset[i]!, REASONS[reason[i]!]!, quantity[i]!, fillPrice[i]!, fee[i]!];
    }),
  );
  const expected = inOrder(theirs.fills);
  for (let i = 0; i < Math.max(fills.length, expected.length); i++) {
    const [mine, other] = [fills[i], expected[i]];
    const agree =
      mine?.slice(0, 3).join() === other?.slice(0, 3).join() &&
      within(largest, 'quantity', mine![3], other![3]) &&
      within(largest, 'price', mine![4], other![4]) &&
      within(largest, 'fee', mine![5], other![5]);
    if (!agree) return `fill ${i}: expected ${other?.join(' ')}, found ${mine?.join(' ')}`;
  }
  const refusals = (list: readonly { bar: number; asset: number }[]) =>
    list.map(({ bar, asset }) => `${bar}:${asset}`).sort();
  const found = refusals(ours.log.rejections).join(' ');
  const refused = refusals(theirs.refused.map(([bar, asset]) => ({ bar, asset }))).join(' ');
  if (found !== refused) return `refused (bar:asset): expected ${refused}, found ${found}`;
  if (theirs.equity.length !== ours.equity.length) {
    return `expected ${theirs.equity.length} bars, found ${ours.equity.length}`;
  }
  for (let t = 0; t < theirs.equity.length; t++) {
    const before = fills.filter(([bar]) => bar <= t).length;
    if (!within(largest, 'equity', ours.equity[t]!, theirs.equity[t]!, 1 + before)) {
      return `equity at bar ${t}: expected ${theirs.equity[t]}, found ${ours.equity[t]}`;
    }
  }
  return null;
}

/** By bar, stops before instructions, stops by asset: the one engine goes asset by asset, the other step by step. */
function inOrder(fills: NautilusResult['fills']): NautilusResult['fills'][number][] {
  const isStop = (reason: string) => reason !== 'rebalance' && reason !== 'flatten';
  const key = ([bar, asset, reason]: NautilusResult['fills'][number]) =>
    bar * 1e6 + (isStop(reason) ? asset : 1e5);
  return [...fills].sort((a, b) => key(a) - key(b));
}

function within(largest: Differences, what: keyof Differences, a: number, b: number, times = 1): boolean {
  const scale = what === 'quantity' ? 10 ** -SIZE_PRECISION : Math.max(1, Math.abs(b));
  const difference = Math.abs(a - b) / scale;
  largest[what] = Math.max(largest[what], difference);
  return difference <= (what === 'quantity' ? LOTS : RELATIVE * times);
}
