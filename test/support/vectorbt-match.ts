import { expect } from 'vitest';
import { tradableQuantity } from '../../src/core/execution/sizing.ts';
import type { VectorbtCase, VectorbtOutcome } from './vectorbt-cases.ts';
import { equityOf, isComparable, METRIC_NAMES } from './vectorbt-outcome.ts';

type Columns = Pick<VectorbtOutcome, 'cash' | 'assets'>;

/** How far two outcomes are from each other: the largest relative difference of any number, and where. */
export interface Difference {
  readonly largest: number;
  readonly where: string;
}

/** Where rules of ours are not vectorbt's, on purpose: what follows that bar is another run. */
export const RULES = {
  fee: 'a sell worth less than its fixed fee: vectorbt refuses it',
  cover: 'a stop that covers a short is never limited by cash: vectorbt covers as much as cash allows',
  dust: 'an order below 1e-9 of the position is not traded: vectorbt trades it',
} as const;
type Rule = keyof typeof RULES;

/** The bars before the first on which one of `RULES` says otherwise than vectorbt, and which; all bars and null if none. */
export function comparableBars(
  given: VectorbtCase,
  ours: VectorbtOutcome,
): { bars: number; rule: Rule | null } {
  const isBelowFee = ({ side, size, price, fees }: VectorbtOutcome['orders'][number]) =>
    side === 'sell' && size * price < fees;
  const first: Record<Rule, number | undefined> = {
    fee: ours.orders.find(isBelowFee)?.idx,
    cover: ours.simulated!.cash.findIndex((cash) => cash < 0),
    dust: given.bars.times.findIndex((_, t) => leavesDust(given, ours, t)),
  };
  let found: { bars: number; rule: Rule | null } = { bars: given.bars.length, rule: null };
  for (const rule of Object.keys(RULES) as Rule[]) {
    const bars = first[rule] ?? -1;
    if (bars >= 0 && bars < found.bars) found = { bars, rule };
  }
  return found;
}

/**
 * Is a target of this bar so near the position that vectorbt trades the difference, and ours does not?
 *
 * Both take (w·V)/price − position of the same doubles, so what is computed here is what vectorbt computes.
 */
function leavesDust({ bars, config, decide, kind }: VectorbtCase, ours: VectorbtOutcome, t: number): boolean {
  if (kind !== 'from_orders' || t === 0) return false;
  const atOpen = config.fill.execution === 'next_open';
  const { cash, assets } = ours.simulated!;
  const before = assets[t - 1]!;
  const priceOf = (a: number) => (atOpen ? bars.open : bars.lastClose)[a * bars.length + t]!;
  const V = before.reduce((sum, held, a) => (held === 0 ? sum : sum + held * priceOf(a)), cash[t - 1]!);
  // Targets are known beforehand, they ask nothing of the portfolio.
  const targets = decide(atOpen ? t - 1 : t, { position: () => 0, equity: () => V });
  return targets.some(({ asset, weight }) => {
    const quantity = (weight * V) / priceOf(asset) - before[asset]!;
    const isDust = Math.abs(quantity) <= 1e-9 * Math.abs(before[asset]!);
    return isDust && tradableQuantity(quantity, priceOf(asset), config) !== 0;
  });
}

/** The orders and columns of the first bars. */
export function firstBars(outcome: VectorbtOutcome, bars: number): VectorbtOutcome {
  return {
    ...outcome,
    orders: outcome.orders.filter(({ idx }) => idx < bars),
    cash: outcome.cash.slice(0, bars),
    assets: outcome.assets.slice(0, bars),
    value: outcome.value.slice(0, bars),
    ...(outcome.simulated && {
      simulated: {
        cash: outcome.simulated.cash.slice(0, bars),
        assets: outcome.simulated.assets.slice(0, bars),
      },
    }),
  };
}

/**
 * Compares orders; cash, positions and equity after each bar, as either engine had them and as vectorbt reports them;
 * metrics.
 *
 * A difference is taken relative to the larger number (cash: to the equity), below 1 absolute. Up to where one of
 * `RULES` parts the two. Fails the test where orders differ in bar, asset or side.
 */
export function differenceOf(
  given: VectorbtCase,
  theirs: VectorbtOutcome,
  ours: VectorbtOutcome,
): Difference {
  let worst: Difference = { largest: 0, where: 'nowhere' };
  const compare = (found: number, value: number, where: () => string, scale = 1) => {
    const difference = relativeDifference(found, value, scale);
    if (difference <= worst.largest) return;
    worst = { largest: difference, where: `${where()}: vectorbt ${value}, backsweep ${found}` };
  };
  const { bars, rule } = comparableBars(given, ours);
  const found = firstBars(ours, bars);
  const wanted = firstBars(theirs, bars);
  const sequence = inSequence(wanted.orders, given);
  const orders = inSequence(found.orders, given);
  expect(orders.map(placeOf), `${given.name}: orders`).toEqual(sequence.map(placeOf));
  orders.forEach((order, i) => {
    for (const field of ['size', 'price', 'fees'] as const) {
      compare(order[field], sequence[i]![field], () => `${field} of order ${i}`);
    }
  });
  const compareColumns = (what: string, mine: Columns, other: Columns) => {
    const [equity, value] = [mine, other].map(({ cash, assets }) => equityOf(given.bars, cash, assets));
    for (let t = 0; t < bars; t++) {
      // What a purchase leaves of the cash is the small difference of large numbers.
      const scale = Math.max(1, Math.abs(value![t]!));
      compare(mine.cash[t]!, other.cash[t]!, () => `${what} cash on bar ${t}`, scale);
      mine.assets[t]!.forEach((held, a) => {
        compare(held, other.assets[t]![a]!, () => `${what} position of asset ${a} on bar ${t}`);
      });
      compare(equity![t]!, value![t]!, () => `${what} equity on bar ${t}`);
    }
  };
  compareColumns('reported', found, wanted);
  found.value.forEach((equity, t) => {
    compare(equity, wanted.value[t]!, () => `reported value on bar ${t}`);
  });
  if (wanted.simulated) compareColumns('simulated', found.simulated!, wanted.simulated);
  for (const name of METRIC_NAMES) {
    if (rule === null && isComparable(name, theirs)) compare(ours[name], theirs[name], () => name);
  }
  return worst;
}

/** Relative to the larger of the two, or to `scale` where that is larger still; Infinity where one alone is NaN. */
export function relativeDifference(found: number, value: number, scale = 1): number {
  if (Number.isNaN(found) && Number.isNaN(value)) return 0;
  const difference = Math.abs(found - value) / Math.max(scale, Math.abs(found), Math.abs(value));
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}

/**
 * Orders in sequence. Where several assets have stops, vectorbt sorts stop exits and signals of a bar by their value,
 * while ours does stops first: then those of one bar count in the order of assets.
 */
export function inSequence(
  orders: VectorbtOutcome['orders'],
  { kind }: VectorbtCase,
): VectorbtOutcome['orders'] {
  return kind === 'from_orders' ? orders : orders.toSorted((a, b) => a.idx - b.idx || a.col - b.col);
}

/** An order without its numbers. */
const placeOf = ({ idx, col, side }: VectorbtOutcome['orders'][number]) =>
  `${side} asset ${col} on bar ${idx}`;
