import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, OutsideError } from '../../src/contracts/errors.ts';
import type { Store } from '../../src/sweep/ports.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | null) => (found === null ? null : new TextDecoder().decode(found));

async function keys(store: Store, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix)) found.push(key);
  return found;
}

/** What every adapter of the store port must do; `open` gives an empty store each time. */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} keeps the contract of a store`, () => {
    it('creates an object once and gives its bytes back', async () => {
      const store = await open();
      expect(await store.putOnce('final/a.json', bytes('one'))).toBe('created');
      expect(text(await store.get('final/a.json'))).toBe('one');
      expect(await store.size('final/a.json')).toBe(3);
    });

    it('gives the same bytes where memory to put them into is offered, large enough or not', async () => {
      const store = await open();
      await store.putOnce('final/a.json', bytes('one'));
      for (const room of [0, 2, 3, 100]) {
        const into = new ArrayBuffer(room);
        expect(text(await store.get('final/a.json', into))).toBe('one');
        expect(await store.get('final/b.json', into)).toBeNull();
      }
    });

    it('tells a repeated object from another one and keeps the first', async () => {
      const store = await open();
      await store.putOnce('final/a.json', bytes('one'));
      expect(await store.putOnce('final/a.json', bytes('one'))).toBe('same');
      expect(await store.putOnce('final/a.json', bytes('two'))).toBe('different');
      expect(await store.putOnce('final/a.json', bytes('one and more'))).toBe('different');
      expect(text(await store.get('final/a.json'))).toBe('one');
    });

    it('lets exactly one of many concurrent writers create a key', async () => {
      const store = await open();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, i) => store.putOnce('results/x', bytes(`writer ${i}`))),
      );
      const winner = outcomes.indexOf('created');
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'different')).toHaveLength(19);
      expect(text(await store.get('results/x'))).toBe(`writer ${winner}`);
    });

    it('answers null for what is not there, also below an object and for a folder', async () => {
      const store = await open();
      await store.putOnce('a/b/c', bytes('x'));
      for (const key of ['nothing', 'a', 'a/b', 'a/b/c/d']) {
        expect(await store.get(key), key).toBeNull();
        expect(await store.size(key), key).toBeNull();
      }
    });

    it('reads a range, and refuses one that the object does not have', async () => {
      const store = await open();
      await store.putOnce('a', bytes('0123456789'));
      expect(text(await store.getRange('a', 2, 5))).toBe('234');
      expect(text(await store.getRange('a', 0, 10))).toBe('0123456789');
      expect(text(await store.getRange('a', 4, 4))).toBe('');
      await expect(store.getRange('a', 8, 11)).rejects.toThrow(OutsideError);
      await expect(store.getRange('b', 0, 1)).rejects.toThrow(OutsideError);
    });

    it('keeps an empty object', async () => {
      const store = await open();
      expect(await store.putOnce('active/e', bytes(''))).toBe('created');
      expect(await store.size('active/e')).toBe(0);
      expect(await store.putOnce('active/e', bytes(''))).toBe('same');
    });

    it('does not share memory with the caller', async () => {
      const store = await open();
      const mine = bytes('abc');
      await store.putOnce('a', mine);
      mine[0] = 0;
      const yours = await store.get('a');
      yours![1] = 0;
      expect(text(await store.get('a'))).toBe('abc');
    });

    it('lists the keys of a prefix by ascending code unit, whatever folder they are in', async () => {
      const segment = fc.stringMatching(/^[a-c0-1_][a-b.=-]{0,3}$/);
      const key = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(key, { maxLength: 12 }), fc.nat(6), async (drawn, cut) => {
          // In a directory a name is a file or a folder, so no key may be a folder of another one.
          const all = drawn.filter((one) => !drawn.some((other) => other.startsWith(`${one}/`)));
          const store = await open();
          for (const one of all) await store.putOnce(one, bytes(one));
          const prefix = (all[0] ?? '').slice(0, cut);
          expect(await keys(store, prefix)).toEqual(all.filter((one) => one.startsWith(prefix)).sort());
        }),
        { numRuns: 30 },
      );
    });

    it('lists sizes, nothing twice over 1,001 objects, and nothing for a prefix without keys', async () => {
      const store = await open();
      const names = Array.from({ length: 1001 }, (_, i) => `r/${String(i).padStart(5, '0')}`);
      for (let i = 0; i < names.length; i += 91) {
        await Promise.all(names.slice(i, i + 91).map((name) => store.putOnce(name, bytes('12'))));
      }
      const found: number[] = [];
      for await (const object of store.list('r/')) found.push(object.bytes);
      expect(found).toHaveLength(1001);
      expect(new Set(found)).toEqual(new Set([2]));
      expect(await keys(store, 'r/')).toEqual(names);
      expect(await keys(store, 'nothing/')).toEqual([]);
    });

    it('deletes markers under active/, again without complaint, and refuses to delete anything else', async () => {
      const store = await open();
      await store.putOnce('active/a', bytes(''));
      await store.putOnce('final/a', bytes('x'));
      await store.delete('active/a');
      await store.delete('active/a');
      expect(await store.get('active/a')).toBeNull();
      await expect(store.delete('final/a')).rejects.toThrow(InvalidInputError);
      expect(text(await store.get('final/a'))).toBe('x');
    });

    it.each([
      '',
      '/a',
      'a/',
      'a//b',
      '../a',
      'a/../../b',
      '.tmp/a',
      'a\\b',
      'a b',
      'a\0b',
      'ä',
      'x'.repeat(513),
    ])('refuses the key %j', async (key) => {
      const store = await open();
      await expect(store.putOnce(key, bytes('x'))).rejects.toThrow(InvalidInputError);
      await expect(store.get(key)).rejects.toThrow(InvalidInputError);
      await expect(store.size(key)).rejects.toThrow(InvalidInputError);
    });

    it.each(['../', '/', 'a/../', '..', 'a b'])('refuses to list the prefix %j', async (prefix) => {
      const store = await open();
      await expect(keys(store, prefix)).rejects.toThrow(InvalidInputError);
    });
  });
}
