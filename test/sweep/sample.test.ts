import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedPermutation } from '../../src/sweep/permutation.ts';
import { sampleIndices } from '../../src/sweep/sample.ts';
import { messageOf } from '../support/sweep-spec.ts';

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

function image(size: bigint, seed: number): number[] {
  const permute = keyedPermutation(size, seed);
  return Array.from({ length: Number(size) }, (_, i) => Number(permute(i)));
}

describe('the keyed permutation', () => {
  it('maps a range onto itself, each index once, for small sizes, primes and neighbours of powers of two', () => {
    const powers = [4, 8, 16, 64, 256, 1024, 4096].flatMap((n) => [n - 1, n, n + 1]);
    for (const size of [1, 2, 3, 5, 6, 7, 10, 97, 101, 997, 7919, 10_000, ...powers]) {
      for (const seed of [0, 1, 7, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
        const sorted = image(BigInt(size), seed).sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length: size }, (_, i) => i));
      }
    }
  });

  it('is a permutation for any size and seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), seeds, (size, seed) => {
        expect(new Set(image(BigInt(size), seed)).size).toBe(size);
      }),
      { numRuns: 50 },
    );
  });

  it('stays inside and meets nothing twice around and beyond 2^53', () => {
    for (const size of [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 64n, 10n ** 64n, 10n ** 64n + 1n]) {
      const permute = keyedPermutation(size, 7);
      const indices = Array.from({ length: 3000 }, (_, i) => BigInt(permute(i)));
      expect(indices.every((index) => index >= 0n && index < size)).toBe(true);
      expect(new Set(indices).size).toBe(indices.length);
      // the last positions too, which the walk reaches from above
      expect(BigInt(permute(size - 1n)) < size).toBe(true);
    }
  });

  it('depends on every bit of the seed', () => {
    const plain = image(1000n, 0).join();
    for (let bit = 0; bit < 53; bit++)
      expect([bit, image(1000n, 2 ** bit).join() === plain]).toEqual([bit, false]);
  });

  it.each([10n, 1000n, 2n ** 40n, 10n ** 30n])('spreads draws from %s evenly', (size) => {
    // each index of a tenth is drawn as often as chance says: chi-square with 9 degrees of freedom, p = 1e-6 at 47.9
    const counts = new Array<number>(10).fill(0);
    const draws = 4000;
    for (let seed = 0; seed < draws; seed++) {
      const index = BigInt(keyedPermutation(size, seed)(0));
      counts[Number((index * 10n) / size)]!++;
    }
    const expected = draws / 10;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(47.9);
  });

  it('puts neighbours far apart: half of consecutive draws rise', () => {
    const indices = image(20_001n, 3);
    const rising = indices.filter((index, i) => i > 0 && index > indices[i - 1]!).length;
    // 20,000 pairs: standard deviation of the number of rises of a random permutation is √(n/12) = 41
    expect(Math.abs(rising - 10_000)).toBeLessThan(6 * 41);
  });
});

describe('a sample', () => {
  it('is sorted, distinct, inside, of the size asked for, and the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 20n }),
        fc.integer({ min: 1, max: 200 }),
        seeds,
        (size, count, seed) => {
          const { indices } = sampleIndices(size, count, seed);
          expect(indices.length).toBe(Number(size < count ? size : BigInt(count)));
          const list = [...indices].map(BigInt);
          expect(
            list.every((index, i) => index < size && index >= 0n && (i === 0 || index > list[i - 1]!)),
          ).toBe(true);
          expect(sampleIndices(size, count, seed).indices).toEqual(indices);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('includes every index about equally often over seeds', () => {
    const counts = new Array<number>(50).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      for (const index of sampleIndices(50n, 10, seed).indices) counts[Number(index)]!++;
    }
    // inclusion is binomial(2000, 0.2): mean 400, standard deviation 17.9
    expect(Math.min(...counts)).toBeGreaterThan(400 - 6 * 17.9);
    expect(Math.max(...counts)).toBeLessThan(400 + 6 * 17.9);
  });

  it('is the beginning of a larger sample of the same seed, before sorting', () => {
    const small = new Set<unknown>(sampleIndices(10_000n, 100, 5).indices);
    const large = new Set<unknown>(sampleIndices(10_000n, 1000, 5).indices);
    expect([...small].every((index) => large.has(index))).toBe(true);
  });

  it('keeps only what is accepted and says how many it looked at', () => {
    const sample = sampleIndices(1000n, 400, 1, (index) => Number(index) % 4 === 0);
    expect([...sample.indices]).toEqual(Array.from({ length: 250 }, (_, i) => i * 4));
    expect(sample.examined).toBe(1000);
    expect(sampleIndices(1000n, 10, 1).examined).toBe(10);
  });

  it('sorts indices beyond 2^53 as numbers', () => {
    const { indices } = sampleIndices(10n ** 30n, 500, 2);
    expect([...indices]).toEqual([...indices].sort((a, b) => (a < b ? -1 : 1)));
  });
});

describe('a sample that cannot be found', () => {
  it('is refused with the number of draws', () => {
    expect(messageOf(() => sampleIndices(10n ** 9n, 5, 1, () => false, 1000))).toContain(
      'sample.random: expected 5 runs that satisfy the conditions, found 0 in 1000 draws from a grid of 1000000000',
    );
  });
});
