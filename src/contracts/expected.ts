/** A value as a message shows it: short, on one line, never the content of an object. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  }
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Date) return 'a Date';
    return value instanceof Promise ? 'a promise' : 'an object';
  }
  return Object.is(value, -0) ? '0' : String(value);
}

/** The part of a zod issue that `expected` reads. */
interface Issue {
  readonly code?: string | undefined;
  readonly input?: unknown;
  readonly keys?: readonly string[];
}

/** Options of a zod schema whose message is to read `expected <what>, found <value>`. */
export function expected(what: string) {
  return {
    error: ({ code, input, keys }: Issue): string =>
      code === 'unrecognized_keys'
        ? `expected ${what}, found the unknown field ${(keys ?? []).map(shown).join(', ')}`
        : `expected ${what}, found ${shown(input)}`,
  };
}
