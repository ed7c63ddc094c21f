import type { z } from 'zod';
import { InvalidInputError } from './errors.ts';
import { suggestName } from './nearest.ts';

/** One thing wrong with a document: where, and what was expected and found. */
export interface Problem {
  readonly path: readonly PropertyKey[];
  /** True where the name of the last field is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;

/** A value as an error shows it: JSON, at most 60 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `strategy.params.lookback[2]`, or `the document` for the whole of it. */
export function shownPath(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? 'the document' : text.replace(/^\./, '');
}

/**
 * The problems behind zod's issues, in the words of the sweep file.
 *
 * Expects issues that carry their input (`reportInput: true`) and no message of zod's (`error: () => ''`); a message
 * that a schema sets itself says what it expects. `fieldsAt` gives the known fields of the object at
 * a path, to name the nearest one.
 */
export function problemsOf(
  issues: readonly Issue[],
  fieldsAt: (path: readonly PropertyKey[]) => readonly string[],
): Problem[] {
  return issues.flatMap((issue) => explain(issue, [], fieldsAt));
}

function explain(
  issue: Issue,
  base: readonly PropertyKey[],
  fieldsAt: (path: readonly PropertyKey[]) => readonly string[],
): Problem[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key, i) => {
      // a hostile document has thousands; ten are shown
      const hint = i < 10 ? `; ${suggestName(key, fieldsAt(path))}` : '';
      const message = `unknown field ${shown(key)}${hint}`;
      return { path: [...path, key], atKey: true, message };
    });
  }
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue);
    if (meant !== null) return meant.flatMap((inner) => explain(inner, path, fieldsAt));
  }
  if (issue.code === 'invalid_key') {
    const message = `expected ${expectation(issue.issues[0] ?? issue)}, found ${shown(issue.path.at(-1))}; rename it`;
    return [{ path, atKey: true, message }];
  }
  if (issue.code === 'custom') return [{ path, atKey: false, message: issue.message }];
  return [{ path, atKey: false, message: `expected ${expectation(issue)}, found ${shown(issue.input)}` }];
}

/** The branch of a union that was meant: of those whose own type fits, so that complaints lie deeper, the mildest. */
function meantBranch(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | null {
  const isOtherType = (inner: Issue): boolean =>
    inner.path.length === 0 &&
    (inner.code === 'invalid_type' ||
      inner.code === 'invalid_value' ||
      (inner.code === 'invalid_union' && inner.errors.every((branch) => branch.some(isOtherType))));
  const candidates = issue.errors.filter((branch) => !branch.some(isOtherType));
  return candidates.sort((a, b) => a.length - b.length)[0] ?? null;
}

/** What a value should have been, without its place and what it was. */
function expectation(issue: Issue): string {
  if (issue.message !== '') return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map((value) => shown(value)).join(' or ');
    case 'too_small':
      return bound(issue.origin, issue.inclusive ? 'at least' : 'above', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'below', issue.maximum);
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation)))].join(' or ');
    default:
      return 'another value';
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'fields (a mapping)',
  record: 'fields (a mapping)',
  null: 'null',
};

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string') return `text of ${relation} ${limit} characters`;
  if (origin === 'array') return `a list of ${relation} ${limit} values`;
  return `a number ${relation} ${limit}`;
}

/** One error about all problems, the first ten in full; `place` says where a problem lies. */
export function problemsError(
  problems: readonly Problem[],
  place: (problem: Problem) => string,
): InvalidInputError {
  const lines = problems.slice(0, 10).map((problem) => `${place(problem)}: ${problem.message}`);
  if (problems.length > lines.length) lines.push(`and ${problems.length - lines.length} more`);
  return new InvalidInputError(lines.join('\n'));
}
