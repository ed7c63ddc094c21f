import type { GridIndex } from './grid.ts';

const ROUNDS = 8;

/** 32 well-mixed bits of a 32-bit value (finalizer of MurmurHash3). */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** One 32-bit key per round from a seed of up to 53 bits. */
function roundKeys(seed: number): number[] {
  const high = Math.floor(seed / 2 ** 32);
  let state = mix(mix(seed >>> 0) ^ Math.imul(high + 1, 0x9e3779b1));
  return Array.from({ length: ROUNDS }, () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state);
  });
}

/** Smallest whole number whose square is at least n. */
function rootAbove(n: bigint): bigint {
  if (n <= 1n) return n;
  // Newton's method from above
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (let next = (root + n / root) >> 1n; next < root; next = (root + n / root) >> 1n) root = next;
  return root * root === n ? root : root + 1n;
}

/**
 * A permutation of [0, size) chosen by a seed: maps positions 0, 1, 2, … to different indices that look random.
 *
 * A Feistel network over a·b ≥ size with a, b near √size, whose rounds add a keyed hash of one half to the other, which
 * is undone by subtracting it; values that fall outside [0, size) are permuted again until they fall inside (cycle
 * walking; Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). Fixed for ever: samples depend on it.
 */
export function keyedPermutation(size: bigint, seed: number): (position: GridIndex) => GridIndex {
  const keys = roundKeys(seed);
  const a = rootAbove(size);
  const b = (size + a - 1n) / a;
  if (size > Number.MAX_SAFE_INTEGER) {
    return (position) => walkLarge(BigInt(position), size, a, b, keys);
  }
  return (position) => walkSmall(Number(position), Number(size), Number(a), Number(b), keys);
}

/** Halves are below 2^27 here, so that every product and sum is exact. */
function walkSmall(position: number, size: number, a: number, b: number, keys: readonly number[]): number {
  let index = position;
  do {
    let left = Math.floor(index / b);
    let right = index % b;
    for (let round = 0; round < ROUNDS; round += 2) {
      left = (left + (mix(right ^ keys[round]!) % a)) % a;
      right = (right + (mix(left ^ keys[round + 1]!) % b)) % b;
    }
    index = left * b + right;
  } while (index >= size);
  return index;
}

function walkLarge(position: bigint, size: bigint, a: bigint, b: bigint, keys: readonly number[]): bigint {
  let index = position;
  do {
    let left = index / b;
    let right = index % b;
    for (let round = 0; round < ROUNDS; round += 2) {
      left = (left + hashWide(right, keys[round]!, a)) % a;
      right = (right + hashWide(left, keys[round + 1]!, b)) % b;
    }
    index = left * b + right;
  } while (index >= size);
  return index;
}

/** A keyed hash of a number of any width, in [0, below): absorbs its 32-bit words, then yields as many as needed. */
function hashWide(value: bigint, key: number, below: bigint): bigint {
  let state = key;
  for (let rest = value; rest > 0n; rest >>= 32n) {
    state = mix((state + 0x9e3779b9) ^ Number(rest & 0xffffffffn));
  }
  let out = 0n;
  // 32 bits more than needed keep the remainder even
  for (let produced = 0n; produced >> 32n < below; produced = (produced << 32n) | 0xffffffffn) {
    state = mix(state + 0x9e3779b9);
    out = (out << 32n) | BigInt(state);
  }
  return out % below;
}
