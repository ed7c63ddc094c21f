/** Values of 16 bits. */
const SIXTEEN = 65_536;
const SIGN = 0x8000;

/**
 * The value at a place of the ascending order, NaN not counted, without sorting a copy: of the bits of a number, turned so
 * that they ascend with it, 16 after 16 are settled by counting.
 *
 * @param place 0 to the number of defined values, exclusive
 */
export function ascendingAt(values: Float64Array, place: number): number {
  const words = new Uint16Array(values.buffer, values.byteOffset, 4 * values.length); // little-endian, as everywhere here
  const found = [0, 0, 0, 0];
  let left = place;
  for (let k = 3; k >= 0; k--) {
    const counts = new Uint32Array(SIXTEEN);
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i]!)) continue;
      let higher = 3;
      while (higher > k && ascendingWord(words, i, higher) === found[higher]) higher--;
      if (higher === k) counts[ascendingWord(words, i, k)]!++;
    }
    let word = 0;
    while (left >= counts[word]!) left -= counts[word++]!;
    found[k] = word;
  }
  const negative = found[3]! < SIGN;
  const bits = Uint16Array.from(found, (word, k) =>
    negative ? ~word & (SIXTEEN - 1) : k === 3 ? word ^ SIGN : word,
  );
  return new Float64Array(bits.buffer)[0]!;
}

/** Word k of number i, so turned that words ascend with the numbers: those of negative ones are inverted. */
function ascendingWord(words: Uint16Array, i: number, k: number): number {
  const word = words[4 * i + k]!;
  if (words[4 * i + 3]! & SIGN) return ~word & (SIXTEEN - 1);
  return k === 3 ? word ^ SIGN : word;
}
