import * as z from 'zod';
import {
  FILL_MODEL_VALUES,
  FILL_PRESETS,
  type FillModel,
  type FillPreset,
  fillModel,
} from '../core/fill-model.ts';
import { axisValues, finiteNumber, isAxis, type Scalar, sweptChoice, sweptNumber } from './axis.ts';

const fraction = finiteNumber.min(0).lt(1);
const positive = finiteNumber.gt(0);
const notNegative = finiteNumber.min(0);

const number = (schema: z.ZodNumber, byDefault: number, help: string) =>
  sweptNumber(schema).default(byDefault).describe(help);

/** Account, costs and limits of the runs; each field one value or an axis. */
export const sweptPortfolio = z.strictObject({
  cash: number(positive, 100_000, 'Initial cash, above 0.'),
  feeRate: number(fraction, 0, 'Fee of every fill as a fraction of its value.'),
  fixedFee: number(notNegative, 0, 'Fee of every fill, in money.'),
  slippage: number(fraction, 0, 'Fraction by which a market fill is worse than the price.'),
  allowShort: sweptChoice(z.boolean()).default(false).describe('Whether negative weights are allowed.'),
  maxLeverage: number(positive, 1, 'Highest sum of absolute weights of an event.'),
  maxAssetWeight: number(positive, 1, 'Highest absolute weight of one asset.'),
  lotSize: number(notNegative, 0, 'Quantities are whole multiples of it; 0 = no lots.'),
  minSize: number(notNegative, 1e-8, 'Smaller orders are not sent (a full exit is).'),
  minNotional: number(
    notNegative,
    0,
    'Orders of a smaller value are not sent (a full exit is); 0 = no minimum.',
  ),
});

/** Account, costs and limits of one run; units as in RunConfig. */
export interface Portfolio {
  readonly cash: number;
  readonly feeRate: number;
  readonly fixedFee: number;
  readonly slippage: number;
  readonly allowShort: boolean;
  readonly maxLeverage: number;
  readonly maxAssetWeight: number;
  readonly lotSize: number;
  readonly minSize: number;
  readonly minNotional: number;
}

const stop = (help: string) =>
  sweptNumber(positive.nullable()).default(null).describe(`${help} A fraction above 0; null = none.`);

/** The default stops of the runs; each field one value or an axis. */
export const sweptStops = z.strictObject({
  stopLoss: stop('Exit at this loss from the entry price.'),
  trailingStop: stop('Exit at this loss from the peak since the entry.'),
  takeProfit: stop('Exit at this profit from the entry price.'),
});

/** The default stops of one run: fractions above 0, null = none. */
export interface Stops {
  readonly stopLoss: number | null;
  readonly trailingStop: number | null;
  readonly takeProfit: number | null;
}

const choice = <T extends string | boolean>(values: readonly T[]) =>
  sweptChoice(z.literal(values))
    .optional()
    .describe(`One of ${values.join(', ')}; default: as the preset says.`);

const preset = sweptChoice(z.enum(Object.keys(FILL_PRESETS) as [FillPreset, ...FillPreset[]]));

const fillFields = z
  .strictObject({
    preset: preset.default('realistic').describe('The assumptions from which single fields depart.'),
    execution: choice(FILL_MODEL_VALUES.execution),
    sequence: choice(FILL_MODEL_VALUES.sequence),
    cash: choice(FILL_MODEL_VALUES.cash),
    intrabar: choice(FILL_MODEL_VALUES.intrabar),
    tpGap: choice(FILL_MODEL_VALUES.tpGap),
    tpFill: choice(FILL_MODEL_VALUES.tpFill),
    trailingPeak: choice(FILL_MODEL_VALUES.trailingPeak),
    stopFill: choice(FILL_MODEL_VALUES.stopFill),
    stopBase: choice(FILL_MODEL_VALUES.stopBase),
    onIncrease: choice(FILL_MODEL_VALUES.onIncrease),
    rearm: choice(FILL_MODEL_VALUES.rearm),
    entryBar: choice(FILL_MODEL_VALUES.entryBar),
    onConflict: choice(FILL_MODEL_VALUES.onConflict),
    missingBar: choice(FILL_MODEL_VALUES.missingBar),
    ruin: choice(FILL_MODEL_VALUES.ruin),
    drawdownFrom: choice(FILL_MODEL_VALUES.drawdownFrom),
  })
  .superRefine((fill, context) => {
    for (const model of fillCombinations(fill)) {
      if (model.stopBase !== 'close' || model.execution !== 'next_open' || model.entryBar === 'never')
        continue;
      const message =
        'expected `entryBar: never` where `stopBase: close` meets `execution: next_open`, ' +
        `found entryBar ${model.entryBar}: on the bar of the entry the stop's base is not known yet; ` +
        'set `entryBar: never`, or `stopBase: fill`';
      context.addIssue({ code: 'custom', message, path: ['stopBase'] });
      return;
    }
  });

/** Every combination that a sweep can make of the fields whose values depend on each other. */
function fillCombinations(fill: Readonly<Record<string, unknown>>): FillModel[] {
  let settings: Record<string, Scalar>[] = [{}];
  for (const name of ['preset', 'execution', 'stopBase', 'entryBar']) {
    const value = fill[name];
    if (value === undefined) continue;
    const values = isAxis(value) ? axisValues(value) : [value as Scalar];
    settings = settings.flatMap((setting) => values.map((one) => ({ ...setting, [name]: one })));
  }
  return settings.map(({ preset, ...fields }) =>
    fillModel(preset as FillPreset, fields as Partial<FillModel>),
  );
}

/** The fill model of the runs: a preset (or several), or a preset with single fields set otherwise. */
export const sweptFill = z
  .union([preset, fillFields], {
    error: `a preset (${Object.keys(FILL_PRESETS).join(', ')}), a list of presets, or fields {preset, field: …}`,
  })
  .transform(
    (value): z.output<typeof fillFields> =>
      typeof value === 'string' || Array.isArray(value) ? { preset: value } : value,
  );

/** The fields of the fill model in their documented order. */
export const FILL_FIELDS = Object.keys(FILL_MODEL_VALUES) as readonly (keyof FillModel)[];
