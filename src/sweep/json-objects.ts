import type { z } from 'zod';
import { OutsideError } from '../contracts/errors.ts';
import { canonicalJson } from '../formats/canonical-json.ts';
import type { PutOutcome, Store } from './ports.ts';

/** Puts a value once as canonical JSON. */
export function putJson(store: Store, key: string, value: unknown): Promise<PutOutcome> {
  return store.putOnce(key, new TextEncoder().encode(canonicalJson(value)));
}

/** Reads an object of JSON and checks it, since a store is outside; null where there is none, OutsideError for another shape. */
export async function getJson<S extends z.ZodType>(
  store: Store,
  key: string,
  schema: S,
): Promise<z.output<S> | null> {
  const bytes = await store.get(key);
  if (bytes === null) return null;
  try {
    return schema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw new OutsideError(`${key}: expected what this version writes there, found something else`, {
      cause,
    });
  }
}
