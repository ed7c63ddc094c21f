import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunTotals } from '../../../src/core/execution/ledger.ts';
import { METRICS, metricByName } from '../../../src/core/metrics/catalog.ts';
import { measure } from '../../../src/core/metrics/measure.ts';
import { metricInput, NO_TRADES } from '../../support/metric-input.ts';

/** Every field of the totals and the column that shows it, or those it goes into. */
const COLUMN_OF_TOTAL: Record<keyof RunTotals, string> = {
  orders: 'orders',
  roundTrips: 'round_trips',
  wins: 'win_rate',
  grossProfit: 'profit_factor',
  grossLoss: 'profit_factor',
  tradedValue: 'turnover',
  fees: 'fees',
  slippagePaid: 'slippage_paid',
  stopLossExits: 'stop_loss_exits',
  trailingStopExits: 'trailing_stop_exits',
  takeProfitExits: 'take_profit_exits',
  ruinExits: 'ruin_exits',
  unexecuted: 'unexecuted',
  rejected: 'rejected',
  barsStopped: 'bars_stopped',
  batchesScaled: 'batches_scaled',
  smallestScale: 'smallest_scale',
  maxGrossLeverage: 'max_gross_leverage',
  barsExposed: 'exposure',
  reentries: 'reentries',
};
const RATIOS = new Set(['win_rate', 'profit_factor', 'turnover', 'exposure']);

const row = (input: ReturnType<typeof metricInput>) => {
  const out = new Float64Array(METRICS.length);
  measure(input, out);
  return out;
};

describe('METRICS', () => {
  it('name columns in snake_case, each once, each with a sentence', () => {
    const names = METRICS.map((metric) => metric.name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, description } of METRICS) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
      expect(description).toMatch(/^[A-Z].*\.$/);
      expect(metricByName(name)?.name).toBe(name);
    }
    expect(metricByName('alpha')).toBeUndefined();
  });

  it('show every number that a run adds up, in its own column', () => {
    const fields = Object.keys(NO_TRADES) as (keyof RunTotals)[];
    const counted = Object.fromEntries(fields.map((field, k) => [field, k + 2])) as unknown as RunTotals;
    const input = metricInput([100, 110, 105], counted);
    for (const field of fields) {
      const column = COLUMN_OF_TOTAL[field];
      const before = metricByName(column)!.value(input);
      const changed = { ...input, totals: { ...counted, [field]: counted[field] + 1 } };
      if (RATIOS.has(column)) expect(metricByName(column)!.value(changed)).not.toBe(before);
      else expect([column, before]).toEqual([column, counted[field]]);
    }
  });
});

describe('measure', () => {
  it('writes the value of each metric in the order of the catalog', () => {
    const input = metricInput([101, 99, 104, 103, 107], { orders: 3, fees: 0.5 });
    expect([...row(input)]).toEqual(METRICS.map((metric) => metric.value(input)));
  });

  it('writes a number or NaN, never Infinity and never -0, whatever became of the equity', () => {
    const equity = fc.array(
      fc.oneof(
        fc.constantFrom(0, -0, 1e-300, -1e-300, 1e300, 100),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      { maxLength: 40 },
    );
    const barsPerYear = fc.constantFrom(1, 252, 98_280, 525_600);
    fc.assert(
      fc.property(
        equity,
        barsPerYear,
        fc.double({ min: -1, max: 1, noNaN: true }),
        (curve, A, riskFreeRate) => {
          for (const value of row(metricInput(curve, {}, { barsPerYear: A, riskFreeRate }))) {
            expect(Number.isFinite(value) || Number.isNaN(value)).toBe(true);
            expect(Object.is(value, -0)).toBe(false);
          }
        },
      ),
    );
  });
});
