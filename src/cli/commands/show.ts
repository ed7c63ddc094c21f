import { Command, Option } from 'commander';
import { openStoredSweep } from '../../adapters/local/sweep-places.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import { period, periodBounds } from '../../contracts/period.ts';
import type { Bars } from '../../core/bars.ts';
import type { EngineEvent } from '../../core/event/engine-event.ts';
import { runEvents } from '../../core/event-engine.ts';
import { enginesSideBySide, enginesText } from '../engines-text.ts';
import { openSweeps } from '../find-sweep.ts';
import { fixed, percent, plural, shortId } from '../format.ts';
import { dirOption, jsonOption } from '../options.ts';
import { positionTimeline } from '../position-timeline.ts';
import { findRun, type RunInputs, replayRun, runInputs, type StoredRun } from '../replay-run.ts';
import { day, equityCsv, ordersCsv, paramsText, runText } from '../run-text.ts';
import { sparkline } from '../sparkline.ts';
import { type StoppedInterval, stoppedIntervals } from '../stopped-intervals.ts';
import { table } from '../table.ts';
import { colorsOf, note, print, printable, printFitted, printJson, widthOf } from '../terminal.ts';

interface Flags {
  readonly dir: string;
  readonly json: boolean;
  readonly csv?: true | 'orders' | 'equity';
  readonly events?: boolean;
  readonly from?: string;
  readonly to?: string;
}

