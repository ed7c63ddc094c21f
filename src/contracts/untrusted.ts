import * as z from 'zod';

const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_DEPTH = 8;

/**
 * Any value whose objects have no member called `__proto__`, `constructor` or `prototype` and which nests at most
 * 8 levels: what untrusted JSON passes before its schema looks at it (`untrusted.pipe(schema)`).
 */
export const untrusted = z.unknown().superRefine((value, context) => {
  const fault = faultOf(value, []);
  if (fault) context.addIssue({ code: 'custom', path: fault.path, message: fault.message });
});

function faultOf(value: unknown, path: string[]): { path: string[]; message: string } | null {
  if (typeof value !== 'object' || value === null) return null;
  if (path.length > MAX_DEPTH) {
    return { path, message: `expected at most ${MAX_DEPTH} levels of nesting, found more` };
  }
  for (const [key, member] of Object.entries(value)) {
    const inside = [...path, key];
    if (RESERVED.has(key)) return { path: inside, message: 'expected no such name of a member' };
    const fault = faultOf(member, inside);
    if (fault) return fault;
  }
  return null;
}
