import type { Bars } from './bars.ts';
import type { Ledger } from './execution/ledger.ts';
import type { RunLog } from './execution/run-log.ts';
import { REASONS } from './execution/stops.ts';

/** What two engines say of one run, to be compared. */
export interface Outcome {
  /** At each close; [T] */
  readonly equity: Float64Array;
  readonly ledger: Ledger;
  readonly log: RunLog;
}

/** Where two outcomes first differ, and what each says there. */
export interface Divergence {
  readonly bar: number;
  /** null where the field belongs to no asset. */
  readonly asset: number | null;
  readonly field: string;
  readonly left: number | string | null;
  readonly right: number | string | null;
}

const FILL_COLUMNS = [
  'bar',
  'asset',
  'quantity',
  'price',
  'fillPrice',
  'fee',
  'reason',
  'cash',
  'position',
] as const;

/**
 * The first divergence of two outcomes, bit for bit (`Object.is`); null if they are identical.
 *
 * Compared are every fill with the cash and position after it, every rejection and scaled batch, equity at every
 * close, and all totals; of differences on one bar a fill comes before equity.
 */
export function firstDivergence(left: Outcome, right: Outcome): Divergence | null {
  const fill = firstFillDivergence(left.log, right.log);
  const equity = firstEquityDivergence(left.equity, right.equity);
  if (fill && (!equity || fill.bar <= equity.bar)) return fill;
  return equity ?? otherDivergence(left, right);
}

function firstFillDivergence(left: RunLog, right: RunLog): Divergence | null {
  const both = Math.min(left.fills, right.fills);
  let first = both;
  let field: (typeof FILL_COLUMNS)[number] = 'bar';
  // Column by column, each up to the first divergence of those before it: of one fill the first column counts.
  for (const column of FILL_COLUMNS) {
    const at = firstDifference(left[column], right[column], first);
    if (at < first) {
      first = at;
      field = column;
    }
  }
  if (first < both) return fillDivergence(left, right, first, field);
  if (left.fills === right.fills) return null;
  const longer = left.fills > both ? left : right;
  return {
    bar: longer.bar[both]!,
    asset: longer.asset[both]!,
    field: 'fill',
    left: left.fills > both ? left.quantity[both]! : null,
    right: right.fills > both ? right.quantity[both]! : null,
  };
}

/** The least i < end at which the columns differ (`Object.is`), else `end`. */
function firstDifference(left: ArrayLike<number>, right: ArrayLike<number>, end: number): number {
  let i = 0;
  while (i < end && Object.is(left[i], right[i])) i++;
  return i;
}

function fillDivergence(
  left: RunLog,
  right: RunLog,
  i: number,
  field: (typeof FILL_COLUMNS)[number],
): Divergence {
  const bar = Math.min(left.bar[i]!, right.bar[i]!);
  const asset = left.bar[i] === bar ? left.asset[i]! : right.asset[i]!;
  const name = field === 'bar' ? 'fill on bar' : field === 'asset' ? 'fill of asset' : field;
  const say = (value: number) => (field === 'reason' ? REASONS[value]! : value);
  return { bar, asset, field: name, left: say(left[field][i]!), right: say(right[field][i]!) };
}

function firstEquityDivergence(left: Float64Array, right: Float64Array): Divergence | null {
  const t = firstDifference(left, right, left.length);
  if (t === left.length) return null;
  return { bar: t, asset: null, field: 'equity', left: left[t]!, right: right[t]! };
}

/** Rejections, scaled batches and totals, once fills and equity agree. */
function otherDivergence(left: Outcome, right: Outcome): Divergence | null {
  const bar = left.equity.length - 1;
  const lists = ['rejections', 'scaledBatches'] as const;
  for (const field of lists) {
    const l = JSON.stringify(left.log[field]);
    const r = JSON.stringify(right.log[field]);
    if (l !== r) return { bar, asset: null, field, left: l, right: r };
  }
  for (const [field, value] of Object.entries(left.ledger.totals)) {
    const other = right.ledger.totals[field as keyof Ledger['totals']];
    if (!Object.is(value, other)) return { bar, asset: null, field, left: value, right: other };
  }
  return null;
}

/** A divergence in one line, with the asset by name and the time of the bar. */
export function divergenceText(divergence: Divergence, bars: Bars): string {
  const { bar, asset, field, left, right } = divergence;
  const when = new Date(bars.times[bar]!).toISOString();
  const what = asset === null ? field : `${bars.symbols[asset]} ${field}`;
  return `bar ${bar} (${when}), ${what}: ${left} ≠ ${right}`;
}
