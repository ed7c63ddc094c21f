import type { Numbers, Packed } from './typed-arrays.ts';

/** Packs numbers for a page. Every machine that Node runs on is little-endian, and NaN is written as one pattern. */
export function pack(numbers: Numbers): Packed {
  const type = numbers instanceof Float32Array ? 'f32' : numbers instanceof Float64Array ? 'f64' : 'u8';
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return { type, base64: bytes.toString('base64') };
}
