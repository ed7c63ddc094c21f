import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Bars } from '../../src/core/bars.ts';
import { NO_STOPS, type RunConfig, type StopRule } from '../../src/core/run-config.ts';
import { barsOf, type Ohlc } from './bars.ts';
import { configOf } from './config.ts';

/** Beside the repository: what vectorbt made of 114 inputs (section 10 of the semantics). */
const VECTORBT_CASES = new URL('../../../shared/cases/vectorbt/', import.meta.url);

/** Cases that ask for something our semantics do not have. */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  'orders-069': 'lock_cash: vectorbt keeps the proceeds of short sales out of reach',
  'orders-085': 'val_price: sizes follow from the close of the bar whose open fills them, a look ahead',
  'orders-087': 'update_value: equity is taken anew after each order of a batch',
  'orders-095': 'max_size: no order is capped by a number of shares',
  'orders-097': 'allow_partial false: an order that cannot be filled whole is refused',
  'signals-033': 'stop_exit_price price: a stop fills at the close of its bar',
  'signals-047': 'a short of size inf: as large as vectorbt lends, no weight',
  'signals-049': 'four arrays of signals, for longs and for shorts apart',
  'signals-061': 'size in percent of the cash left, not of equity',
  'signals-063': 'vectorbt refuses the input',
  'signals-multi-001': 'size in percent of the cash left, not of equity',
  'signals-multi-003': 'size in percent of the cash left, not of equity',
  'signals-multi-005': 'size in percent of the cash left, not of equity',
};

/** The portfolio that a decision sees, at the close of its bar. */
interface View {
  position(asset: number): number;
  equity(): number;
}

/** One decided weight, with stops of its own where they are not the run's. */
export interface Decided {
  readonly asset: number;
  readonly weight: number;
  readonly stops?: StopRule;
}

/** What is decided at the close of a bar. */
type Decide = (bar: number, view: View) => readonly Decided[];

/** One case as a run of ours. */
export interface VectorbtCase {
  readonly name: string;
  readonly kind: VectorbtInput['kind'];
  readonly bars: Bars;
  readonly config: RunConfig;
  /** Signals act on the state of their moment, so the rows of the matrix are known only during the run. */
  readonly decide: Decide;
}

const price = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
/** One row a bar: a number where there is one asset, else one number an asset. */
const table = z.array(z.union([price.transform((value) => [value]), z.array(price)]));
const signals = z.array(z.union([z.boolean().transform((value) => [value]), z.array(z.boolean())]));
/** Infinite or missing where vectorbt divides by 0. */
const ratio = z
  .union([z.number(), z.literal('inf'), z.null()])
  .transform((value) => (typeof value === 'number' ? value : Number.NaN));

const outcome = z.object({
  orders: z.array(
    z.object({
      idx: z.int(),
      col: z.int(),
      size: z.number(),
      price: z.number(),
      fees: z.number(),
      side: z.enum(['buy', 'sell']),
    }),
  ),
  /** Cash at each close [T] and positions after each bar [T][N] as the simulation had them; absent where they were not written down. */
  simulated: z.object({ cash: z.array(z.number()), assets: z.array(z.array(z.number())) }).optional(),
  /** At each close, added up from the orders; [T] */
  cash: z.array(z.number()),
  /** Positions after each bar, added up from the orders; [T][N] */
  assets: z.array(z.array(z.number())),
  /** Equity at each close, from `cash` and `assets`; [T] */
  value: z.array(z.number()),
  total_return: z.number(),
  max_drawdown: z.number(),
  sharpe_365: ratio,
  sharpe_252: ratio,
  sortino_252: ratio,
  annualized_return_252: ratio,
  annualized_volatility_252: ratio,
  calmar_252: ratio,
});

/** What vectorbt did: orders in sequence, columns, and metrics per year of 365 or 252 bars; NaN = undefined. */
export type VectorbtOutcome = z.infer<typeof outcome>;

