/** Numbers as a page carries them: the bytes of a typed array, little-endian, in base64. */
export interface Packed {
  readonly type: 'f32' | 'f64' | 'u8';
  readonly base64: string;
}

/** The typed arrays that can be packed. */
export type Numbers = Float32Array | Float64Array | Uint8Array;

const CONSTRUCTORS = { f32: Float32Array, f64: Float64Array, u8: Uint8Array } as const;

/** The numbers of a packed array; NaN stays NaN. Works in browsers and in Node. */
export function unpack(packed: Packed): Numbers {
  const binary = atob(packed.base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new CONSTRUCTORS[packed.type](bytes.buffer);
}