/** `backsweep show RUN_ID`. */
export function showCommand(): Command {
  return new Command('show')
    .description(
      'replay one run from its id, bit for bit: parameters, metrics, orders, positions, stops, both engines',
    )
    .argument('<run-id>', 'beginning of the id of a run, from any sweep of the directory')
    .addOption(
      new Option('--csv [what]', 'print the orders, or the equity at each close, as CSV')
        .choices(['orders', 'equity'])
        .conflicts(['json', 'events']),
    )
    .addOption(new Option('--events', 'print the event log, one JSON object a line').conflicts('json'))
    .option('--from <time>', 'orders, stops, equity and events from this day or time (UTC) on')
    .option('--to <time>', 'and up to this day, included, or time')
    .addOption(dirOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  $ backsweep show 3f9c2a41
  $ backsweep show 3f9c2a41 --csv equity > equity.csv
  $ backsweep show 3f9c2a41 --events --from 2008-09-01 --to 2008-12-31
`,
    )
    .action(async (wanted: string, flags: Flags) => {
      const within = withinOf(flags);
      const store = await openSweeps(flags.dir);
      const row = await findRun(flags.dir, store, wanted);
      if (row.status !== 'ok') return printFailed(row, flags);
      const opened = await openStoredSweep(store, String(row.sweep_id));
      const inputs = runInputs(row, opened);
      if (flags.events) return printEvents(inputs, within);
      printRun(row, inputs, opened.prepared.inputs.spec.name, flags, within);
    });
}

/** Whether a time, in epoch milliseconds, is one that was asked for. */
type Within = (time: number) => boolean;

function withinOf({ from, to }: Flags): Within {
  const parsed = period.safeParse({ from, to });
  if (!parsed.success) {
    throw new InvalidInputError(`--from, --to: ${parsed.error.issues[0]!.message}`);
  }
  const bounds = periodBounds(parsed.data);
  return (time) => time >= bounds.from && time <= bounds.to;
}

function printFailed(row: StoredRun, { json }: Flags): void {
  const params = JSON.parse(String(row.params));
  if (json) {
    const { run_id, sweep_id, status, error } = row;
    printJson({ run_id, sweep_id, status, error, params });
    return;
  }
  printFitted(`run ${row.run_id} failed: ${printable(String(row.error))}\n${paramsText(params)}`);
}

function printRun(row: StoredRun, inputs: RunInputs, name: string, flags: Flags, within: Within) {
  const { bars, matrix, config } = inputs;
  const { result: whole, differing } = replayRun(row, inputs);
  if (differing.length > 0) {
    note(
      `warning: the replay differs from the stored row in ${differing.join(', ')}: the strategy is not deterministic`,
    );
  }
  const shown = <T extends { readonly bar: number }>(all: readonly T[]) =>
    all.filter(({ bar }) => within(bars.times[bar]!));
  const result = { ...whole, orders: shown(whole.orders), rejected: shown(whole.rejected) };
  if (flags.csv === 'equity') return print(equityCsv(whole, bars, within));
  if (flags.csv) return print(ordersCsv(result.orders));
  const all = stoppedIntervals(bars, matrix, config);
  const stopped = all
    .filter(({ fromBar }) => within(bars.times[fromBar]!))
    .map((interval) => stoppedJson(interval, bars));
  const engines = enginesSideBySide(inputs);
  const identity = { run_id: row.run_id, sweep_id: row.sweep_id, run_index: row.run_index };
  const params = JSON.parse(String(row.params));
  if (flags.json) {
    const replay = differing.length === 0 ? 'identical' : 'different';
    return printJson({ ...identity, params, replay, ...result, stoppedOut: stopped, engines });
  }
  const { bold } = colorsOf(process.stdout);
  const width = widthOf(process.stdout);
  printFitted(
    `${bold(`run ${row.run_id}`)} (run ${row.run_index} of sweep ${shortId(String(row.sweep_id))}, ${printable(name)})`,
  );
  printFitted(paramsText(params));
  printFitted(`${'equity'.padEnd(11)} ${sparkline(whole.equity, Math.min(60, width - 12))}`);
  printFitted(`\n${runText(result)}`);
  if (differing.length === 0) printFitted('replay      every metric equals the stored row, bit for bit');
  printFitted(`\n${bold('Both engines')}\n${enginesText(engines)}`);
  const timeline = positionTimeline(bars, whole, all, width);
  if (timeline !== '') {
    printFitted(
      `${bold('Positions')} (height: share of equity; × stopped out, · flat, ▾ short)\n${timeline}`,
    );
  }
  if (stopped.length > 0) {
    printFitted(`\n${bold(`Stopped out (${plural(stopped.length, 'time')})`)}\n${stoppedTable(stopped)}`);
  }
}

/** The events as they happen: a long run need not be held in memory. */
function printEvents({ bars, matrix, config }: RunInputs, within: Within): void {
  const onEvent = ({ bar, ...event }: EngineEvent) => {
    if (!within(bars.times[bar]!)) return;
    const timestamp = new Date(bars.times[bar]!).toISOString();
    const asset = 'asset' in event ? { asset: bars.symbols[event.asset] } : {};
    print(JSON.stringify({ bar, timestamp, ...event, ...asset }));
  };
  runEvents(bars, matrix, config, { onEvent });
}

/** `weight` is what a dense matrix would have bought again on the next bar; `move` what the price did until the end. */
function stoppedJson({ asset, reason, fromBar, toBar, weight, exitPrice }: StoppedInterval, bars: Bars) {
  const at = (bar: number) => new Date(bars.times[bar]!).toISOString();
  const price = bars.lastClose[asset * bars.length + (toBar ?? bars.length - 1)]!;
  return {
    asset: bars.symbols[asset]!,
    reason,
    from: at(fromBar),
    to: toBar === null ? null : at(toBar),
    bars: (toBar ?? bars.length) - fromBar,
    weight,
    exitPrice,
    move: price / exitPrice - 1,
  };
}

function stoppedTable(stopped: readonly ReturnType<typeof stoppedJson>[]): string {
  return table(
    ['asset', 'by', 'from', 'to', 'bars', 'not re-bought', 'sold at', 'then moved'],
    stopped.map(({ asset, reason, from, to, bars, weight, exitPrice, move }) => [
      asset,
      reason,
      day(from),
      to === null ? 'the end' : day(to),
      bars,
      percent(weight, 1),
      fixed(exitPrice, 4),
      percent(move, 1),
    ]),
    { spare: ['sold at', 'bars', 'by', 'not re-bought'] },
  );
}
