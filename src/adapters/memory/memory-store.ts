import { InvalidInputError, OutsideError } from '../../contracts/errors.ts';
import { checkKey, checkPrefix } from '../../sweep/keys.ts';
import type { Clock, Store } from '../../sweep/ports.ts';

/** A store that lives as long as the process: for `simulate`, for tests, and as the shortest statement of the port. */
export function memoryStore(clock: Clock = { now: () => 0 }): Store {
  const objects = new Map<string, { bytes: Uint8Array; modifiedMs: number }>();
  return {
    async putOnce(key, bytes) {
      const found = objects.get(checkKey(key));
      if (found) return Buffer.compare(found.bytes, bytes) === 0 ? 'same' : 'different';
      objects.set(key, { bytes: bytes.slice(), modifiedMs: clock.now() });
      return 'created';
    },
    async get(key) {
      return objects.get(checkKey(key))?.bytes.slice() ?? null;
    },
    async getRange(key, start, end) {
      const bytes = objects.get(checkKey(key))?.bytes;
      if (!bytes || start < 0 || end < start || end > bytes.length) {
        throw new OutsideError(`memory store: ${key} has no bytes ${start} to ${end}`);
      }
      return bytes.slice(start, end);
    },
    async size(key) {
      return objects.get(checkKey(key))?.bytes.length ?? null;
    },
    async *list(prefix) {
      checkPrefix(prefix);
      for (const key of [...objects.keys()].filter((key) => key.startsWith(prefix)).sort()) {
        const object = objects.get(key);
        if (object) yield { key, bytes: object.bytes.length, modifiedMs: object.modifiedMs };
      }
    },
    async delete(key) {
      if (!checkKey(key).startsWith('active/')) {
        throw new InvalidInputError(`store: only markers under active/ are ever deleted, found ${key}`);
      }
      objects.delete(key);
    },
  };
}
