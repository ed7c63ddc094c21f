import type { RunTotals } from '../execution/ledger.ts';
import type { Metric } from './metric.ts';

/** A statistic that the run has added up already; its docs are those of the field of `RunTotals`. */
function counter(
  name: string,
  field: keyof RunTotals,
  unit: Metric['unit'],
  direction: Metric['direction'],
  description: string,
): Metric {
  return { name, unit, direction, description, value: ({ totals }) => totals[field] };
}

/** Cash and positions at their last close, in money, at the end of the run; the initial cash without bars. */
export const finalEquity: Metric = {
  name: 'final_equity',
  unit: 'money',
  direction: 'higher',
  description: 'Equity at the last close.',
  value: ({ returns }) => returns.end,
};

/** What a run traded. */
export const TRADE_COUNTS: readonly Metric[] = [
  counter('orders', 'orders', 'count', 'none', 'Fills.'),
  counter(
    'round_trips',
    'roundTrips',
    'count',
    'none',
    'Positions from flat to flat of one asset; a flip ends one and begins another.',
  ),
];

/** What trading cost, how positions ended, and what was not carried out. */
export const EXECUTION_COUNTS: readonly Metric[] = [
  counter('fees', 'fees', 'money', 'lower', 'Fees of all fills.'),
  counter(
    'slippage_paid',
    'slippagePaid',
    'money',
    'lower',
    'Quantity times the distance of the fill price from the unslipped price, of all fills.',
  ),
  counter('stop_loss_exits', 'stopLossExits', 'count', 'none', 'Positions closed by their stop-loss.'),
  counter(
    'trailing_stop_exits',
    'trailingStopExits',
    'count',
    'none',
    'Positions closed by their trailing stop.',
  ),
  counter('take_profit_exits', 'takeProfitExits', 'count', 'none', 'Positions closed by their take-profit.'),
  counter('ruin_exits', 'ruinExits', 'count', 'lower', 'Positions closed because the equity was gone.'),
  counter(
    'unexecuted',
    'unexecuted',
    'count',
    'lower',
    'Instructions dropped, skipped, replaced while they waited, or never due.',
  ),
  counter('rejected', 'rejected', 'count', 'lower', 'Orders refused for want of cash or equity.'),
  counter(
    'bars_stopped',
    'barsStopped',
    'bars',
    'none',
    'Bars that assets spent stopped out, added up over the assets.',
  ),
  counter(
    'batches_scaled',
    'batchesScaled',
    'count',
    'none',
    'Rebalancings whose purchases were scaled down to the cash.',
  ),
  counter('smallest_scale', 'smallestScale', 'fraction', 'higher', 'The smallest such scale; 1 without one.'),
  counter(
    'max_gross_leverage',
    'maxGrossLeverage',
    'ratio',
    'lower',
    'Highest value of all positions, long and short, over the equity at a close.',
  ),
  counter(
    'reentries',
    'reentries',
    'count',
    'lower',
    'Entries after a stop before the next explicit instruction; the sparse engines make none.',
  ),
];