const priceMode = z.enum(['close', 'next_open_shifted']);
/** Options that change nothing here; any other that is not named below is refused. */
const ignored = { cash_sharing: z.boolean().optional(), freq: z.literal('1d') };
const costs = { fees: z.number(), fixed_fees: z.number(), slippage: z.number(), init_cash: z.number() };
const prices = { open: table, high: table, low: table, close: table };

const ordersCase = z.object({
  kind: z.literal('from_orders'),
  name: z.string(),
  options: z.strictObject({
    ...ignored,
    ...costs,
    price_mode: priceMode,
    direction: z.enum(['both', 'shortonly']),
    call_seq: z.enum(['auto', 'default']),
    size_type: z.literal('targetpercent'),
    size_granularity: z.number().default(0),
  }),
  inputs: z.object({ ...prices, targets: table }),
});

const signalsCase = z.object({
  kind: z.literal('from_signals'),
  name: z.string(),
  options: z.strictObject({
    ...ignored,
    ...costs,
    price_mode: priceMode,
    direction: z.enum(['longonly', 'shortonly', 'both']),
    size: z.union([z.literal('inf'), z.number()]),
    size_type: z.enum(['amount', 'value']),
    accumulate: z.literal(false),
    stop_entry_price: z.enum(['close', 'price', 'fillprice']),
    stop_exit_price: z.enum(['stoplimit', 'stopmarket']),
    upon_stop_exit: z.literal('close'),
    call_seq: z.enum(['auto', 'default']).default('default'),
    /** One for all entries, or one a bar. */
    sl_stop: z.union([z.number(), z.array(z.number())]).default(Number.NaN),
    sl_trail: z.boolean().default(false),
    tp_stop: z.number().default(Number.NaN),
  }),
  inputs: z.object({
    ...prices,
    entries: signals,
    exits: signals,
    short_entries: z.null().optional(),
    short_exits: z.null().optional(),
  }),
});

const inputOfCase = z.discriminatedUnion('kind', [ordersCase, signalsCase]);

/** What one case asks of vectorbt, before it is read: JSON with `null` for NaN. */
export type VectorbtInput = z.input<typeof inputOfCase>;

