import * as z from 'zod';
import { axisValues, isAxis, type Scalar } from '../contracts/axis.ts';
import { InvalidInputError } from '../contracts/errors.ts';
import { suggestName } from '../contracts/nearest.ts';
import { type Problem, problemsError, problemsOf, shownPath } from '../contracts/problem.ts';
import type { SweepSpec } from '../contracts/sweep-spec.ts';
import type { Strategy } from '../strategies/strategy.ts';

/**
 * Checks the parameters of a sweep against its strategy before anything runs: names, every value of every axis, and
 * what the strategy needs but the file leaves out. Throws InvalidInputError with the path of each.
 *
 * How parameters relate to each other is checked per run, by the strategy's whole schema: conditions may exclude
 * combinations that it would refuse.
 */
export function validateParams(strategy: Strategy, spec: SweepSpec): void {
  const shape = objectShape(strategy.params);
  if (shape === null) {
    throw new InvalidInputError(
      `strategy ${strategy.name}: expected \`params\` to be a zod object; write z.object({…})`,
    );
  }
  const given = spec.strategy.params;
  const problems: Problem[] = Object.keys(given)
    .filter((name) => !Object.hasOwn(shape, name))
    .map((name) => ({
      path: ['strategy', 'params', name],
      atKey: true,
      message: `strategy ${strategy.name} has no parameter ${name}; ${suggestName(name, Object.keys(shape))}`,
    }));
  for (const [name, schema] of Object.entries(shape)) {
    const value = given[name];
    const values: readonly unknown[] = isAxis(value) ? axisValues(value as readonly Scalar[]) : [value];
    for (const [i, one] of values.entries()) {
      const result = z.safeParse(schema, one, { reportInput: true, error: () => '' });
      if (result.success) continue;
      const path = ['strategy', 'params', name, ...(isAxis(value) ? [i] : [])];
      for (const problem of problemsOf(result.error.issues, () => [])) {
        problems.push({ ...problem, path: [...path, ...problem.path] });
      }
      break;
    }
  }
  if (problems.length > 0) throw problemsError(problems, ({ path }) => shownPath(path));
}

/** The fields of a zod object, also one that is refined or transformed afterwards; null for other schemas. */
function objectShape(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | null {
  if (schema instanceof z.ZodPipe) return objectShape(schema.in);
  return schema instanceof z.ZodObject ? schema.shape : null;
}
