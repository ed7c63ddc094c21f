/** A column of texts in the form in which a PLAIN page holds them: no list of them is kept, which would be garbage soon. */
export interface PlainTexts {
  add(text: string): void;
  /** Forgets all of them; their memory serves the next. */
  clear(): void;
  /** How many there are. */
  texts(): number;
  /** Each text as the number of its bytes and its UTF-8; holds until the next one is added. */
  bytes(): Uint8Array;
}

const FIRST_BYTES = 1_024;
/** Bytes of UTF-8 that a unit of UTF-16 takes at most. */
const WIDEST = 3;

/** An empty column of texts. */
export function plainTexts(): PlainTexts {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let end = 0;
  let count = 0;
  return {
    add(text) {
      const needed = end + 4 + WIDEST * text.length;
      if (needed > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length));
        larger.set(buffer.subarray(0, end));
        buffer = larger;
      }
      const length = buffer.write(text, end + 4);
      buffer.writeUInt32LE(length, end);
      end += 4 + length;
      count++;
    },
    clear() {
      end = 0;
      count = 0;
    },
    texts: () => count,
    bytes: () => buffer.subarray(0, end),
  };
}
