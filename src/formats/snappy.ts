/** Bits of the hash table at most. */
const MOST_BITS = 14;
/** How far back a copy may begin. */
const MAX_OFFSET = 0xffff;
/** Of the end of the input, where no match is looked for. */
const MARGIN = 15;
/** Bytes of a literal whose length fits into its tag. */
const SHORT_LITERAL = 60;

let scratch = new Uint8Array(0); // kept: one page is compressed after the other
const tables = Array.from({ length: MOST_BITS + 1 }, (_, bits) => new Uint32Array(1 << bits));

/**
 * Compresses as the `snappyCompress` of hyparquet-writer does, to the byte, in memory that is kept: that one grows an array anew
 * for every page, which is garbage of twice its size.
 *
 * @returns bytes that hold until the next call
 */
export function snappyCompress(input: Uint8Array): Uint8Array {
  const most = 32 + input.length + Math.ceil(input.length / 6);
  if (scratch.length < most) scratch = new Uint8Array(most);
  let at = 0;
  for (let rest = input.length; ; rest >>>= 7) {
    scratch[at++] = rest < 0x80 ? rest : (rest & 0x7f) | 0x80;
    if (rest < 0x80) break;
  }
  return scratch.subarray(0, compress(input, scratch, at));
}

/** Writes literals and copies to `out` from `at` on; gives where they end. */
function compress(input: Uint8Array, out: Uint8Array, start: number): number {
  const end = input.length;
  const limit = end - MARGIN;
  let at = start;
  let literal = 0; // where what is not yet written begins
  if (limit >= 0) {
    const view = new DataView(input.buffer, input.byteOffset, end);
    const bits = Math.min(MOST_BITS, 31 - Math.clz32(end));
    const shift = 32 - bits;
    const table = tables[bits]!;
    table.fill(0);
    let ip = 1;
    for (;;) {
      let candidate = 0;
      // The longer nothing repeats, the larger the steps.
      for (let skip = 32; ip <= limit; ip += skip++ >>> 5) {
        const four = view.getUint32(ip, true);
        const slot = Math.imul(four, 0x1e35a7bd) >>> shift;
        candidate = table[slot]!;
        table[slot] = ip;
        if (ip - candidate <= MAX_OFFSET && four === view.getUint32(candidate, true)) break;
      }
      if (ip > limit) break;
      at = putLiteral(input, literal, ip, out, at);
      for (;;) {
        const length = matchLength(view, candidate, ip);
        at = putCopy(ip - candidate, length, out, at);
        ip += length;
        literal = ip;
        if (ip >= limit) break;
        table[Math.imul(view.getUint32(ip - 1, true), 0x1e35a7bd) >>> shift] = ip - 1;
        const four = view.getUint32(ip, true);
        const slot = Math.imul(four, 0x1e35a7bd) >>> shift;
        candidate = table[slot]!;
        table[slot] = ip;
        if (ip - candidate > MAX_OFFSET || four !== view.getUint32(candidate, true)) break;
      }
      if (ip >= limit) break;
      ip++;
    }
  }
  return literal < end ? putLiteral(input, literal, end, out, at) : at;
}

/** How many bytes from `a` and from `b` on are equal; the first four are. */
function matchLength(input: DataView, a: number, b: number): number {
  const most = input.byteLength - b;
  let length = 4;
  while (length + 4 <= most && input.getUint32(b + length, true) === input.getUint32(a + length, true))
    length += 4;
  while (length < most && input.getUint8(b + length) === input.getUint8(a + length)) length++;
  return length;
}

function putLiteral(input: Uint8Array, from: number, to: number, out: Uint8Array, start: number): number {
  let at = start;
  const value = to - from - 1;
  if (value < SHORT_LITERAL) out[at++] = value << 2;
  else {
    const bytes = value < 0x100 ? 1 : value < 0x10000 ? 2 : value < 0x1000000 ? 3 : 4;
    out[at++] = (SHORT_LITERAL - 1 + bytes) << 2;
    for (let i = 0; i < bytes; i++) out[at++] = value >>> (8 * i);
  }
  for (let i = from; i < to; i++) out[at++] = input[i]!;
  return at;
}

function putCopy(offset: number, length: number, out: Uint8Array, start: number): number {
  let at = start;
  let rest = length;
  for (; rest > 64; rest -= rest >= 68 ? 64 : 60) at = putShortCopy(offset, rest >= 68 ? 64 : 60, out, at);
  return putShortCopy(offset, rest, out, at);
}

/** A copy of 4 to 64 bytes. */
function putShortCopy(offset: number, length: number, out: Uint8Array, start: number): number {
  let at = start;
  if (length < 12 && offset < 2048) {
    out[at++] = 1 + ((length - 4) << 2) + ((offset >>> 8) << 5);
    out[at++] = offset & 0xff;
  } else {
    out[at++] = 2 + ((length - 1) << 2);
    out[at++] = offset & 0xff;
    out[at++] = offset >>> 8;
  }
  return at;
}
