import { Command, Option } from 'commander';
import { readBars } from '../../adapters/local/read-bars.ts';
import { readInput, readInputText } from '../../adapters/local/read-input.ts';
import { InvalidInputError } from '../../contracts/errors.ts';
import { parseSimulationConfig, type SimulationConfigInput } from '../../contracts/simulation-config.ts';
import { FILL_PRESETS } from '../../core/fill-model.ts';
import { parseInstructions } from '../../formats/instructions.ts';
import { simulate } from '../../sweep/simulate.ts';
import { finite, jsonOption } from '../options.ts';
import { ordersCsv, runText } from '../run-text.ts';
import { print, printFitted, printJson } from '../terminal.ts';

/** Flags that are fields of the configuration. */
const FIELDS = [
  'cash',
  'feeRate',
  'fixedFee',
  'slippage',
  'maxLeverage',
  'allowShort',
  'fill',
  'snap',
  'engine',
] as const;
const STOPS = ['stopLoss', 'trailingStop', 'takeProfit'] as const;

type Flags = Readonly<Partial<Record<(typeof FIELDS)[number] | (typeof STOPS)[number], unknown>>> & {
  readonly bars: string;
  readonly instructions: string;
  readonly config?: string;
  readonly json: boolean;
  readonly csv?: boolean;
};

/** `backsweep simulate --bars F --instructions F`. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('one backtest from explicit instructions: weights with stops, and no re-entry after a stop')
    .requiredOption('--bars <path>', 'CSV (.gz too) or Parquet file of bars, or a dataset directory')
    .requiredOption('--instructions <file>', 'rebalance events: JSON, CSV or Parquet')
    .option('--config <file>', 'JSON with any of the fields below, and more; flags override it')
    .option('--cash <money>', 'initial cash (default: 100000)', finite)
    .option('--fee-rate <fraction>', 'fee of every fill as a fraction of its value', finite)
    .option('--fixed-fee <money>', 'fee of every fill', finite)
    .option('--slippage <fraction>', 'by which a market fill is worse than the price', finite)
    .option('--max-leverage <x>', 'highest sum of absolute weights', finite)
    .option('--allow-short', 'negative weights are allowed')
    .option('--stop-loss <fraction>', 'stop of every instruction that sets none itself', finite)
    .option('--trailing-stop <fraction>', 'likewise', finite)
    .option('--take-profit <fraction>', 'likewise', finite)
    .addOption(new Option('--fill <preset>', 'assumptions about fills').choices(Object.keys(FILL_PRESETS)))
    .addOption(
      new Option('--snap <how>', 'next: an event between two bars moves to the next').choices([
        'none',
        'next',
      ]),
    )
    .addOption(
      new Option('--engine <engine>', 'default: both, compared bit for bit').choices([
        'window',
        'event',
        'both',
      ]),
    )
    .addOption(new Option('--csv', 'print the orders as CSV').conflicts('json'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ backsweep simulate --bars bars.csv --instructions events.json --stop-loss 0.05 --json\n',
    )
    .action(async (flags: Flags) => {
      const config = await configOf(flags);
      const events = await parseInstructions(await readInput(flags.instructions), flags.instructions);
      const result = simulate({ bars: await readBars(flags.bars), events, config });
      if (flags.json) printJson(result);
      else if (flags.csv) print(ordersCsv(result.orders));
      else printFitted(runText(result));
    });
}

/** The configuration of the file with the flags over it. */
async function configOf(flags: Flags): Promise<SimulationConfigInput> {
  const file = flags.config === undefined ? {} : await readConfig(flags.config);
  const given = (names: readonly (keyof Flags)[]) =>
    Object.fromEntries(names.filter((name) => flags[name] !== undefined).map((name) => [name, flags[name]]));
  const config = { ...file, ...given(FIELDS), stops: { ...file.stops, ...given(STOPS) } };
  parseSimulationConfig(config, 'flags');
  return config;
}

async function readConfig(path: string): Promise<SimulationConfigInput> {
  let raw: unknown;
  try {
    raw = JSON.parse(await readInputText(path));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new InvalidInputError(`${path}: expected JSON, found a syntax error: ${cause.message}`, { cause });
  }
  parseSimulationConfig(raw, path);
  return raw as SimulationConfigInput;
}
