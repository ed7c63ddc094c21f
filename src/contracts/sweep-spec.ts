import * as z from 'zod';
import { axisValues, duplicateOf, finiteNumber, isAxis, type Scalar, sweptParameter } from './axis.ts';
import { period } from './period.ts';
import { FILL_FIELDS, sweptFill, sweptPortfolio, sweptStops } from './run-settings.ts';
import { validationRule } from './validation-rule.ts';

/** Limits that hold before anything is allocated; lengths in characters, `bytes` of the document. */
export const SPEC_LIMITS = {
  bytes: 256 * 1024,
  depth: 8,
  axes: 16,
  runs: 1_000_000,
  runsAtMost: 10_000_000,
  expressions: 32,
  expressionLength: 1000,
} as const;

const text = z.string().min(1).max(1024);
const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
  error: 'a name of letters, digits, _ and - that begins with a letter, at most 64 characters',
});
const runs = z.int().min(1).max(SPEC_LIMITS.runsAtMost);
const expressions = z.array(z.string().min(1).max(SPEC_LIMITS.expressionLength)).max(SPEC_LIMITS.expressions);

const strategy = z.strictObject({
  name: text.describe('Name of a built-in strategy, or the path of a module: ./my-strategy.ts.'),
  params: z
    .record(name, sweptParameter)
    .default({})
    .describe("The strategy's parameters, see `backsweep strategies`."),
});

const sample = z.strictObject({
  random: runs.describe('Number of runs to draw.'),
  seed: z.int().min(0).default(0).describe('The same seed draws the same runs.'),
});

const objective = z.strictObject({
  metric: name,
  robust: z
    .boolean()
    .default(false)
    .describe('Rank by the mean of a run and its neighbours on the grid, not by the run alone.'),
});

const statistics = z.strictObject({
  benchmark: z
    .union(
      [
        z.enum(['cash', 'equal-weight']),
        z.strictObject({ run: z.string().regex(/^[0-9a-f]{10,32}$/, { error: '10 to 32 hex digits' }) }),
      ],
      { error: 'cash, equal-weight or {run: id}' },
    )
    .default('cash')
    .describe('What the runs must beat: cash, all assets in equal weight, or a run of this sweep by its id.'),
});

const shape = {
  name: text.max(100).default('sweep').describe('What the report and the history call this sweep.'),
  bars: text.describe('A dataset directory, or s3://bucket/datasets/id.'),
  universe: z
    .array(z.string().min(1).max(64))
    .min(1)
    .max(100_000)
    .optional()
    .describe('Symbols; default: all.'),
  period: period.prefault({}).describe('The bars to use; default: all.'),
  strategy: strategy.describe('What decides the weights.'),
  stops: sweptStops.prefault({}).describe('Stops of every instruction that sets none itself.'),
  portfolio: sweptPortfolio.prefault({}).describe('Account, costs and limits.'),
  fill: sweptFill
    .prefault('realistic')
    .describe('The assumptions about fills: a preset, or {preset, field: …}.'),
  barsPerYear: finiteNumber.gt(0).optional().describe('For annual figures; default: inferred from the bars.'),
  riskFreeRate: finiteNumber.gt(-1).default(0).describe('Per year.'),
  conditions: expressions
    .default([])
    .describe('Expressions over params, stops, portfolio and fill; all must hold.'),
  sample: sample.optional().describe('A seeded subset, without listing the grid.'),
  objective: z
    .union([name.transform((metric) => ({ metric, robust: false })), objective], {
      error: 'the name of a metric, or {metric: name, robust: true}',
    })
    .prefault('sharpe')
    .describe('The metric that ranks the runs, by itself or averaged with the neighbours of the run.'),
  statistics: statistics.prefault({}).describe('What the statistics over the whole grid compare with.'),
  constraints: expressions
    .default([])
    .describe('Expressions over metrics that filter the leaderboard, not the rows.'),
  validation: validationRule
    .optional()
    .describe(
      'Whether the ranking holds on bars that it has not seen: walk-forward, holdout, cross-validation.',
    ),
  parity: z
    .union([z.enum(['auto', 'all', 'none']), z.strictObject({ sample: finiteNumber.gt(0).max(1) })], {
      error: 'auto, all, none or {sample: fraction}',
    })
    .default('auto')
    .describe('Which runs both engines run: auto, all, none, or {sample: fraction}.'),
  snap: z
    .enum(['none', 'next'])
    .default('none')
    .describe('next: an event between two bars moves to the next.'),
  maxRuns: runs.default(SPEC_LIMITS.runs).describe('Refuse the sweep above this number of runs.'),
  shardRuns: z.int().min(1).max(10_000).optional().describe('Runs of a shard; default: about 5 s of work.'),
  maxCostUsd: finiteNumber.min(0).default(5).describe('Refuse to submit above this expected cost.'),
};

/** The sweep file; unknown fields are refused. Its input is the file, its output has every default filled in. */
export const sweepSpec = z.strictObject(shape).superRefine((spec, context) => {
  const say = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  const axes = axisFields(spec);
  if (axes.length > SPEC_LIMITS.axes) {
    const found = axes.map((path) => path.join('.')).join(', ');
    say([], `expected at most ${SPEC_LIMITS.axes} axes, found ${axes.length} (${found}); fix some of them`);
  }
  const shorts = [spec.portfolio.allowShort].flat().includes(true);
  for (const stop of ['stopLoss', 'trailingStop'] as const) {
    const value = spec.stops[stop];
    const values: readonly Scalar[] = isAxis(value) ? axisValues(value) : [value];
    const found = values.find((one) => typeof one === 'number' && one >= 1);
    if (found === undefined || shorts) continue;
    say(
      ['stops', stop],
      `expected a fraction below 1, found ${found}: a long position cannot lose more; 0.05 is 5 %`,
    );
  }
  const drawn = spec.sample?.random ?? 0;
  if (drawn > spec.maxRuns) {
    say(['sample', 'random'], `expected at most maxRuns (${spec.maxRuns}), found ${drawn}; raise maxRuns`);
  }
  const twice = duplicateOf(spec.universe ?? []);
  if (twice !== undefined) say(['universe'], `expected each symbol once, found ${twice} twice; remove one`);
});

/**
 * What may stand in a sweep file: everything but `bars` and `strategy` may be left out.
 *
 * @useDeclaredType
 */
export type SweepSpecInput = z.input<typeof sweepSpec>;

/** A sweep file that was read and checked, every default filled in; ranges are not expanded. */
export type SweepSpec = z.output<typeof sweepSpec>;

/** The paths of the fields that are axes, in the order of the grid: parameters by name, then the rest as documented. */
export function axisFields(spec: Pick<SweepSpec, 'strategy' | 'stops' | 'portfolio' | 'fill'>): string[][] {
  const groups = {
    params: [spec.strategy.params, Object.keys(spec.strategy.params).sort()],
    stops: [spec.stops, Object.keys(sweptStops.shape)],
    portfolio: [spec.portfolio, Object.keys(sweptPortfolio.shape)],
    fill: [spec.fill, ['preset', ...FILL_FIELDS]],
  } as const satisfies Record<string, readonly [Readonly<Record<string, unknown>>, readonly string[]]>;
  return Object.entries(groups).flatMap(([group, [values, names]]) =>
    names
      .filter((field) => isAxis((values as Readonly<Record<string, unknown>>)[field]))
      .map((field) => [group, field]),
  );
}
