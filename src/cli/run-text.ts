import type { Bars } from '../core/bars.ts';
import { METRICS } from '../core/metrics/catalog.ts';
import type { Metric } from '../core/metrics/metric.ts';
import type { SimulatedOrder, SimulationResult } from '../sweep/simulate.ts';
import { bytes, count, fixed, metricText, percent, plural } from './format.ts';
import { table } from './table.ts';
import { colorsOf, printable, widthOf } from './terminal.ts';

/** Orders that are listed unless all are asked for. */
const ORDERS_SHOWN = 40;

const METRICS_WIDTH = 72;

const TAIL: readonly Pick<Metric, 'name' | 'unit'>[] = [
  { name: 'var_5', unit: 'fraction' },
  { name: 'cvar_5', unit: 'fraction' },
];

/** The outcome of one backtest for a person: metrics, orders, refusals, parity, memory. */
export function runText(result: SimulationResult): string {
  const { bold } = colorsOf(process.stdout);
  const { orders, rejected } = result;
  const lines = [bold('Metrics'), metricsText(result), bold(`Orders (${count(orders.length)})`)];
  if (orders.length > 0) lines.push(ordersTable(orders.slice(0, ORDERS_SHOWN)));
  if (orders.length > ORDERS_SHOWN) {
    lines.push(`… and ${plural(orders.length - ORDERS_SHOWN, 'order')} more: --csv or --json prints all\n`);
  }
  if (rejected.length > 0) {
    const first = rejected[0]!;
    lines.push(
      `rejected    ${count(rejected.length)}, the first: ${first.asset} at ${day(first.timestamp)} (${first.cause})`,
    );
  }
  lines.push(`parity      ${parityText(result)}`, `memory      ${footprintText(result)}`);
  return lines.join('\n');
}

function metricsText({ metrics }: SimulationResult): string {
  const cells = [...METRICS, ...TAIL].map(({ name, unit }) => [
    name,
    metricText(unit, metrics[name] ?? null) || '-',
  ]);
  // Two metrics a line where there is room for them.
  if (widthOf(process.stdout) < METRICS_WIDTH) return table(['metric', 'value'], cells);
  const height = Math.ceil(cells.length / 2);
  const rows = cells.slice(0, height).map((left, i) => [...left, '   ', ...(cells[height + i] ?? ['', ''])]);
  return table(['', '', '', '', ''], rows);
}

function ordersTable(orders: readonly SimulatedOrder[]): string {
  return table(
    ['time', 'asset', 'side', 'quantity', 'price', 'fee', 'reason'],
    orders.map(({ timestamp, asset, side, quantity, price, fee, reason }) => [
      day(timestamp),
      asset,
      side,
      fixed(quantity, 4),
      fixed(price, 4),
      fixed(fee, 2),
      reason,
    ]),
    { spare: ['fee', 'side', 'quantity'] },
  );
}

/** Orders as CSV with every digit, for other programs. */
export function ordersCsv(orders: readonly SimulatedOrder[]): string {
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = orders.map((o) =>
    [o.bar, o.timestamp, quoted(o.asset), o.side, o.quantity, o.price, o.fee, o.reason].join(','),
  );
  return ['bar,timestamp,asset,side,quantity,price,fee,reason', ...lines].join('\n');
}

/** Equity and cash at each close as CSV with every digit. */
export function equityCsv(
  { equity, cash }: Pick<SimulationResult, 'equity' | 'cash'>,
  bars: Pick<Bars, 'times'>,
  within: (time: number) => boolean,
): string {
  const lines = equity.flatMap((value, t) =>
    within(bars.times[t]!) ? [[t, new Date(bars.times[t]!).toISOString(), value, cash[t]].join(',')] : [],
  );
  return ['bar,timestamp,equity,cash', ...lines].join('\n');
}

/** Parameters by group, a line each. */
export function paramsText(params: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  return ['params', 'stops', 'portfolio', 'fill']
    .map((group) => {
      const fields = Object.entries(params[group] ?? {}).map(
        ([name, value]) => `${name} ${printable(valueText(value))}`,
      );
      return `${group.padEnd(11)} ${fields.join(', ')}`;
    })
    .join('\n');
}

/** A value of a parameter: text as it is, anything else as JSON. */
export const valueText = (value: unknown) =>
  value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value);

function parityText({ parity }: SimulationResult): string {
  const { green, red } = colorsOf(process.stdout);
  if (parity.status === 'not_checked') return 'not checked: one engine ran';
  if (parity.status === 'identical')
    return green('window engine, event engine and dense hold are bit-identical');
  return red(`diverged: ${parity.firstDivergence}`);
}

function footprintText({ footprint: { sparseBytes, denseBytes } }: SimulationResult): string {
  return `instructions ${bytes(sparseBytes)} sparse, ${bytes(denseBytes)} dense: ${percent(1 - sparseBytes / denseBytes, 1)} saved`;
}

/** A time without its midnight. */
export const day = (timestamp: string) => timestamp.replace('T00:00:00.000Z', '').replace('.000Z', 'Z');
