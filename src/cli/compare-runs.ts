import { openStoredSweep } from '../adapters/local/sweep-places.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import type { Store } from '../sweep/ports.ts';
import type { SimulatedOrder, SimulationResult } from '../sweep/simulate.ts';
import { type Difference, differences, differencesText } from './differences.ts';
import { fixed, metricText, shortId } from './format.ts';
import { replayRun, runInputs, type StoredRun } from './replay-run.ts';
import { day } from './run-text.ts';
import { sparkline } from './sparkline.ts';
import { table } from './table.ts';
import { colorsOf, widthOf } from './terminal.ts';

interface Replayed {
  readonly runId: string;
  readonly sweepId: string;
  readonly times: readonly number[];
  readonly about: unknown;
  readonly result: SimulationResult;
}

/** What two runs differ in, from their replays. */
export interface RunComparison {
  readonly runs: readonly {
    readonly run_id: string;
    readonly sweep_id: string;
    readonly equity: readonly number[];
  }[];
  readonly differences: readonly Difference[];
  readonly metrics: readonly {
    name: string;
    a: number | null;
    b: number | null;
    difference: number | null;
  }[];
  readonly equity: {
    readonly commonBars: number;
    readonly firstDifference: { readonly timestamp: string; readonly a: number; readonly b: number } | null;
  };
  readonly orders: {
    readonly a: number;
    readonly b: number;
    /** The first place in the order lists where they differ; null beside an order: that list has ended. */
    readonly firstDifference: {
      readonly index: number;
      readonly a: SimulatedOrder | null;
      readonly b: SimulatedOrder | null;
    } | null;
  };
}

/** Replays two runs and compares them; bars are matched by their time. */
export async function compareRuns(
  store: Store,
  rows: readonly [StoredRun, StoredRun],
): Promise<RunComparison> {
  const [a, b] = [await replayed(store, rows[0]), await replayed(store, rows[1])];
  return {
    runs: [a, b].map(({ runId, sweepId, result }) => ({
      run_id: runId,
      sweep_id: sweepId,
      equity: result.equity,
    })),
    differences: differences(a.about, b.about),
    metrics: METRICS.map(({ name }) => {
      const [left, right] = [a.result.metrics[name] ?? null, b.result.metrics[name] ?? null];
      const difference = left === null || right === null ? null : right - left;
      return { name, a: left, b: right, difference };
    }),
    equity: compareEquity(a, b),
    orders: compareOrders(a.result.orders, b.result.orders),
  };
}

async function replayed(store: Store, row: StoredRun): Promise<Replayed> {
  const opened = await openStoredSweep(store, String(row.sweep_id));
  const inputs = runInputs(row, opened);
  const { bars, universe, period, strategy, riskFreeRate, snap } = opened.prepared.inputs.spec;
  const about = { bars, universe, period, strategy: strategy.name, riskFreeRate, snap };
  return {
    runId: String(row.run_id),
    sweepId: String(row.sweep_id),
    times: [...inputs.bars.times],
    about: { ...about, ...JSON.parse(String(row.params)) },
    result: replayRun(row, inputs).result,
  };
}

function compareEquity(a: Replayed, b: Replayed): RunComparison['equity'] {
  const places = new Map(b.times.map((time, t) => [time, t]));
  let commonBars = 0;
  let firstDifference: RunComparison['equity']['firstDifference'] = null;
  for (const [t, time] of a.times.entries()) {
    const other = places.get(time);
    if (other === undefined) continue;
    commonBars++;
    const [left, right] = [a.result.equity[t]!, b.result.equity[other]!];
    if (firstDifference === null && !Object.is(left, right)) {
      firstDifference = { timestamp: new Date(time).toISOString(), a: left, b: right };
    }
  }
  return { commonBars, firstDifference };
}

/** Bars of two datasets have other numbers for the same day: the number is no difference, the time is. */
function compareOrders(a: readonly SimulatedOrder[], b: readonly SimulatedOrder[]): RunComparison['orders'] {
  const spelled = (order: SimulatedOrder | undefined) => order && JSON.stringify({ ...order, bar: 0 });
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (spelled(a[i]) === spelled(b[i])) continue;
    const firstDifference = { index: i, a: a[i] ?? null, b: b[i] ?? null };
    return { a: a.length, b: b.length, firstDifference };
  }
  return { a: a.length, b: b.length, firstDifference: null };
}

/** The comparison for a person. */
export function runComparisonText({
  runs,
  differences: found,
  metrics,
  equity,
  orders,
}: RunComparison): string {
  const { bold } = colorsOf(process.stdout);
  const width = Math.min(60, widthOf(process.stdout) - 12);
  const units = new Map(METRICS.map(({ name, unit }) => [name, unit]));
  const lines = runs.map(
    ({ run_id, sweep_id }, i) => `${'AB'[i]}           run ${run_id} of sweep ${shortId(sweep_id)}`,
  );
  lines.push('', bold('Parameters that differ'), differencesText(found));
  const different = metrics.filter(({ a, b }) => !Object.is(a, b));
  lines.push(bold(`Metrics that differ (${different.length} of ${metrics.length})`));
  lines.push(
    different.length === 0
      ? 'none\n'
      : table(
          ['metric', 'A', 'B', 'B - A'],
          different.map(({ name, ...values }) => [
            name,
            ...[values.a, values.b, values.difference].map(
              (value) => metricText(units.get(name)!, value) || '-',
            ),
          ]),
        ),
  );
  lines.push(bold('Equity'), ...runs.map((run, i) => `${'AB'[i]}           ${sparkline(run.equity, width)}`));
  lines.push(`differs     ${equityText(equity)}`, '', bold('Orders'), ordersText(orders));
  return lines.join('\n');
}

function equityText({ commonBars, firstDifference }: RunComparison['equity']): string {
  if (commonBars === 0) return 'no bar in common';
  if (firstDifference === null) return `nowhere: ${fixed(commonBars, 0)} common bars are the same bits`;
  const { timestamp, a, b } = firstDifference;
  return `first at ${day(timestamp)}: A ${fixed(a, 2)}, B ${fixed(b, 2)}`;
}

function ordersText({ a, b, firstDifference }: RunComparison['orders']): string {
  const counts = `A has ${fixed(a, 0)}, B has ${fixed(b, 0)}`;
  if (firstDifference === null) return `${counts}; all the same`;
  const { index, ...first } = firstDifference;
  const rows = (['a', 'b'] as const).map((side) => {
    const order = first[side];
    if (order === null) return [side.toUpperCase(), 'none left', '', '', '', '', ''];
    const { timestamp, asset, side: way, quantity, price, reason } = order;
    return [side.toUpperCase(), day(timestamp), asset, way, fixed(quantity, 4), fixed(price, 4), reason];
  });
  return `${counts}; the first that differ are number ${fixed(index + 1, 0)} of each\n${table(
    ['', 'time', 'asset', 'side', 'quantity', 'price', 'reason'],
    rows,
  )}`;
}
