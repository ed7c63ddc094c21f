import { type ASTNode, type Environment, ParseError } from '@marcbachmann/cel-js';
import { InvalidInputError } from '../contracts/errors.ts';
import { suggestName } from '../contracts/nearest.ts';
import { shown } from '../contracts/problem.ts';
import { SPEC_LIMITS } from '../contracts/sweep-spec.ts';

/** Limits of the parser, beside SPEC_LIMITS.expressionLength. */
export const EXPRESSION_LIMITS = { maxDepth: 32, maxAstNodes: 500, maxListElements: 200 } as const;

/** A checked expression. */
export interface Expression {
  /** Where it stands, for errors: `conditions[0] "params.top <= 2"`. */
  readonly place: string;
  /** The names it reads, `params.top` or `sharpe`, each once in order of appearance. */
  readonly names: readonly string[];
  /** Its value; throws what the library throws where it has none. */
  readonly evaluate: (context: Readonly<Record<string, unknown>>) => unknown;
}

const OPERATORS = new Set('value list ! !_ -_ ?: || && == != < <= > >= in + - * / %'.split(' '));
const METHODS = ['contains', 'startsWith', 'endsWith'];

/**
 * Compiles one CEL expression over known names; every number is a double, so 1/2 is 0.5 and 2 equals 2.0.
 *
 * Throws InvalidInputError for bad syntax, unknown names (with the nearest) and whatever could take long or loop:
 * of CEL's functions and macros only contains, startsWith and endsWith are allowed.
 */
export function compileExpression(
  text: string,
  place: string,
  environment: Environment,
  known: readonly string[],
): Expression {
  const where = `${place} ${shown(text)}`;
  if (text.length > SPEC_LIMITS.expressionLength) {
    throw new InvalidInputError(
      `${where}: expected at most ${SPEC_LIMITS.expressionLength} characters, found ${text.length}; split it`,
    );
  }
  try {
    const names = new Set<string>();
    const integers: ASTNode[] = [];
    inspect(environment.parse(text).ast, { where, known, names, integers });
    const parsed = environment.parse(withDoubles(text, integers));
    const { valid, type, error } = parsed.check();
    if (!valid) throw new InvalidInputError(`${where}: ${plainTypes(error?.summary ?? 'not valid')}`);
    if (type !== 'bool' && type !== 'dyn') {
      throw new InvalidInputError(
        `${where}: expected true or false, found ${plainTypes(String(type))}; compare it`,
      );
    }
    return { place: where, names: [...names], evaluate: parsed };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const column = error.range === undefined ? '' : ` at character ${error.range.start + 1}`;
    throw new InvalidInputError(
      `${where}: expected an expression such as a.b <= 2 || c != null${column}: ${error.summary}`,
    );
  }
}

interface Findings {
  readonly where: string;
  readonly known: readonly string[];
  readonly names: Set<string>;
  readonly integers: ASTNode[];
}

/** Walks an expression: notes names and integer literals, refuses what is not allowed. Depth is limited by the parser. */
function inspect(node: ASTNode, found: Findings): void {
  const name = nameOf(node);
  if (name !== null) {
    if (!found.known.includes(name)) {
      throw new InvalidInputError(`${found.where}: unknown name ${name}; ${suggestName(name, found.known)}`);
    }
    found.names.add(name);
    return;
  }
  if (node.op === 'value') {
    if (typeof node.args === 'bigint') found.integers.push(node);
    if (typeof node.args === 'object' && node.args !== null) {
      throw new InvalidInputError(`${found.where}: expected plain numbers and text, found ${sourceOf(node)}`);
    }
    return;
  }
  if (node.op === 'rcall' && METHODS.includes(node.args[0])) {
    for (const part of [node.args[1], ...node.args[2]]) inspect(part, found);
    return;
  }
  if (!OPERATORS.has(node.op)) {
    throw new InvalidInputError(
      `${found.where}: expected comparisons and arithmetic, found ${sourceOf(node)}; functions are ${METHODS.join(', ')}`,
    );
  }
  const parts = Array.isArray(node.args) ? node.args : [node.args];
  for (const part of parts) inspect(part as ASTNode, found);
}

/** `sharpe` of an identifier, `params.top` of a selection from one (also written params["top"]); null of all else. */
function nameOf(node: ASTNode): string | null {
  if (node.op === 'id') return node.args;
  if (node.op === '.' && node.args[0].op === 'id') return `${node.args[0].args}.${node.args[1]}`;
  if (node.op !== '[]' || node.args[0].op !== 'id') return null;
  const key = node.args[1];
  return key.op === 'value' && typeof key.args === 'string' ? `${node.args[0].args}.${key.args}` : null;
}

function sourceOf(node: ASTNode): string {
  return shown(node.input.slice(node.start, node.end));
}

/**
 * The text with each integer literal written as a double.
 *
 * CEL keeps the two apart: 1/2 is 0, and a double in [1, 2] or a double % 2 is an error. A sweep file has one kind of number.
 */
function withDoubles(text: string, integers: readonly ASTNode[]): string {
  const byPosition = [...integers].sort((a, b) => b.start - a.start);
  return byPosition.reduce((rewritten, { start, end, args }) => {
    const number = String(Number(args));
    return rewritten.slice(0, start) + (/[.e]/.test(number) ? number : `${number}.0`) + rewritten.slice(end);
  }, text);
}

/** Messages of the library in the words of the sweep file. */
export function plainTypes(message: string): string {
  return message.replace(/dyn<(\w+)>/g, '$1').replace(/\bdouble\b/g, 'number');
}
