import { createHash } from 'node:crypto';
import type { Store } from '../../src/sweep/ports.ts';

/** sha256 of everything in a store, by key, to compare whole stores. */
export async function contents(store: Store, prefix = ''): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { key } of store.list(prefix)) {
    const bytes = await store.get(key);
    if (bytes) found[key] = createHash('sha256').update(bytes).digest('hex');
  }
  return found;
}

/** The same store, telling each operation before it happens; what `watch` throws happens instead. */
export function watched(
  store: Store,
  watch: (operation: keyof Store, key: string) => void | Promise<void>,
): Store {
  return {
    async putOnce(key, bytes) {
      await watch('putOnce', key);
      return store.putOnce(key, bytes);
    },
    async get(key) {
      await watch('get', key);
      return store.get(key);
    },
    async getRange(key, start, end) {
      await watch('getRange', key);
      return store.getRange(key, start, end);
    },
    async size(key) {
      await watch('size', key);
      return store.size(key);
    },
    async *list(prefix) {
      await watch('list', prefix);
      yield* store.list(prefix);
    },
    async delete(key) {
      await watch('delete', key);
      return store.delete(key);
    },
  };
}
