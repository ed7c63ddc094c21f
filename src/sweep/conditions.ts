import { Environment } from '@marcbachmann/cel-js';
import { InvalidInputError } from '../contracts/errors.ts';
import { FILL_FIELDS } from '../contracts/run-settings.ts';
import { compileExpression, EXPRESSION_LIMITS, type Expression, plainTypes } from './expression.ts';
import { axisTarget, type Grid, resolveFill, settingsAt } from './grid.ts';

/** Outcomes kept per condition; a condition over axes with more combinations is evaluated at every point. */
const MEMO_LIMIT = 1_000_000;

/** Whether a point of the grid is a run: one expression of the sweep file, compiled. */
export interface Condition {
  readonly text: string;
  /** At a position on each axis of the grid [axes]; InvalidInputError where it has no answer. */
  readonly holds: (digits: ArrayLike<number>) => boolean;
}

/**
 * Compiles the conditions of a sweep over `params.*`, `stops.*`, `portfolio.*` and `fill.*` (with `fill.preset`).
 *
 * Null may be compared for equality; ordering or calculating with it is an error where it happens, since a run must
 * be neither kept nor dropped by accident. Outcomes are remembered per combination of the axes a condition reads, so
 * that asking again at any point of the grid is a table look-up.
 */
export function compileConditions(conditions: readonly string[], grid: Grid): Condition[] {
  const environment = new Environment({ homogeneousAggregateLiterals: false, limits: EXPRESSION_LIMITS });
  environment.registerOperator('double % double', (a: number, b: number) => a % b);
  for (const group of Object.keys(grid.fixed)) environment.registerVariable(group, 'map');
  const known = Object.entries(grid.fixed).flatMap(([group, fields]) => {
    const names = group === 'fill' ? ['preset', ...FILL_FIELDS] : Object.keys(fields);
    return names.map((name) => `${group}.${name}`);
  });
  return conditions.map((text, i) => {
    const expression = compileExpression(text, `conditions[${i}]`, environment, known);
    const axes = axesOf(expression, grid);
    return { text, holds: remembered(grid, axes, decider(expression, grid, axes)) };
  });
}

/** The numbers of the axes an expression depends on; a fill field depends on the preset too. */
function axesOf({ names }: Expression, grid: Grid): number[] {
  const readsFill = names.some((name) => name.startsWith('fill.'));
  return grid.axes.flatMap(({ path }, k) =>
    names.includes(path) || (readsFill && path === 'fill.preset') ? [k] : [],
  );
}

function remembered(
  grid: Grid,
  axes: readonly number[],
  decideAt: (digits: ArrayLike<number>) => boolean,
): (digits: ArrayLike<number>) => boolean {
  const lengths = axes.map((k) => grid.axes[k]!.values.length);
  const combinations = lengths.reduce((product, length) => product * length, 1);
  if (combinations > MEMO_LIMIT) return decideAt;
  // 0 = not asked yet, so that a point excluded by an earlier condition is never evaluated
  const outcomes = new Uint8Array(combinations);
  return (digits) => {
    let at = 0;
    for (let i = 0; i < axes.length; i++) at = at * lengths[i]! + digits[axes[i]!]!;
    if (outcomes[at] === 0) outcomes[at] = decideAt(digits) ? 2 : 1;
    return outcomes[at] === 2;
  };
}

/** Evaluates an expression on one context whose axis values are set anew for each point: no objects are made. */
function decider(
  expression: Expression,
  grid: Grid,
  axes: readonly number[],
): (digits: ArrayLike<number>) => boolean {
  const settings = settingsAt(grid, new Uint8Array(grid.axes.length));
  const context: Record<string, Record<string, unknown>> = { ...settings };
  const readsFill = expression.names.some((name) => name.startsWith('fill.'));
  const targets = axes.map((k) => {
    const [group, field] = axisTarget(grid.axes[k]!);
    return { k, fields: settings[group], field, values: grid.axes[k]!.values };
  });
  return (digits) => {
    for (const { k, fields, field, values } of targets) fields[field] = values[digits[k]!];
    if (readsFill) {
      const { fill, fillPreset } = resolveFill(settings.fill);
      context.fill = { ...fill, preset: fillPreset };
    }
    let outcome: unknown;
    try {
      outcome = expression.evaluate(context);
    } catch (error) {
      throw noAnswer(expression, context, error as Error & { summary?: string });
    }
    if (typeof outcome === 'boolean') return outcome;
    throw noAnswer(expression, context, { message: `expected true or false, found ${outcome}` });
  };
}

function noAnswer(
  { place, names }: Expression,
  context: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  cause: { message: string; summary?: string },
): InvalidInputError {
  const read = names.map((name) => {
    const dot = name.indexOf('.');
    return { name, value: context[name.slice(0, dot)]?.[name.slice(dot + 1)] };
  });
  const point = read.map(({ name, value }) => `${name} = ${JSON.stringify(value)}`).join(', ');
  const unguarded = read.find(({ value }) => value === null)?.name;
  const advice =
    unguarded === undefined ? 'compare values of one kind' : `guard it: ${unguarded} != null && …`;
  return new InvalidInputError(
    `${place}: no answer where ${point}: ${plainTypes(cause.summary ?? cause.message)}; ${advice}`,
  );
}
