/** Keeps what was made last, up to a number of bytes; the newest stays however large it is. */
export interface BoundedCache<V> {
  /** What is kept under the key, else what `make` gives; a failure is not kept. */
  get(key: string, make: () => Promise<V>): Promise<V>;
}

/** A cache that forgets what was used longest ago first; for calls one after the other. */
export function boundedCache<V>(maxBytes: number, bytesOf: (value: V) => number): BoundedCache<V> {
  const kept = new Map<string, V>();
  let bytes = 0;
  return {
    async get(key, make) {
      const there = kept.get(key);
      const value = there ?? (await make());
      if (there === undefined) bytes += bytesOf(value);
      kept.delete(key); // to be the newest
      kept.set(key, value);
      for (const [oldest, old] of kept) {
        if (bytes <= maxBytes || kept.size === 1) break;
        kept.delete(oldest);
        bytes -= bytesOf(old);
      }
      return value;
    },
  };
}
