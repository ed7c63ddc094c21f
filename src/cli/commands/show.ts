import { Command, Option } from 'commander';
import type { OpenedSweep } from '../../adapters/local/open-sweep.ts';
import { openStoredSweep } from '../../adapters/local/sweep-places.ts';
import type { Bars } from '../../core/bars.ts';
import type { EngineEvent } from '../../core/event/engine-event.ts';
import { runEvents } from '../../core/event-engine.ts';
import type { InstructionMatrix } from '../../core/instructions.ts';
import { METRICS } from '../../core/metrics/catalog.ts';
import type { RunConfig } from '../../core/run-config.ts';
import { simulateMatrix } from '../../sweep/simulate.ts';
import { openSweeps } from '../find-sweep.ts';
import { plural, shortId } from '../format.ts';
import { dirOption, jsonOption } from '../options.ts';
import { day, ordersCsv, runText } from '../run-text.ts';
import { type StoppedInterval, stoppedIntervals } from '../stopped-intervals.ts';
import { findRun, type RunRow, runOf } from '../stored-run.ts';
import { table } from '../table.ts';
import { colorsOf, note, print, printable, printJson } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly json: boolean;
  readonly csv?: boolean;
  readonly events?: boolean;
}

/** `backsweep show RUN_ID`. */
export function showCommand(): Command {
  return new Command('show')
    .description('replay one run from its id, bit for bit: parameters, metrics, orders, stops, both engines')
    .argument('<run-id>', 'beginning of the id of a run, from any sweep of the directory')
    .addOption(new Option('--csv', 'print the orders as CSV').conflicts(['json', 'events']))
    .addOption(new Option('--events', 'print the event log, one JSON object a line').conflicts('json'))
    .addOption(dirOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  $ backsweep show 3f9c2a41\n')
    .action(async (wanted: string, flags: Flags) => {
      const store = await openSweeps(flags.dir);
      const row = await findRun(flags.dir, store, wanted);
      if (row.status !== 'ok') return printFailed(row, flags);
      const opened = await openStoredSweep(store, String(row.sweep_id));
      printRun(row, opened, flags);
    });
}

function printFailed(row: RunRow, { json }: Flags): void {
  const params = JSON.parse(String(row.params));
  if (json) {
    const { run_id, sweep_id, status, error } = row;
    printJson({ run_id, sweep_id, status, error, params });
    return;
  }
  print(`run ${row.run_id} failed: ${printable(String(row.error))}\n${paramsText(params)}`);
}

function printRun(row: RunRow, opened: OpenedSweep, flags: Flags): void {
  const { spec } = opened.prepared.inputs;
  const params = String(row.params);
  const { bars, matrix, config } = runOf(row, opened);
  const events = eventsOf(bars, matrix, config);
  if (flags.events) {
    printEvents(events, bars);
    return;
  }
  const result = simulateMatrix(bars, matrix, config, 'both');
  const differing = METRICS.map(({ name }) => name).filter(
    (name) => !Object.is(result.metrics[name], row[name]),
  );
  if (differing.length > 0) {
    note(
      `warning: the replay differs from the stored row in ${differing.join(', ')}: the strategy is not deterministic`,
    );
  }
  const stopped = stoppedIntervals(events).map((interval) => stoppedJson(interval, bars));
  const identity = { run_id: row.run_id, sweep_id: row.sweep_id, run_index: row.run_index };
  if (flags.json) {
    const replay = differing.length === 0 ? 'identical' : 'different';
    printJson({ ...identity, params: JSON.parse(params), replay, ...result, stoppedOut: stopped });
    return;
  }
  if (flags.csv) {
    print(ordersCsv(result.orders));
    return;
  }
  const { bold } = colorsOf(process.stdout);
  print(
    `${bold(`run ${row.run_id}`)} (run ${row.run_index} of sweep ${shortId(String(row.sweep_id))}, ${printable(spec.name)})`,
  );
  print(paramsText(JSON.parse(params)));
  print(`\n${runText(result)}`);
  if (differing.length === 0) print('replay      every metric equals the stored row, bit for bit');
  if (stopped.length > 0)
    print(`\n${bold(`Stopped out (${plural(stopped.length, 'time')})`)}\n${stoppedTable(stopped)}`);
}

/** Parameters by group; of the fill model what is not the same in all presets would be long, so it comes last. */
function paramsText(params: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  return ['params', 'stops', 'portfolio', 'fill']
    .map((group) => {
      const fields = Object.entries(params[group] ?? {}).map(
        ([name, value]) => `${name} ${printable(textOf(value))}`,
      );
      return `${group.padEnd(11)} ${fields.join(', ')}`;
    })
    .join('\n');
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function eventsOf(bars: Bars, matrix: InstructionMatrix, config: RunConfig): EngineEvent[] {
  const events: EngineEvent[] = [];
  runEvents(bars, matrix, config, { onEvent: (event) => void events.push(event) });
  return events;
}

function printEvents(events: readonly EngineEvent[], bars: Bars): void {
  for (const { bar, ...event } of events) {
    const timestamp = new Date(bars.times[bar]!).toISOString();
    const asset = 'asset' in event ? { asset: bars.symbols[event.asset] } : {};
    print(JSON.stringify({ bar, timestamp, ...event, ...asset }));
  }
}

function stoppedJson({ asset, reason, fromBar, toBar }: StoppedInterval, bars: Bars) {
  const at = (bar: number) => new Date(bars.times[bar]!).toISOString();
  return {
    asset: bars.symbols[asset]!,
    reason,
    from: at(fromBar),
    to: toBar === null ? null : at(toBar),
    bars: (toBar ?? bars.length) - fromBar,
  };
}

function stoppedTable(stopped: readonly ReturnType<typeof stoppedJson>[]): string {
  return table(
    ['asset', 'by', 'from', 'to', 'bars'],
    stopped.map(({ asset, reason, from, to, bars }) => [
      asset,
      reason,
      day(from),
      to === null ? 'the end' : day(to),
      bars,
    ]),
  );
}
