import { InvalidInputError } from '../contracts/errors.ts';
import { shown } from '../contracts/expected.ts';
import type { Strategy } from './strategy.ts';

const SHAPE =
  'export default defineStrategy({name, description?, params: zod object schema, warmup(params), events(bars, params)})';

/**
 * The strategy that self-contained module code (of `loadStrategy`) exports by default.
 *
 * Any thread or process may import the same code again: it needs no file. Loading it twice in one thread is one module.
 *
 * @param name of the module, for messages
 * @throws InvalidInputError for code that throws while loading, and for a default export that is no strategy
 */
export async function importStrategy(code: string, name: string): Promise<Strategy> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  let module: { readonly default?: unknown };
  try {
    module = await import(url);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidInputError(`${name}: expected a module that loads, found an error: ${message}`, {
      cause,
    });
  }
  const fault = strategyFault(module.default);
  if (fault === null) return module.default as Strategy;
  throw new InvalidInputError(`${name}: expected \`${SHAPE}\`, found ${fault}`);
}

function strategyFault(value: unknown): string | null {
  if (value === undefined) return 'no default export';
  if (typeof value !== 'object' || value === null) return `${shown(value)} as its default export`;
  const { name, description, params, warmup, events } = value as Record<keyof Strategy, unknown>;
  if (typeof name !== 'string' || name === '') return `name: ${shown(name)}`;
  if (description !== undefined && typeof description !== 'string')
    return `description: ${shown(description)}`;
  if (typeof (params as { safeParse?: unknown } | undefined)?.safeParse !== 'function') {
    return `params: ${shown(params)}`;
  }
  if (typeof warmup !== 'function') return `warmup: ${shown(warmup)}`;
  return typeof events === 'function' ? null : `events: ${shown(events)}`;
}
