// The machine's own floor: what one core streams and adds when it does nothing else, by WebAssembly SIMD.
import asc from 'assemblyscript/asc';

/** Σ position · close in the least possible work: one load, one multiplication and one addition for two asset-bars. */
const SOURCE = `
export function room(bytes: i32): void { memory.grow((bytes + 65535) >> 16); }
export function stream(from: i32, count: i32, position: f64): f64 {
  let a = f64x2.splat(0), b = a, c = a, d = a;
  const p = f64x2.splat(position);
  for (let at = from, end = from + 8 * count; at < end; at += 64) {
    a = f64x2.add(a, f64x2.mul(p, v128.load(at)));
    b = f64x2.add(b, f64x2.mul(p, v128.load(at, 16)));
    c = f64x2.add(c, f64x2.mul(p, v128.load(at, 32)));
    d = f64x2.add(d, f64x2.mul(p, v128.load(at, 48)));
  }
  const sum = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
`;

/** Gives a function that measures GB/s of one core over so many doubles, again and again; the best of several passes. */
export async function streamingFloor() {
  const { binary, error, stderr } = await asc.compileString(SOURCE, {
    optimizeLevel: 3,
    runtime: 'stub',
    enable: ['simd'],
  });
  if (error) throw new Error(`the floor does not compile: ${stderr}`);
  const { instance } = await WebAssembly.instantiate(binary);
  const { memory, room, stream } = instance.exports;
  const first = 65_536;
  return (doubles) => {
    const count = Math.ceil(doubles / 8) * 8;
    room(Math.max(0, first + 8 * count - memory.buffer.byteLength));
    new Float64Array(memory.buffer, first, count).fill(1.5);
    const calls = Math.max(1, Math.round(2e7 / count));
    let least = Number.POSITIVE_INFINITY;
    for (let pass = 0; pass < 15; pass++) {
      const started = performance.now();
      for (let i = 0; i < calls; i++) stream(first, count, i);
      least = Math.min(least, (performance.now() - started) / calls);
    }
    return (8 * count) / least / 1e6;
  };
}
