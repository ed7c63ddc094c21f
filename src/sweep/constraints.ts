import { Environment } from '@marcbachmann/cel-js';
import { compileExpression, EXPRESSION_LIMITS } from './expression.ts';

/** Metrics of one run by name; null and NaN both mean undefined. */
export type MetricValues = Readonly<Record<string, number | null | undefined>>;

/** A constraint of the sweep file, compiled. */
export interface Constraint {
  readonly text: string;
  /** The metrics it reads. */
  readonly metrics: readonly string[];
  readonly holds: (values: MetricValues) => boolean;
}

/**
 * Compiles the constraints of a sweep over metric names; `metrics` lists them all.
 *
 * An undefined metric makes every ordering comparison false, also through arithmetic; `sharpe == null` asks for it. Types are
 * checked here, so that a constraint never fails once the runs are done.
 */
export function compileConstraints(constraints: readonly string[], metrics: readonly string[]): Constraint[] {
  const environment = new Environment({ limits: EXPRESSION_LIMITS });
  environment.registerOperator('double % double', (a: number, b: number) => a % b);
  // an undefined metric is NaN inside, which compares as false and stays undefined through arithmetic
  environment.registerOperator('double == null', (a: number) => Number.isNaN(a));
  for (const name of metrics) environment.registerVariable(name, 'double');
  return constraints.map((text, i) => {
    const { evaluate, names } = compileExpression(text, `constraints[${i}]`, environment, metrics);
    const holds = (values: MetricValues) =>
      evaluate(Object.fromEntries(names.map((name) => [name, values[name] ?? Number.NaN]))) === true;
    return { text, metrics: names, holds };
  });
}
