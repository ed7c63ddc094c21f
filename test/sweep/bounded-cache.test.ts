import { describe, expect, it } from 'vitest';
import { boundedCache } from '../../src/sweep/bounded-cache.ts';

/** A cache of texts by their length, and what was made. */
function cacheOf(maxBytes: number) {
  const made: string[] = [];
  const cache = boundedCache<string>(maxBytes, (text) => text.length);
  const get = (key: string) =>
    cache.get(key, async () => {
      made.push(key);
      return key;
    });
  return { get, made, cache };
}

describe('a bounded cache', () => {
  it('makes a value once while there is room', async () => {
    const { get, made } = cacheOf(10);
    for (const key of ['aaa', 'bbb', 'aaa', 'bbb', 'aaa']) expect(await get(key)).toBe(key);
    expect(made).toEqual(['aaa', 'bbb']);
  });

  it('forgets what was used longest ago', async () => {
    const { get, made } = cacheOf(10);
    for (const key of ['aaaa', 'bbbb', 'aaaa', 'cccc', 'aaaa', 'bbbb']) await get(key);
    expect(made).toEqual(['aaaa', 'bbbb', 'cccc', 'bbbb']);
  });

  it('keeps the newest however large it is, and nothing besides', async () => {
    const { get, made } = cacheOf(3);
    for (const key of ['a', 'large', 'large', 'a', 'a']) await get(key);
    expect(made).toEqual(['a', 'large', 'a']);
  });

  it('does not keep a failure', async () => {
    const { cache, get } = cacheOf(10);
    const fail = async () => {
      throw new Error('no');
    };
    await expect(cache.get('a', fail)).rejects.toThrow('no');
    expect(await get('a')).toBe('a');
  });
});
