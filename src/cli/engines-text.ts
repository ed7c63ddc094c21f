import { METRICS } from '../core/metrics/catalog.ts';
import { type SimulationResult, simulateMatrix } from '../sweep/simulate.ts';
import type { RunInputs } from './replay-run.ts';
import { table } from './table.ts';

const SHOWN = ['final_equity', 'total_return', 'sharpe', 'max_drawdown', 'fees', 'turnover'];

/** What each engine alone says of a run, with every digit, and whether all of it is the same bits. */
export function enginesSideBySide({ bars, matrix, config }: RunInputs) {
  const window = simulateMatrix(bars, matrix, config, 'window');
  const event = simulateMatrix(bars, matrix, config, 'event');
  const lines: [
    what: string,
    (result: SimulationResult) => unknown,
    shown?: (result: SimulationResult) => unknown,
  ][] = [
    ['orders', ({ orders }) => orders, ({ orders }) => orders.length],
    ['rejected', ({ rejected }) => rejected, ({ rejected }) => rejected.length],
    ...SHOWN.map((name): [string, (result: SimulationResult) => unknown] => [
      name,
      ({ metrics }) => metrics[name],
    ]),
    [`all ${METRICS.length} metrics`, ({ metrics }) => metrics, () => ''],
    ['equity at each close', ({ equity }) => equity, ({ equity }) => `${equity.length} values`],
    ['cash and positions', ({ cash, positions }) => [cash, positions], () => ''],
  ];
  return lines.map(([what, of, shown = of]) => ({
    what,
    window: shown(window) as string | number | null,
    event: shown(event) as string | number | null,
    // Plain data of finite numbers without -0, which JSON writes with every digit.
    identical: JSON.stringify(of(window)) === JSON.stringify(of(event)),
  }));
}

/** The same as a table. */
export function enginesText(lines: ReturnType<typeof enginesSideBySide>): string {
  return table(
    ['', 'window engine', 'event engine', 'identical'],
    lines.map(({ what, window, event, identical }) => [what, window, event, identical ? 'yes' : 'NO']),
  );
}