/** The names of all cases, ascending; none where the directory is not there. */
export function vectorbtCaseNames(): string[] {
  if (!existsSync(VECTORBT_CASES)) return [];
  return readdirSync(VECTORBT_CASES)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** One case of the directory that applies, and what vectorbt made of it. Throws as `vectorbtCase`. */
export function readVectorbtCase(name: string): { given: VectorbtCase; expected: VectorbtOutcome } {
  const json = JSON.parse(readFileSync(new URL(`${name}.json`, VECTORBT_CASES), 'utf8'));
  return { given: vectorbtCase(json), expected: vectorbtOutcome(json.expected, name) };
}

/** A case; an error where it asks for an option that neither our semantics nor this reading knows. */
export function vectorbtCase(input: unknown): VectorbtCase {
  const { success, data: given, error } = inputOfCase.safeParse(input);
  const { name } = input as { readonly name: string };
  if (!success) throw new Error(`${name}: neither applicable nor listed as not: ${error.message}`);
  return {
    name,
    kind: given.kind,
    bars: barsOfCase(given.inputs),
    config: given.kind === 'from_orders' ? ordersConfig(given.options) : signalsConfig(given.options),
    decide: given.kind === 'from_orders' ? decideTargets(given) : decideSignals(given),
  };
}

/** What vectorbt wrote of a case; an error where it refused it. */
export function vectorbtOutcome(output: unknown, name: string): VectorbtOutcome {
  const { success, data, error } = outcome.safeParse(output);
  if (success) return data;
  throw new Error(`${name}: ${JSON.stringify((output as { error?: string }).error ?? error.message)}`);
}

function barsOfCase({ open, high, low, close }: Record<'open' | 'high' | 'low' | 'close', number[][]>): Bars {
  const asset = (a: number) =>
    close.map(
      (row, t): Ohlc => (Number.isNaN(row[a]) ? null : [open[t]![a]!, high[t]![a]!, low[t]![a]!, row[a]!]),
    );
  return barsOf(Object.fromEntries(close[0]!.map((_, a) => [`asset-${a}`, asset(a)])));
}

type Shared = z.infer<typeof ordersCase>['options'] | z.infer<typeof signalsCase>['options'];

function sharedConfig(options: Shared) {
  return {
    preset: 'vectorbt',
    cash: options.init_cash,
    feeRate: options.fees,
    fixedFee: options.fixed_fees,
    slippage: options.slippage,
    execution: options.price_mode === 'close' ? 'close' : 'next_open',
  } as const;
}

function ordersConfig(options: z.infer<typeof ordersCase>['options']): RunConfig {
  const { execution, ...shared } = sharedConfig(options);
  const sequence = options.call_seq === 'auto' ? 'sells_first' : 'column';
  return configOf({ ...shared, lotSize: options.size_granularity, fill: { execution, sequence } });
}

function signalsConfig(options: z.infer<typeof signalsCase>['options']): RunConfig {
  const { execution, ...shared } = sharedConfig(options);
  if (options.stop_entry_price === 'price' && options.slippage !== 0) {
    throw new Error('stop_entry_price price is the fill price only without slippage');
  }
  const stopFill = options.stop_exit_price === 'stopmarket' ? 'market' : 'limit';
  return configOf({
    ...shared,
    // Stops that change from bar to bar come with the entries; then the run itself has none.
    stops: typeof options.sl_stop === 'number' ? stopsAt(options, 0) : NO_STOPS,
    fill: {
      execution,
      sequence: options.call_seq === 'auto' ? 'sells_first' : 'column',
      stopFill,
      tpFill: stopFill,
      stopBase: options.stop_entry_price === 'close' ? 'close' : 'fill',
    },
  });
}

/** The stops of an entry decided on this bar. */
function stopsAt(
  { sl_stop, sl_trail, tp_stop }: z.infer<typeof signalsCase>['options'],
  bar: number,
): StopRule {
  const distance = typeof sl_stop === 'number' ? sl_stop : sl_stop[bar]!;
  return { ...NO_STOPS, [sl_trail ? 'trailingStop' : 'stopLoss']: distance, takeProfit: tp_stop };
}

/**
 * Target weights: known beforehand, NaN = maintain. A row stands on the bar that decides it, also where the next open
 * fills it.
 */
function decideTargets({ options, inputs }: z.infer<typeof ordersCase>): Decide {
  const sign = options.direction === 'shortonly' ? -1 : 1;
  return (bar) =>
    (inputs.targets[bar] ?? [])
      .map((weight, asset) => ({ asset, weight: sign * weight + 0 }))
      .filter(({ weight }) => !Number.isNaN(weight));
}

/** The side that an entry and an exit signal ask for. */
const SIDES = { longonly: [1, 0], shortonly: [-1, 0], both: [1, -1] } as const;

/** Signals of each asset: they count where it is not yet on the side they ask for; both at once are nothing. */
function decideSignals({ options, inputs }: z.infer<typeof signalsCase>): Decide {
  const [entrySide, exitSide] = SIDES[options.direction];
  const { size, sl_stop } = options;
  const sizeWeight = (bar: number, asset: number, equity: number) => {
    if (size === 'inf') return 1;
    return (size * (options.size_type === 'amount' ? inputs.close[bar]![asset]! : 1)) / equity;
  };
  const decideAsset = (bar: number, asset: number, view: View): Decided[] => {
    if (Number.isNaN(inputs.close[bar]![asset])) return [];
    const entry = inputs.entries[bar]![asset]!;
    const side = entry ? entrySide : exitSide;
    if (entry === inputs.exits[bar]![asset] || side === Math.sign(view.position(asset))) return [];
    if (side === 0) return [{ asset, weight: 0 }];
    const weight = side * sizeWeight(bar, asset, view.equity());
    return [{ asset, weight, ...(typeof sl_stop === 'number' ? {} : { stops: stopsAt(options, bar) }) }];
  };
  return (bar, view) => inputs.close[0]!.flatMap((_, asset) => decideAsset(bar, asset, view));
}
