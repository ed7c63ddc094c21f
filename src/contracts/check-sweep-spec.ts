import { type Problem, problemsError, problemsOf, shownPath } from './problem.ts';
import { FILL_FIELDS, sweptPortfolio, sweptStops } from './run-settings.ts';
import { SPEC_LIMITS, type SweepSpec, sweepSpec } from './sweep-spec.ts';
import { VALIDATION_FIELDS } from './validation-rule.ts';

const KEYS_THAT_REACH_PROTOTYPES = ['__proto__', 'constructor', 'prototype'];

/** The first place where a document is nested too deeply or has a key that no object may have; null where none. */
function structureProblem(value: unknown, path: readonly PropertyKey[]): Problem | null {
  if (typeof value !== 'object' || value === null) return null;
  if (path.length >= SPEC_LIMITS.depth) {
    const message = `expected at most ${SPEC_LIMITS.depth} levels of lists and fields, found more; write it flatter`;
    return { path, atKey: false, message };
  }
  for (const key of Object.keys(value)) {
    const inner = [...path, Array.isArray(value) ? Number(key) : key];
    if (KEYS_THAT_REACH_PROTOTYPES.includes(key)) {
      return { path: inner, atKey: true, message: `the name ${key} is not allowed; rename the field` };
    }
    const problem = structureProblem((value as Readonly<Record<string, unknown>>)[key], inner);
    if (problem !== null) return problem;
  }
  return null;
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'the document': Object.keys(sweepSpec.shape),
  period: ['from', 'to'],
  strategy: ['name', 'params'],
  sample: ['random', 'seed'],
  objective: ['metric', 'robust'],
  statistics: ['benchmark'],
  parity: ['sample'],
  stops: Object.keys(sweptStops.shape),
  portfolio: Object.keys(sweptPortfolio.shape),
  fill: ['preset', ...FILL_FIELDS],
  ...VALIDATION_FIELDS,
};

/** Reads the content of a sweep file (plain JSON values): the spec with every default, or all that is wrong with it. */
export function checkSweepSpec(raw: unknown): { spec: SweepSpec } | { problems: readonly Problem[] } {
  const structure = structureProblem(raw, []);
  if (structure !== null) return { problems: [structure] };
  const result = sweepSpec.safeParse(raw, { reportInput: true, error: () => '' });
  if (result.success) return { spec: result.data };
  const fieldsAt = (path: readonly PropertyKey[]) => FIELDS[shownPath(path)] ?? ['from', 'to', 'step'];
  return { problems: problemsOf(result.error.issues, fieldsAt) };
}

/** Reads the content of a sweep file; throws InvalidInputError that names each wrong field. */
export function parseSweepSpec(raw: unknown): SweepSpec {
  const checked = checkSweepSpec(raw);
  if ('spec' in checked) return checked.spec;
  throw problemsError(checked.problems, ({ path }) => shownPath(path));
}
