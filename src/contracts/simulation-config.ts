import * as z from 'zod';
import {
  FILL_MODEL_VALUES,
  FILL_PRESETS,
  type FillModel,
  type FillPreset,
  fillModel,
} from '../core/fill-model.ts';
import { finiteNumber } from './axis.ts';
import { type Problem, problemsError, problemsOf, shownPath } from './problem.ts';
import { type Portfolio, sweptFill, sweptPortfolio } from './run-settings.ts';
import { stopFault, stopRuleSchema } from './stop-rule.ts';

const { shape } = sweptPortfolio;

/** The one value of a field that a sweep may vary. */
function single<T>(field: z.ZodDefault<z.ZodUnion<readonly [z.ZodType<T, T>, ...z.ZodType[]]>>) {
  const [value] = field.unwrap().options;
  return value.default(() => field.parse(undefined) as never);
}

const presets = Object.keys(FILL_PRESETS) as [FillPreset, ...FillPreset[]];
const fillFields = Object.entries(FILL_MODEL_VALUES).map(([name, values]) => [
  name,
  z.literal([...values]).optional(),
]);
const fill = z
  .union(
    [
      z.enum(presets),
      z.strictObject({ preset: z.enum(presets).default('realistic'), ...Object.fromEntries(fillFields) }),
    ],
    {
      error: `a preset (${presets.join(', ')}), or fields {preset, field: …}`,
    },
  )
  // The schema of a sweep knows which fields do not go together.
  .superRefine((value, context) => {
    for (const issue of sweptFill.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue });
  })
  .transform((value): FillModel => {
    if (typeof value === 'string') return fillModel(value);
    const { preset, ...fields } = value;
    return fillModel(preset as FillPreset, fields as Partial<FillModel>);
  });

/** Everything besides bars and instructions that decides a single backtest; defaults are those of a sweep. */
export const simulationConfig = z
  .strictObject({
    cash: single(shape.cash),
    feeRate: single(shape.feeRate),
    fixedFee: single(shape.fixedFee),
    slippage: single(shape.slippage),
    allowShort: single(shape.allowShort),
    maxLeverage: single(shape.maxLeverage),
    maxAssetWeight: single(shape.maxAssetWeight),
    lotSize: single(shape.lotSize),
    minSize: single(shape.minSize),
    minNotional: single(shape.minNotional),
    barsPerYear: finiteNumber.gt(0).optional(),
    riskFreeRate: finiteNumber.gt(-1).default(0),
    stops: stopRuleSchema.default({}),
    fill: fill.prefault('realistic'),
    snap: z.enum(['none', 'next']).default('none'),
    engine: z.enum(['window', 'event', 'both']).default('both'),
  })
  .superRefine(({ stops, allowShort }, context) => {
    const fault = stopFault(stops, allowShort ? -1 : 1);
    if (fault) context.addIssue({ code: 'custom', path: ['stops', fault.field], message: fault.message });
  });

/**
 * A configuration as it may be given: every field optional.
 *
 * @useDeclaredType
 */
export type SimulationConfigInput = Omit<z.input<typeof simulationConfig>, 'fill'> & {
  /** A preset, or single fields over one. */
  readonly fill?: FillPreset | ({ readonly preset?: FillPreset } & Partial<FillModel>);
};

/** A configuration with every default filled in. */
export type SimulationConfig = z.output<typeof simulationConfig> & Portfolio;

/** Reads a configuration; InvalidInputError that names each wrong field, after `where`. */
export function parseSimulationConfig(raw: unknown, where: string): SimulationConfig {
  const result = simulationConfig.safeParse(raw, { reportInput: true, error: () => '' });
  if (result.success) return result.data;
  const fieldsAt = (path: readonly PropertyKey[]) => {
    if (path.length === 0) return Object.keys(simulationConfig.shape);
    return path[0] === 'fill'
      ? ['preset', ...Object.keys(FILL_MODEL_VALUES)]
      : Object.keys(stopRuleSchema.shape);
  };
  const problems: readonly Problem[] = problemsOf(result.error.issues, fieldsAt);
  throw problemsError(
    problems,
    ({ path }) => `${where}: ${path.length === 0 ? 'the configuration' : shownPath(path)}`,
  );
}
