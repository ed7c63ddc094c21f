/**
 * A seeded stream of numbers in [0, 1) with 32 random bits each: xoshiro128** (Blackman and Vigna 2018), its state
 * filled by splitmix32. Integer arithmetic and one exact division, so that every machine gives the same numbers.
 *
 * @param seed any integer; its low 32 bits count
 * @param stream tells apart streams of one seed; its low 32 bits count
 */
export function randomStream(seed: number, stream: number): () => number {
  const mix = splitmix32((seed ^ Math.imul(stream + 1, 0x9e3779b9)) | 0);
  const next = xoshiro128([mix(), mix(), mix(), mix()]);
  return () => next() / 2 ** 32;
}

/** xoshiro128** over a state of four 32-bit words, not all 0; gives unsigned 32-bit integers. */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result >>> 0;
  };
}

function rotate(x: number, bits: number): number {
  return (x << bits) | (x >>> (32 - bits));
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
}
